"""Routes about what is held about people: looked up and let go, for one person or by retention.

A telephone number is in bodies only, never in an address: addresses end up in logs.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import Query, Response
from pydantic import Field

from ivr.adapters.web.failures import documented
from ivr.adapters.web.models import By, Line, Shown
from ivr.adapters.web.parts import With
from ivr.adapters.web.routers import api_router
from ivr.application.persons import Export
from ivr.application.purging import PurgeReport
from ivr.domain.ids import RecordingId
from ivr.domain.retention import DataClass, Reason

router = api_router("privacy", HTTPStatus.SERVICE_UNAVAILABLE)

_COUNTS = {"callback_numbers": 1, "call_numbers": 3}
_Row = Annotated[dict[str, Any], Field(description="All that is stored, named as in the database.")]


class PersonWish(By):
    """Whose data it is about."""

    number: Line = Field(
        min_length=1,
        max_length=40,
        description="The person's telephone number, as people write it.",
        examples=["04461 123456"],
    )


class ErasureWish(PersonWish):
    """Whose data is to be erased, and how."""

    close_open: bool = Field(
        default=False, description="Whether open callbacks of the person are closed for it."
    )
    dry_run: bool = Field(default=False, description="Only tell what would be erased.")


class PersonShown(Shown):
    """All that is held about a number."""

    number: str = Field(examples=["+494461123456"])
    at: datetime = Field(description="When it was looked up.")
    calls: list[_Row]
    callbacks: list[list[_Row]] = Field(
        description="Each with all its versions; also those requested in one of the calls."
    )
    messages: list[_Row] = Field(description="What was sent out about the callbacks, and when.")
    outgoing_calls: list[_Row] = Field(
        description="When caseworkers phoned the person about the callbacks."
    )
    places: list[_Row] = Field(description="Places in the queue kept for the person.")
    queue_log: list[str] = Field(description="Lines of the files.")
    journal: list[datetime] = Field(
        description="When the number was told to the queue, as far as its journal is kept."
    )
    audit: list[_Row] = Field(description="What was done with the calls and callbacks, by whom.")
    spoken_messages: list[str] = Field(
        description="Recordings of what the person said about callbacks; in the archive."
    )


class ErasureShown(Shown):
    """What was erased, or would be. Whoever got a message about a callback before has it still."""

    at: datetime
    erased: dict[DataClass, int] = Field(
        description="In how many rows, files or lines, by class; empty: nothing was held.",
        examples=[_COUNTS],
    )
    closed: list[str] = Field(description="Open callbacks that were closed for it.")


class PurgeWish(By):
    """A purge, or the look at one."""

    dry_run: bool = Field(default=False, description="Only tell what would be deleted.")


class PurgedShown(Shown):
    """What became of one class of data."""

    data: DataClass
    before: datetime = Field(description="What was over before this is not kept.")
    count: int = Field(description="Rows, files and lines; in a dry run those there would be.")
    problem: str = Field(description="Why not all of it could be deleted; empty: it could.")


class PurgeShown(Shown):
    """What a purge did, or would do."""

    at: datetime
    complete: bool = Field(description="Whether all was deleted that is over.")
    classes: list[PurgedShown]
    still_open: list[str] = Field(
        description="Callbacks older than those that are deleted, and still open; at most 100."
    )


class DeletionShown(Shown):
    """That something was deleted; nothing of whom."""

    at: datetime
    data: DataClass
    count: int
    reason: Reason
    by: str = Field(description="`ivr` where nobody asked for it.", examples=["ivr"])


class DeletionList(Shown):
    """What was deleted."""

    deletions: list[DeletionShown] = Field(description="Latest first.")


@router.post("/persons/export", summary="All that is held about a number")
async def export_person(parts: With, wish: PersonWish) -> PersonShown:
    """Tells everything that is held about one telephone number (GDPR Art. 15).

    That it was told is in the audit before, with how much it was and without the number.
    """
    export = await parts.persons.export(wish.number, wish.by)
    return _person(export, parts.county.hours.zone)


@router.post(
    "/persons/export/archive",
    summary="The same with what the person said, as a ZIP file",
    response_class=Response,
    responses={
        200: {
            "description": "`export.json`, and the recordings as WAV files.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def export_archive(parts: With, wish: PersonWish) -> Response:
    """Gives all that is held about one telephone number as one file to be handed out."""
    export = await parts.persons.export(wish.number, wish.by)
    shown = _person(export, parts.county.hours.zone)
    archive = await asyncio.to_thread(_archive, shown, export.recordings)
    return Response(archive, media_type="application/zip")


@router.post(
    "/persons/erase",
    summary="Erase what is held about a number",
    responses=documented(HTTPStatus.CONFLICT),
)
async def erase_person(parts: With, wish: ErasureWish) -> ErasureShown:
    """Erases everything that is held about one telephone number (GDPR Art. 17); figures stay.

    Refused while a call of this number is going on (`person_on_the_line`), and while a promise to
    the person is open (`callback_open`) unless `close_open` is set: then it is closed as withdrawn,
    and its caseworker is told. It is in the audit before. What was sent out before by MQTT, mail or
    webhook can't be taken back.
    """
    erasure = await parts.persons.erase(
        wish.number, wish.by, close_open=wish.close_open, dry_run=wish.dry_run
    )
    return ErasureShown(
        at=erasure.at.astimezone(parts.county.hours.zone),
        erased=erasure.counts,
        closed=list(erasure.closed),
    )


@router.post("/purge", summary="Delete what is over")
async def purge(parts: With, wish: PurgeWish) -> PurgeShown:
    """Deletes what is older than the county wants to keep, as is done every night.

    What can't be deleted (a disk that is read-only) is told in `problem` and tried again at night.
    """
    if wish.dry_run:
        report = await parts.purging.look()
    else:
        report = await parts.purging.purge(wish.by)
    return _purge(report, parts.county.hours.zone)


@router.get("/deletions", summary="What was deleted")
async def list_deletions(
    parts: With,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many lines.")] = 100,
) -> DeletionList:
    """Shows how much of what was deleted when, why and by whom; nothing of whom it was about."""
    zone = parts.county.hours.zone
    return DeletionList(
        deletions=[
            DeletionShown(
                at=each.at.astimezone(zone),
                data=each.data,
                count=each.count,
                reason=each.reason,
                by=each.by,
            )
            for each in await parts.purging.deletions(limit)
        ]
    )


def _person(export: Export, zone: tzinfo) -> PersonShown:
    person = export.person
    return PersonShown(
        number=export.number,
        at=export.at.astimezone(zone),
        calls=[_row(call, zone) for call in person.calls],
        callbacks=[[_row(version, zone) for version in each] for each in person.callbacks],
        messages=[
            {
                **_row(sent.message, zone),
                "published_at": sent.delivered_at and sent.delivered_at.astimezone(zone),
            }
            for sent in person.messages
        ],
        outgoing_calls=[_row(call, zone) for call in person.outgoing],
        places=[_row(place, zone) for place in person.places],
        queue_log=export.queue_log,
        journal=[at.astimezone(zone) for at in export.journal],
        audit=[_row(entry, zone) for entry in export.audit],
        spoken_messages=list(export.recordings),
    )


def _row(thing: Any, zone: tzinfo) -> dict[str, Any]:  # noqa: ANN401  any dataclass of the domain
    assert is_dataclass(thing)
    assert not isinstance(thing, type)
    return {
        name: value.astimezone(zone) if isinstance(value, datetime) else value
        for name, value in asdict(thing).items()
    }


def _archive(shown: PersonShown, recordings: Mapping[RecordingId, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        document = orjson.dumps(shown.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
        archive.writestr("export.json", document)
        for name, recording in recordings.items():
            archive.writestr(f"{name}.wav", recording)
    return content.getvalue()


def _purge(report: PurgeReport, zone: tzinfo) -> PurgeShown:
    return PurgeShown(
        at=report.at.astimezone(zone),
        complete=report.complete,
        classes=[
            PurgedShown(
                data=each.data,
                before=each.before.astimezone(zone),
                count=each.count,
                problem=each.problem,
            )
            for each in report.classes
        ],
        still_open=list(report.still_open),
    )
