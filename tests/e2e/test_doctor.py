"""`ivr doctor` on a machine where everything works."""

from __future__ import annotations

from testbed.stack import Stack


async def test_doctor_finds_nothing_wrong_while_everything_works(stack: Stack) -> None:
    findings = await stack.command("doctor")

    assert {"Asterisk", "configuration", "service: switch", "service: broker"} <= {
        finding["name"] for finding in findings
    }
    assert [finding for finding in findings if not finding["in_order"]] == []
