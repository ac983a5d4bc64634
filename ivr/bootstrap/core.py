"""The middle of the service: the engine, how facts come to it, and the switch that obeys it."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.adapters.ari.connection import Address
from ivr.adapters.ari.sounds import SoundFolders
from ivr.adapters.ari.switch import AriSwitch
from ivr.application.audit import Audit
from ivr.application.inbox import Inbox
from ivr.bootstrap.given import Given
from ivr.domain.county import County
from ivr.domain.engine import QueueEngine


@dataclass(frozen=True, slots=True)
class Core:
    """What everything else is made around."""

    inbox: Inbox
    switch: AriSwitch
    engine: QueueEngine
    run_name: str
    audit: Audit

    def county(self) -> County:
        """Return what the engine goes by now."""
        return self.engine.county


def make_core(given: Given) -> Core:
    """Make the engine, that of the last run where there is one, and what is next to it."""
    settings, county = given.settings, given.configuration.county
    inbox = Inbox()
    switch = AriSwitch(
        Address(settings.ari, "ivr", given.secrets.ari_password, settings.ari_app),
        SoundFolders(settings.sounds, county.language),
        settings.recordings,
        inbox.post,
    )
    recovered = given.past.recovered
    run_name = given.past.name_next_run(given.clock.now())
    engine = recovered.engine if recovered else QueueEngine(county, run_name)
    engine.begin_run(run_name)
    return Core(inbox, switch, engine, run_name, Audit(given.store, given.clock))
