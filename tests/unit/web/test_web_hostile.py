"""Whatever is sent: an answer the OpenAPI document tells of, and never one of our own fault."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ivr.domain.callback import CallbackState
from tests.fakes.callbacks import a_callback
from tests.service_lab import ServiceLab

JSON = {"Content-Type": "application/json"}

BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "not even text": b"\xff\xfe\x00",
    "a list": b"[]",
    "null": b"null",
    "a number": b"17",
    "not a number": b'{"by": NaN}',
    "deep lists": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"by":' * 10_000 + b"1" + b"}" * 10_000,
    "a long number": b'{"by": ' + b"9" * 5_000 + b"}",
    "half a surrogate": b'{"by": "\\ud800"}',
    "a NUL": b'{"by": "a\\u0000b"}',
    "a repeated key": b'{"by": {}, "by": []}',
    "many keys": json.dumps(dict.fromkeys(map(str, range(5000)))).encode(),
}

NO_JSON = {"/api/v1/events", "/metrics"}
"""The first never ends, the second is Prometheus's text."""

WRITES = [
    ("PUT", "/api/v1/agents/1001/presence"),
    ("POST", "/api/v1/callbacks"),
    ("POST", "/api/v1/callbacks/cb-1/acknowledge"),
    ("POST", "/api/v1/callbacks/cb-1/attempt"),
    ("POST", "/api/v1/callbacks/cb-1/close"),
    ("POST", "/api/v1/announcements"),
    ("POST", "/api/v1/calls/call-1/take-out"),
]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_hostile_body_changes_nothing(
    lab: ServiceLab, api: httpx.AsyncClient, body: bytes
) -> None:
    await lab.callbacks.request(a_callback("cb-1"))
    for method, path in WRITES:
        answer = await api.request(method, path, content=body, headers=JSON)
        assert answer.status_code in {400, 413, 422}, path
        assert answer.json()["code"] in {"request_invalid", "bad_request", "body_too_large"}
        assert answer.json()["message"]
        assert len(answer.content) < 5_000
    [callback] = [await lab.callbacks.get(each) for each in await lab.callback_ids()]
    assert callback.state is CallbackState.REQUESTED


PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", ".", "..", "%", "%00", "%2e%2e%2f", "\u202e", "1001", "cb-1", "call-1", "'", "💣"]
    ),
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=50),
        st.sampled_from(["ready", "paused", "04461 123456", "umwelt", "x" * 5000]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        *("presence", "reason", "number", "department", "caller_name", "subject", "note", "by"),
        *("text", "until", "departments", "how", "phone"),
    ]
)
QUERIES = st.dictionaries(
    st.sampled_from(["state", "department", "caseworker", "published", "limit", "by", "until"]),
    PIECES,
)
HEADERS = st.dictionaries(
    st.just("Idempotency-Key"), st.text(st.characters(min_codepoint=32, max_codepoint=126))
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_every_answer_is_one_the_document_tells_of(
    app: FastAPI, lab: ServiceLab, api: httpx.AsyncClient, data: st.DataObject
) -> None:
    await lab.callbacks.request(a_callback("cb-1"))
    document = app.openapi()
    paths = [path for path in document["paths"] if path not in NO_JSON]
    path = data.draw(st.sampled_from(paths), "path")
    method = data.draw(st.sampled_from(list(document["paths"][path])), "method")
    # Clients resolve a single or double dot themselves; then it is another path.
    identity = data.draw(PIECES.filter(lambda piece: piece not in {".", ".."}), "id")
    answer = await api.request(
        method,
        "/".join(quote(identity, safe="") if "{" in part else part for part in path.split("/")),
        params=data.draw(QUERIES, "query"),
        headers=data.draw(HEADERS, "headers") | JSON,
        content=json.dumps(data.draw(st.dictionaries(FIELDS, VALUES), "body")),
    )
    assert answer.status_code < 500
    schema = {"$ref": "#/components/schemas/Failure"}
    if answer.json().get("code") not in {"route_not_found", "method_not_allowed"}:
        responses = document["paths"][path][method]["responses"]
        schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    Draft202012Validator(schema | {"components": document["components"]}).validate(answer.json())
