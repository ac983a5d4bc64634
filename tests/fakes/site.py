"""The admin's files in memory: what they say, and what Asterisk's files hold."""

from __future__ import annotations

from ivr.application.ports.site import FileContents, SiteFile, SitePlan
from ivr.domain.county import County
from ivr.domain.errors import ConfigError, Problem, Unavailable


class FakeSite:
    """Set ``county``, ``wanted`` or ``problems``; look at ``content``."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.problems: tuple[Problem, ...] = ()
        self.content: FileContents = {"pjsip.conf": b"old"}
        self.wanted: FileContents = self.content
        self.disk_full = False

    def look(self) -> SitePlan:
        return self.plan()

    def plan(self) -> SitePlan:
        if self.problems:
            raise ConfigError(self.problems)
        changed = sorted(name for name in self.wanted if self.wanted[name] != self.content[name])
        return SitePlan(
            county=self.county,
            files=tuple(SiteFile(name, "changed", None) for name in changed),
            modules=tuple(f"reads {name}" for name in changed),
            restart=(),
            content=self.wanted,
        )

    def write(self, content: FileContents) -> FileContents:
        if self.disk_full:
            raise Unavailable("The disk is full.", code="not_written")
        before, self.content = self.content, content
        return before
