"""Bulk announcements: made and withdrawn by people, kept over restarts, ended in time.

The engine decides who hears which. Here is what has to happen around that: first the sound, then
the commit, then the engine is told; whatever fails leaves everything as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from ivr.application.held_up import HeldUp
from ivr.application.moments import read_moment
from ivr.application.ports.machine import Clock
from ivr.application.ports.sounds import AnnouncementSounds
from ivr.application.ports.store import Store
from ivr.application.ports.switch import Post
from ivr.domain.announcement import PROMPT_PREFIX, Announcement
from ivr.domain.county import County
from ivr.domain.errors import Refused, Unavailable
from ivr.domain.events import AnnouncementMade, AnnouncementWithdrawn
from ivr.domain.ids import AnnouncementId, DepartmentId

log = structlog.get_logger(__name__)

LONGEST_TEXT = 1000
"""Characters; read out they are over a minute."""

LONGEST = timedelta(seconds=45)
"""Longer ones nobody listens to, and the engine cuts prompts off at a minute."""

STILL_HEARD = timedelta(minutes=1)
"""So long after its end somebody may still be hearing an announcement: its file stays."""

_LOOK_SECONDS = 30.0
"""How often to look for ends; a machine's clock may be set meanwhile."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as people have it; ``kind`` is ``wav``, ``flac``, ``ogg`` or ``mp3``."""

    content: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class AnnouncementWish:
    """What is asked for.

    ``said`` is a text or a recording. ``until`` is as people write it; None: until the service
    closes today. No ``departments``: everybody hears it.
    """

    said: str | Recording
    until: str | None
    departments: Collection[DepartmentId]
    by: str


class BulkAnnouncements:
    """Those that callers hear now, in the store, in the engine and as sounds."""

    def __init__(
        self,
        store: Store,
        sounds: AnnouncementSounds,
        post: Post,
        clock: Clock,
        county: Callable[[], County],
    ) -> None:
        """``county`` tells what is configured now."""
        self._store = store
        self._sounds = sounds
        self._post = post
        self._clock = clock
        self._county = county
        self._active: dict[AnnouncementId, Announcement] = {}
        self._ended: dict[str, datetime] = {}
        """When sounds were ended that are still there."""
        self._tidy = True
        """There may be sounds nobody hears: what a run of the program left, or could not remove."""
        self._sounding = asyncio.Lock()
        """One at a time: a sound that is just being made belongs to no announcement yet."""
        self._to_restore = False
        """The store has not been asked yet what callers heard before."""
        self._held_up = HeldUp("announcements_held_up", "announcements_kept_again")
        self._woken = asyncio.Event()

    async def restore_if_possible(self) -> None:
        """Tell the engine of what callers heard before the program ended.

        Later, with the other work of ``run``, where the store is away.
        """
        self._to_restore = True
        with suppress(Unavailable):
            await self._restore()

    async def _restore(self) -> None:
        if not self._to_restore:
            return
        async with self._store.transaction() as transaction:
            known = await transaction.announcements()
        for announcement in known:
            if announcement.id in self._active:
                continue
            self._active[announcement.id] = announcement
            self._post(AnnouncementMade(announcement))
        self._to_restore = False

    def active(self) -> tuple[Announcement, ...]:
        """Return those heard now, oldest first."""
        now = self._clock.now()
        return tuple(each for each in self._active.values() if now < each.until)

    async def make(self, wish: AnnouncementWish) -> Announcement:
        """Let callers hear it from now on.

        Raises Refused (``until_not_understood``, ``until_over``, ``until_missing``,
        ``department_not_found``, ``text_too_long``, ``announcement_too_long``,
        ``announcement_exists`` and those of the sounds) and Unavailable; then nothing changed.
        """
        async with self._sounding:
            announcement = self._announcement(wish, self._clock.now())
            seconds = await asyncio.to_thread(self._make_sound, announcement.prompt, wish.said)
            try:
                _check_length(seconds)
                await self._keep(announcement)
            except (Refused, Unavailable):
                self._tidy = True
                self._woken.set()
                raise
            self._active[announcement.id] = announcement
        self._post(AnnouncementMade(announcement))
        self._woken.set()
        log.info("announcement_made", announcement=announcement.id, by=wish.by)
        return announcement

    async def end(self, announcement: AnnouncementId, by: str) -> Announcement:
        """Let nobody hear it any more. Raises Refused (``announcement_not_found``), Unavailable."""
        known = self._active.get(announcement)
        if known is None:
            raise _not_found(announcement)
        async with self._store.transaction() as transaction:
            await transaction.end_announcement(announcement, self._clock.now(), by)
        self._has_ended(known)
        log.info("announcement_ended", announcement=announcement, by=by)
        return known

    async def run(self) -> None:
        """End what has expired and remove what nobody hears any more, until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self._restore()
                await self.look()
            except Unavailable as error:
                self._held_up.note(error)
            else:
                self._held_up.end()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_to_next()):
                    await self._woken.wait()

    async def look(self) -> None:
        """End what has expired, remove what nobody hears any more. Raises Unavailable."""
        now = self._clock.now()
        expired = [each for each in self._active.values() if each.until <= now]
        if expired:
            async with self._store.transaction() as transaction:
                for announcement in expired:
                    await transaction.end_announcement(announcement.id, announcement.until, "")
        for announcement in expired:
            self._has_ended(announcement)
        for prompt, at in list(self._ended.items()):
            if at + STILL_HEARD <= now:
                del self._ended[prompt]
                self._tidy = True
        if self._tidy:
            await self._remove_sounds()

    def _announcement(self, wish: AnnouncementWish, now: datetime) -> Announcement:
        county = self._county()
        text = wish.said if isinstance(wish.said, str) else ""
        if len(text) > LONGEST_TEXT:
            raise Refused(f"At most {LONGEST_TEXT} characters are read out.", code="text_too_long")
        _check_departments(wish.departments, county)
        name = f"{now.astimezone(county.hours.zone):%y%m%d-%H%M%S}"
        prompt = f"{PROMPT_PREFIX}{name}"
        if name in self._active or prompt in self._ended:
            raise _exists()  # before its sound is made: that would replace the other's
        return Announcement(
            id=AnnouncementId(name),
            prompt=prompt,
            made_at=now,
            until=_until(wish.until, now, county),
            departments=frozenset(wish.departments) or None,
            text=text,
            made_by=wish.by,
        )

    def _make_sound(self, prompt: str, said: str | Recording) -> float:
        language = self._county().language
        if isinstance(said, str):
            return self._sounds.speak(prompt, language, said)
        return self._sounds.convert(prompt, language, said.content, said.kind)

    async def _keep(self, announcement: Announcement) -> None:
        async with self._store.transaction() as transaction:
            added = await transaction.add_announcement(announcement)
        if not added:
            raise _exists()

    def _has_ended(self, announcement: Announcement) -> None:
        self._active.pop(announcement.id, None)
        self._ended[announcement.prompt] = self._clock.now()
        self._post(AnnouncementWithdrawn(announcement.id))
        self._woken.set()

    async def _remove_sounds(self) -> None:
        async with self._sounding:
            kept = {each.prompt for each in self._active.values()} | self._ended.keys()
            await asyncio.to_thread(self._sounds.keep_only, kept)
            self._tidy = False

    def _seconds_to_next(self) -> float:
        due = [
            *(each.until for each in self._active.values()),
            *(at + STILL_HEARD for at in self._ended.values()),
        ]
        if not due:
            return _LOOK_SECONDS
        return min(max((min(due) - self._clock.now()).total_seconds(), 1.0), _LOOK_SECONDS)


def _until(written: str | None, now: datetime, county: County) -> datetime:
    """Say when it ends. Raises Refused."""
    if written is None:
        closing = county.hours.last_closing(now)
        if closing is None:
            raise Refused(
                "The service does not open any more today: say until when, such as"
                " 2026-11-23 18:00.",
                code="until_missing",
            )
        return closing
    until = read_moment(written, now, county.hours.zone)
    if until is None:
        raise Refused(
            "The end can't be understood: 18:00, 2026-11-23 18:00 or 23.11.2026 18:00.",
            code="until_not_understood",
        )
    if until <= now:
        raise Refused("The end is over already.", code="until_over")
    return until


def _check_departments(departments: Collection[DepartmentId], county: County) -> None:
    if not set(departments) <= county.departments.keys():
        known = ", ".join(sorted(county.departments))
        raise Refused(
            f"There is no such department. There are: {known}.", code="department_not_found"
        )


def _check_length(seconds: float) -> None:
    if seconds > LONGEST.total_seconds():
        raise Refused(
            f"It takes {seconds:.0f} seconds; {LONGEST.total_seconds():.0f} are the most.",
            code="announcement_too_long",
        )


def _exists() -> Refused:
    return Refused("Another announcement was made in the same second.", code="announcement_exists")


def _not_found(announcement: AnnouncementId) -> Refused:
    return Refused(f"There is no announcement {announcement}.", code="announcement_not_found")
