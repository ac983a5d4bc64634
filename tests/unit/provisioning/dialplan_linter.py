"""Finds what is wrong with a rendered extensions.conf without running it.

It knows the part of the syntax that our templates use and refuses every other line, so that
nothing is overlooked. Whether applications exist only a running Asterisk can tell: the names that
are used are offered for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

_SECTION = re.compile(r"\[([A-Za-z0-9_-]+)\]")
_INCLUDE = re.compile(r"include => ([A-Za-z0-9_-]+)")
_SETTING = re.compile(r"[a-z]+=[a-z]+")
_EXTEN = re.compile(r"exten => ([^,]+),1(?:\(([a-z]+)\))?,(\w+)\((.*)\)")
_SAME = re.compile(r" *same => n(?:\(([a-z]+)\))?,(\w+)\((.*)\)")
_FUNCTION = re.compile(r"\$\{([A-Z_]+)\(")
_NESTED = re.compile(r"\?([A-Z]\w*)\((.*)\)$")

_ENDS = frozenset({"Hangup", "Goto", "Return"})


@dataclass(frozen=True, slots=True)
class Step:
    """One priority: what is done, with which arguments, under which label."""

    application: str
    arguments: str
    label: str | None


@dataclass(slots=True)
class Dialplan:
    """Contexts of extensions of steps, and the lines nobody understood."""

    contexts: dict[str, dict[str, list[Step]]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)
    included: set[str] = field(default_factory=set)

    def steps(self) -> Iterator[tuple[str, str, Step]]:
        for context, extensions in self.contexts.items():
            for extension, steps in extensions.items():
                for step in steps:
                    yield context, extension, step

    @property
    def applications(self) -> set[str]:
        """Every application that is called, also inside ExecIf."""
        used = {step.application for _, _, step in self.steps()}
        nested = (_NESTED.search(step.arguments) for _, _, step in self.steps())
        return used | {match[1] for match in nested if match}

    @property
    def functions(self) -> set[str]:
        """Every dialplan function that is read or written."""
        text = " ".join(f"{step.application}({step.arguments})" for _, _, step in self.steps())
        return set(_FUNCTION.findall(text)) | set(re.findall(r"Set\(([A-Z]+)\(", text))


def parse(text: str) -> Dialplan:
    """Read an extensions.conf."""
    dialplan = Dialplan()
    context = ""
    steps: list[Step] = []
    for line in text.splitlines():
        content = re.sub(r"(?<!\\);.*", "", line).rstrip()
        if not content:
            continue
        if section := _SECTION.fullmatch(content):
            context = section[1]
            if context in dialplan.contexts:
                dialplan.strange.append(f"{line} (again)")
            dialplan.contexts[context] = {}
        elif include := _INCLUDE.fullmatch(content):
            dialplan.included.add(include[1])
        elif exten := _EXTEN.fullmatch(content):
            extension, label, application, arguments = exten.groups()
            if extension in dialplan.contexts[context]:
                dialplan.strange.append(f"{line} (again)")
            steps = [Step(application, arguments, label)]
            dialplan.contexts[context][extension] = steps
        elif same := _SAME.fullmatch(content):
            steps.append(Step(same[2], same[3], same[1]))
        elif context != "general" or not _SETTING.fullmatch(content):
            dialplan.strange.append(line)
    dialplan.contexts.pop("general", None)
    return dialplan


def faults(dialplan: Dialplan) -> list[str]:
    """Everything that is wrong."""
    found = [f"not understood: {line}" for line in dialplan.strange]
    found += [f"no [{name}]" for name in sorted(dialplan.included - dialplan.contexts.keys())]
    for context, extensions in dialplan.contexts.items():
        for extension, steps in extensions.items():
            found += [f"[{context}] {extension}: {fault}" for fault in _order(steps)]
    for context, extension, step in dialplan.steps():
        for target in _targets(step):
            if not _exists(dialplan, context, extension, target):
                found.append(f"[{context}] {extension}: no {target} for {step.application}")
    return found


def _order(steps: list[Step]) -> Iterator[str]:
    if steps[-1].application not in _ENDS:
        yield f"goes on after {steps[-1].application}"
    for earlier, later in pairwise(steps):
        if earlier.application in _ENDS and later.label is None:
            yield f"{later.application} after {earlier.application} can't be reached"
    labels = [step.label for step in steps if step.label]
    if len(labels) != len(set(labels)):
        yield "a label is there twice"


def _targets(step: Step) -> Iterator[str]:
    """Where ``step`` may go: ``label`` or ``context,extension,priority``."""
    match step.application:
        case "Goto":
            yield step.arguments
        case "Gosub":
            yield step.arguments.partition("(")[0]
        case "GotoIf" | "GotoIfTime":
            _condition, _, targets = step.arguments.rpartition("?")
            yield from filter(None, targets.split(":"))
        case _:
            pass


def _exists(dialplan: Dialplan, context: str, extension: str, target: str) -> bool:
    parts = target.split(",")
    if len(parts) == 1:
        return any(step.label == target for step in dialplan.contexts[context][extension])
    context, wanted, priority = parts
    extensions = dialplan.contexts.get(context, {})
    if wanted == "${EXTEN}":
        # Then every extension that can get here has to be there as well.
        wanted_ones = {
            step.arguments.split(",")[1]
            for _, _, step in dialplan.steps()
            if step.application == "Goto" and step.arguments.startswith(("ivr-caller,",))
        }
        return priority == "1" and bool(wanted_ones) and wanted_ones <= extensions.keys()
    return priority == "1" and (wanted in extensions or _matches(wanted, extensions))


def _matches(number: str, extensions: dict[str, list[Step]]) -> bool:
    """Whether the pattern of an international number, the only one we go to, takes it."""
    return "_+X!" in extensions and re.fullmatch(r"\+[0-9]+", number) is not None
