from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from ivr.adapters.web.openapi import document

COPY = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"


@pytest.fixture
def operations(app: FastAPI) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_copy_beside_the_documentation_is_up_to_date() -> None:
    if "IVR_UPDATE_OPENAPI" in os.environ:
        COPY.write_text(document(), encoding="utf-8")
    assert COPY.read_text(encoding="utf-8") == document(), (
        "python -m ivr.adapters.web.openapi > docs/reference/openapi.json"
    )


async def test_it_is_served_to_who_has_the_token(app: FastAPI, api: httpx.AsyncClient) -> None:
    answer = await api.get("/openapi.json")
    assert answer.json() == app.openapi()
    assert answer.json()["openapi"].startswith("3.1")


def test_all_there_is_is_in_it(operations: list[tuple[str, dict[str, Any]]]) -> None:
    assert [name for name, _ in operations] == [
        "get /healthz",
        "get /readyz",
        "get /metrics",
        "get /api/v1/status",
        "get /api/v1/events",
        "get /api/v1/agents",
        "get /api/v1/agents/{agent_id}",
        "put /api/v1/agents/{agent_id}/presence",
        "post /api/v1/agents/{agent_id}/last-call",
        "post /api/v1/agents/{agent_id}/result",
        "post /api/v1/agents/{agent_id}/end-wrap-up",
        "post /api/v1/agents/{agent_id}/extend-wrap-up",
        "get /api/v1/calls",
        "get /api/v1/calls/{call_id}",
        "post /api/v1/calls/{call_id}/supervise",
        "post /api/v1/calls/{call_id}/move-up",
        "post /api/v1/calls/{call_id}/take-out",
        "get /api/v1/callbacks",
        "post /api/v1/callbacks",
        "post /api/v1/callbacks/search",
        "get /api/v1/callbacks/{callback_id}",
        "patch /api/v1/callbacks/{callback_id}",
        "get /api/v1/callbacks/{callback_id}/message",
        "post /api/v1/callbacks/{callback_id}/acknowledge",
        "post /api/v1/callbacks/{callback_id}/attempt",
        "post /api/v1/callbacks/{callback_id}/close",
        "post /api/v1/callbacks/{callback_id}/reassign",
        "post /api/v1/callbacks/{callback_id}/reopen",
        "post /api/v1/callbacks/{callback_id}/comment",
        "post /api/v1/callbacks/{callback_id}/call",
        "get /api/v1/callbacks/{callback_id}/calls",
        "get /api/v1/announcements",
        "post /api/v1/announcements",
        "post /api/v1/announcements/recording",
        "post /api/v1/announcements/{announcement_id}/end",
        "get /api/v1/audit",
        "get /api/v1/audit/verification",
        "post /api/v1/persons/export",
        "post /api/v1/persons/export/archive",
        "post /api/v1/persons/erase",
        "post /api/v1/purge",
        "get /api/v1/deletions",
        "get /api/v1/configuration/changes",
        "post /api/v1/configuration/apply",
    ]


def test_every_operation_teaches(operations: list[tuple[str, dict[str, Any]]]) -> None:
    for name, operation in operations:
        assert operation["summary"], name
        assert len(operation["description"]) > 40, name
        assert all(parameter["description"] for parameter in operation.get("parameters", [])), name


def test_every_operation_tells_how_it_fails(
    operations: list[tuple[str, dict[str, Any]]],
) -> None:
    for name, operation in operations:
        responses = operation["responses"]
        assert "421" in responses, name
        if "/api/" in name:
            assert {"401", "413", "422"} <= responses.keys(), name
            assert operation["security"] == [{"HTTPBearer": []}], name
        if "{" in name:
            assert "404" in responses, name
        failures = {
            content["schema"]["$ref"].rpartition("/")[2]
            for status, response in responses.items()
            if status >= "400"
            for content in response["content"].values()
        }
        assert failures <= {"Failure", "Ready"}, name


def test_the_framework_s_own_errors_are_not_told_of(app: FastAPI) -> None:
    assert not [name for name in app.openapi()["components"]["schemas"] if "Validation" in name]


def test_every_schema_is_one(app: FastAPI) -> None:
    for schema in app.openapi()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]
    found = [name.removeprefix("#/components/schemas/") for name in references(app.openapi())]
    assert found
    assert set(found) <= schemas.keys()


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
