"""A connection that answers as it is told, for parts of the switch on their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from ivr.adapters.ari.requests import AriError, Query, Requests
from ivr.domain.errors import IvrError


class ScriptedConnection(Requests):
    """``refusals`` are the errors by ``METHOD path``; ``asked`` is what it was asked."""

    def __init__(self, refusals: Mapping[str, IvrError] | None = None) -> None:
        super().__init__("ivr", "")
        self.refusals = dict(refusals or {})
        self.answers: dict[str, Any] = {}
        """What requests are answered; the others are answered with nothing."""
        self.asked: list[str] = []
        self.queries: list[Query] = []
        self.up.set()
        self.then: Callable[[str], None] = lambda _: None
        """Called with each request that is carried out."""

    async def request(self, method: str, path: str, query: Query | None = None, **body: Any) -> Any:  # noqa: ANN401 - JSON
        del body
        request = f"{method} {path}"
        self.asked.append(request)
        self.queries.append(query or {})
        if request in self.refusals:
            raise self.refusals[request]
        self.then(request)
        return self.answers.get(request)

    async def listing(self, path: str) -> Any:  # noqa: ANN401 - JSON
        return await self.request("GET", path)

    async def ask(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        **body: Any,  # noqa: ANN401 - JSON
    ) -> asyncio.Future[None]:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            await self.request(method, path, query, **body)
        except IvrError as error:
            answer.set_exception(error)
        else:
            answer.set_result(None)
        return answer

    async def tell(self, method: str, path: str, query: Query | None = None) -> None:
        await self.attempt(method, path, query)


def refused(status: int) -> AriError:
    return AriError(status, "asked")
