"""What the dialplan tells the app about a caller, and whom it turns away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.examples import COMMON_NUMBER, DIDS, UMWELT, county
from tests.integration.dialplan_lab import Lab, StasisApp, dialplan_lab, invite

CALLER = "04461987654"
NORMAL = f"<sip:{CALLER}@127.0.0.2>"
WITHHELD = '"Anonymous" <sip:anonymous@anonymous.invalid>'
OLD = DIDS[UMWELT]
OTHER = "+4944211000"

NOT_FOUND = 404
UNAUTHORIZED = 401


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with dialplan_lab(tmp_path) as running:
        yield running


async def told(
    lab: Lab,
    app: StasisApp,
    dialled: str = COMMON_NUMBER,
    caller: str = NORMAL,
    headers: Sequence[str] = (),
) -> list[str]:
    """Call, and return what the app was told; it hangs up, so the call always fails."""
    seen = len(app.entered)
    assert await invite(lab.server, dialled, caller=caller, headers=headers) >= 400
    return await app.entered.first(lambda _: True, "a call in Stasis", since=seen)


async def test_it_starts_without_a_complaint(lab: Lab) -> None:
    loud = [line for line in lab.log.splitlines() if " WARNING[" in line or " ERROR[" in line]
    assert loud == []
    contexts = await lab.asterisk.cli("dialplan show")
    for context in ("from-trunk", "ivr-caller", "ivr-fallback-queue", "from-agents"):
        assert f"Context '{context}'" in contexts


async def test_every_spelling_of_every_number_is_the_same_number(lab: Lab) -> None:
    plan = county().numbering
    async with lab.app() as app:
        for number in (COMMON_NUMBER, *DIDS.values()):
            for spelling in plan.spellings(number):
                expected = ["caller", number, "", "", CALLER]
                assert await told(lab, app, spelling) == expected, spelling


DIVERSIONS = {
    "one number": ([f"Diversion: <sip:{OLD}@a>;reason=unconditional"], [OLD, OLD]),
    "a national number": (["Diversion: <sip:044619194500@a>"], ["044619194500"] * 2),
    "a tel URI with a counter": ([f"Diversion: <tel:{OLD}>;counter=3"], [OLD, OLD]),
    "a name that looks like syntax": (
        [f'Diversion: "0,1\\"${{EPOCH}})" <sip:{OLD};phone-context=5@a>;reason=no-answer'],
        [OLD, OLD],
    ),
    "two headers, the latest first": (
        [f"Diversion: <sip:{OTHER}@a>;reason=no-answer", f"Diversion: <sip:{OLD}@b>"],
        [OLD, OTHER],
    ),
    "two in one header": ([f"Diversion: <sip:{OTHER}@a>;counter=2, <sip:{OLD}@b>"], [OLD, OTHER]),
    "without brackets": ([f"Diversion: sip:{OLD}@a;reason=away"], ["", OLD]),
    "a withheld number": (["Diversion: <sip:anonymous@anonymous.invalid>"], ["", ""]),
}

HISTORIES = {
    "not forwarded": ([f"History-Info: <sip:{COMMON_NUMBER}@a>;index=1"], ["", ""]),
    "forwarded once": (
        [
            f"History-Info: <sip:{OLD}@a?Reason=SIP%3Bcause%3D302>;index=1",
            f"History-Info: <sip:{COMMON_NUMBER}@a;cause=302>;index=1.1",
        ],
        [OLD, OLD],
    ),
    "forwarded twice": (
        [
            f"History-Info: <sip:{OLD}@a>;index=1",
            f"History-Info: <sip:{OTHER}@a;cause=486?Reason=Q.850%3Bcause%3D17>;index=1.1",
            f"History-Info: <sip:{COMMON_NUMBER}@a;cause=302>;index=1.1.1",
        ],
        [OLD, OTHER],
    ),
    "in one header": (
        [f"History-Info: <sip:{OLD}@a>;index=1, <sip:{COMMON_NUMBER}@a;cause=302>;index=1.1"],
        [OLD, OLD],
    ),
}


@pytest.mark.parametrize("cases", [DIVERSIONS, HISTORIES], ids=["Diversion", "History-Info"])
async def test_a_forwarded_call_tells_from_where(
    lab: Lab, cases: dict[str, tuple[list[str], list[str]]]
) -> None:
    async with lab.app() as app:
        for name, (headers, expected) in cases.items():
            _kind, _dialled, *forwarded, caller = await told(lab, app, headers=headers)
            assert forwarded == expected, name
            assert caller == CALLER


CALLERS = {
    "the network's word counts": (
        "<sip:110@127.0.0.2>",
        ["P-Asserted-Identity: <sip:+4944611234@a>"],
        "+4944611234",
    ),
    "anonymous": (WITHHELD, [], ""),
    "anonymous, though the network knows": (
        WITHHELD,
        ["P-Asserted-Identity: <sip:+4944611234@a>", "Privacy: id"],
        "",
    ),
    "withheld by a header only": (NORMAL, ["Privacy: User;critical"], ""),
    "withheld, with a header that is too long to be listed": (
        NORMAL,
        [f"X-Long: {'x' * 5000}", "Privacy: id"],
        "",
    ),
    "withheld, in capitals": (NORMAL, ["PRIVACY: ID"], ""),
    "nothing withheld": (NORMAL, ["Privacy: none"], CALLER),
    "only the history withheld": (NORMAL, ["Privacy: history"], CALLER),
    "only digits pass": ("<sip:0446%2C1%7D12;x=9@127.0.0.2>", [], "0446112"),
    "no end of digits": (f"<sip:{'1' * 80}@127.0.0.2>", [], "1" * 32),
}


async def test_who_calls(lab: Lab) -> None:
    async with lab.app() as app:
        for name, (sender, headers, expected) in CALLERS.items():
            arguments = await told(lab, app, caller=sender, headers=headers)
            assert arguments == ["caller", COMMON_NUMBER, "", "", expected], name


@pytest.mark.parametrize("dialled", ["044619190000", "1001", "*11", "112", "9"])
async def test_a_number_that_is_not_ours_is_not_found_and_logged(lab: Lab, dialled: str) -> None:
    async with lab.app() as app:
        assert await invite(lab.server, dialled) == NOT_FOUND
        assert len(app.entered) == 0
    await lab.logged(f"The number {dialled} was dialled and is not configured")
    assert CALLER not in lab.log


@pytest.mark.parametrize("dialled", ["office", "s", "h", "i"])
async def test_a_name_is_not_found(lab: Lab, dialled: str) -> None:
    async with lab.app() as app:
        assert await invite(lab.server, dialled) == NOT_FOUND
        assert len(app.entered) == 0
    await lab.logged(f"to extension '{dialled}' rejected")
    assert CALLER not in lab.log


@pytest.mark.parametrize("name", ["trunk", "1001", "stranger", "transport-udp"])
async def test_only_the_trunk_may_call_our_numbers_without_a_password(lab: Lab, name: str) -> None:
    async with lab.app() as app:
        sender = f"<sip:{name}@127.0.0.1>"
        status = await invite(lab.server, COMMON_NUMBER, caller=sender, source="127.0.0.1")
        assert status == UNAUTHORIZED
        assert len(app.entered) == 0


async def test_a_caller_whose_number_is_an_agents_id_is_a_caller(lab: Lab) -> None:
    async with lab.app() as app:
        arguments = await told(lab, app, caller="<sip:1001@127.0.0.2>")
        assert arguments == ["caller", COMMON_NUMBER, "", "", "1001"]
