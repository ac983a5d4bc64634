"""The linter finds each kind of fault, or a clean report would mean nothing."""

from __future__ import annotations

import pytest

from tests.unit.provisioning.dialplan_linter import faults, parse

GOOD = """\
[general]
static=yes
[start]
exten => 1,1,GotoIf($[1 > 0]?there:else)
 same => n(there),Gosub(helper,s,1(7))
 same => n,Goto(end,+49,1)
 same => n(else),Hangup()
[helper]
exten => s,1,Set(x=${FILTER(0-9,${CUT(y,\\;,1)})}) ; \\; is no comment
 same => n,ExecIf($["${x}" = ""]?Log(NOTICE,nothing))
 same => n,Return(1)
[end]
exten => _+X!,1,Hangup()
"""


def test_what_is_right() -> None:
    dialplan = parse(GOOD)
    assert faults(dialplan) == []
    assert dialplan.applications == {
        *("GotoIf", "Gosub", "Goto", "Hangup", "Set", "ExecIf", "Log", "Return")
    }
    assert dialplan.functions == {"FILTER", "CUT"}


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("Goto(end,", "Goto(nowhere,", "no nowhere,+49,1 for Goto"),
        ("Goto(end,+49,1)", "Goto(end,49,1)", "no end,49,1 for Goto"),
        ("Goto(end,+49,1)", "Goto(end,+49,2)", "no end,+49,2 for Goto"),
        ("?there:else", "?here:else", "no here for GotoIf"),
        ("n(else)", "n", "Hangup after Goto can't be reached"),
        ("Gosub(helper,s", "Gosub(helper,t", "no helper,t,1 for Gosub"),
        (" same => n,Return(1)\n", "", "goes on after ExecIf"),
        ("n(else)", "n(there)", "a label is there twice"),
        ("[end]", "[start]", "[start] (again)"),
        ("_+X!,1", "_+X!,2", "not understood: exten => _+X!,2"),
        ("Hangup()\n[helper]", "Hangup(\n[helper]", "not understood:  same => n(else),Hangup("),
        ("[end]", "[end]\n#exec /bin/sh", "not understood: #exec /bin/sh"),
    ],
)
def test_what_is_wrong(before: str, after: str, fault: str) -> None:
    text = GOOD.replace(before, after, 1)
    assert text != GOOD
    assert any(fault in found for found in faults(parse(text)))
