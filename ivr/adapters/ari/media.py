"""What people hear: music, ringing tones and prompts as ARI requests.

It decides nothing about calls and finds the files of no prompt by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import assert_never

import structlog

from ivr.adapters.ari.legs import Legs, PlaybackEnd, talk_bridge, whisper
from ivr.adapters.ari.requests import Requests
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.visits import Visits
from ivr.application.ports.switch import Post
from ivr.domain import commands as do
from ivr.domain import events as on
from ivr.domain.errors import Unavailable
from ivr.domain.ids import PlaybackId, VisitId
from ivr.domain.speech import Utterance

log = structlog.get_logger(__name__)


class Media:
    """Carries out what concerns music and prompts."""

    def __init__(self, ari: Requests, legs: Legs, post: Post, sounds: SoundFolders) -> None:
        self._ari = ari
        self._legs = legs
        self._post = post
        self._sounds = sounds
        self._visits = Visits(ari, legs, post)

    async def execute(self, command: do.SoundCommand) -> None:
        """Carry out ``command``. Raises Unavailable where Asterisk is away."""
        match command:
            case do.StartMusic(call):
                await self._ari.tell("POST", f"channels/{self._legs.caller_of(call)}/moh")
            case do.StopMusic(call):
                await self._ari.tell("DELETE", f"channels/{self._legs.caller_of(call)}/moh")
            case do.StartRinging(call):
                await self._ari.tell("POST", f"channels/{self._legs.caller_of(call)}/ring")
            case do.StopRinging(call):
                await self._ari.tell("DELETE", f"channels/{self._legs.caller_of(call)}/ring")
            case do.Play(call, playback, utterance, language):
                end = on.PlaybackFinished(call, playback)
                await self._play(
                    f"channels/{self._legs.caller_of(call)}", playback, end, utterance, language
                )
            case do.PlayToBoth(call, offer, playback, utterance, language):
                target = f"bridges/{talk_bridge(offer)}"
                end = on.PlaybackFinished(call, playback)
                await self._play(target, playback, end, utterance, language)
            case do.StopPlaying(_, playback):
                self._legs.playback_over(playback)
                await self._ari.tell("DELETE", f"playbacks/{playback}")
            case do.SpeakAndHangUp(visit, utterance, language):
                await self._speak_and_hang_up(visit, utterance, language)
            case do.PlayToAgent(_, offer, utterance, language):
                over = on.WhisperFinished(offer)
                await self._play(f"channels/{offer}", whisper(offer), over, utterance, language)
            case _:
                assert_never(command)

    async def _play(
        self,
        target: str,
        playback: PlaybackId,
        end: PlaybackEnd,
        utterance: Utterance,
        language: str,
    ) -> None:
        """Play, and have the end told.

        Where Asterisk went away before it answered, perhaps it plays: the comparison after the next
        connection tells. Who is told too soon that it is over joins a caller who still hears
        it, and Asterisk joins nobody before the end, nor answers anything else on the socket.
        """
        if not self._legs.expect_playback(playback, end):
            return
        try:
            started = await self._start(target, playback, utterance, language)
        except Unavailable:
            log.warning("playback_unanswered", playback=playback)
            return
        if not started and (over := self._legs.playback_over(playback)):
            self._post(over)

    async def _speak_and_hang_up(self, visit: VisitId, utterance: Utterance, language: str) -> None:
        await self._visits.follow(visit)
        await self._ari.attempt("POST", f"channels/{visit}/answer")
        await self._start(f"channels/{visit}", PlaybackId(f"{visit}-p"), utterance, language)
        # Continuing in the dialplan waits for the playback and ends in a hang-up there.
        await self._ari.attempt("POST", f"channels/{visit}/continue")

    async def _start(
        self, target: str, playback: PlaybackId, utterance: Utterance, language: str
    ) -> bool:
        """Have ``target`` hear ``utterance``; False where it can't, or there is nothing to hear."""
        playlist = self._sounds.playlist(utterance, language)
        if playlist.missing:
            log.warning("prompts_missing", language=language, names=sorted(playlist.missing))
        if not playlist.paths:
            return False
        return await self._ari.attempt("POST", f"{target}/play/{playback}", _asked(playlist.paths))


def _asked(paths: Sequence[str]) -> dict[str, str]:
    """Return how to ask for ``paths`` so that Asterisk finds them soonest.

    It looks in the folder of the language first, and only then where we say, each time for every
    ending it knows: thirty files. So the language is told apart, where all have the same.
    """
    parted = [PurePath(path) for path in paths]
    folders = {path.parent for path in parted}
    if len(folders) > 1:
        return {"media": ",".join(f"sound:{path}" for path in parted)}
    (folder,) = folders
    media = ",".join(f"sound:{folder.parent / path.name}" for path in parted)
    return {"media": media, "lang": folder.name}
