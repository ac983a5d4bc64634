"""The least possible queue over ARI, to compare with: nothing is written down, nobody is watched.

Run as a program: ``python -m benchmarks.bare_ari URL USER APPLICATION GREETING AGENT…``, the
password in ``BARE_ARI_PASSWORD``. It answers, greets, plays music, rings whoever is free, joins and
ends. No failure is looked at: it is what a rival would have to add to.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections import deque
from typing import Any

import aiohttp
import orjson
import uvloop


class BareQueue:
    """Callers in order, idle agents in order, and who talks with whom."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, app: str, greeting: str, agents: list[str]
    ) -> None:
        self._socket = socket
        self._app = app
        self._greeting = greeting
        self._idle = deque(agents)
        self._waiting: dict[str, str] = {}
        self._talks: dict[str, tuple[str, str]] = {}
        """Agents' channels: the agent and the caller's channel."""
        self._numbers = itertools.count()
        self._run = os.urandom(4).hex()

    async def run(self) -> None:
        """Do what events ask for, until the socket is gone."""
        async for frame in self._socket:
            await self._take(orjson.loads(frame.data))

    async def _take(self, event: dict[str, Any]) -> None:
        match event:
            case {
                "type": "StasisStart",
                "args": ["caller"],
                "channel": {"id": caller, "caller": {"number": number}},
            }:
                self._waiting[caller] = number
                await self._ask("POST", f"channels/{caller}/answer")
                play = f"channels/{caller}/play/{caller}-p"
                await self._ask("POST", play, media=f"sound:{self._greeting}")
            case {"type": "PlaybackFinished", "playback": {"target_uri": target}}:
                await self._serve()
                caller = target.removeprefix("channel:")
                if caller in self._waiting:
                    await self._ask("POST", f"channels/{caller}/moh")
            case {"type": "StasisStart", "args": ["agent"], "channel": {"id": leg}}:
                _, caller = self._talks[leg]
                await self._ask("DELETE", f"channels/{caller}/moh")
                await self._ask("POST", f"bridges/{leg}-b", type="mixing,dtmf_events")
                both = f"{caller},{leg}"
                await self._ask("POST", f"bridges/{leg}-b/addChannel", channel=both)
            case {"type": "StasisEnd" | "ChannelDestroyed", "channel": {"id": channel}}:
                await self._gone(channel)
            case _:
                pass

    async def _serve(self) -> None:
        while self._idle and self._waiting:
            caller, agent = next(iter(self._waiting)), self._idle.popleft()
            leg = f"{self._run}-{next(self._numbers)}"
            self._talks[leg] = agent, caller
            shown = self._waiting.pop(caller)
            await self._ask(
                "POST",
                f"channels/{leg}",
                endpoint=f"PJSIP/{agent}",
                app=self._app,
                appArgs="agent",
                callerId=shown,
                originator=caller,
            )

    async def _gone(self, channel: str) -> None:
        self._waiting.pop(channel, None)
        for leg, (agent, caller) in list(self._talks.items()):
            if channel in (leg, caller):
                del self._talks[leg]
                self._idle.append(agent)
                await self._serve()
                other = caller if channel == leg else leg
                await self._ask("DELETE", f"channels/{other}")
                await self._ask("DELETE", f"bridges/{leg}-b")

    async def _ask(self, method: str, path: str, **query: str) -> None:
        request = {
            "type": "RESTRequest",
            "request_id": "-",
            "method": method,
            "uri": path,
            "query_strings": [{"name": name, "value": value} for name, value in query.items()],
        }
        await self._socket.send_str(orjson.dumps(request).decode())


async def _main(url: str, user: str, app: str, greeting: str, *agents: str) -> None:
    login = aiohttp.encode_basic_auth(user, os.environ["BARE_ARI_PASSWORD"])
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            f"{url}/ari/events", params={"app": app}, headers={"Authorization": login}
        ) as socket,
    ):
        print("connected", flush=True)
        await BareQueue(socket, app, greeting, list(agents)).run()


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:]))
