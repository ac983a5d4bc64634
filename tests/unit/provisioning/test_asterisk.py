"""Asterisk's configuration as it is rendered: complete, repeatable, and safe from its input."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import TemplateRuntimeError

from ivr.domain.errors import ConfigError
from ivr.domain.ids import AgentId, DepartmentId
from ivr.domain.rules import FeatureCodes
from ivr.provisioning.asterisk import (
    ChangeKind,
    Rendered,
    changes,
    check_templates,
    prepare_instance,
    render,
    write,
)
from ivr.provisioning.asterisk_syntax import make_environment
from ivr.provisioning.county import Configuration, load_county
from ivr.provisioning.settings import Address, PortRange, Settings
from ivr.provisioning.trunk import Registration
from tests.unit.provisioning.dialplan_linter import faults, parse
from tests.unit.provisioning.examples import (
    DIALPLAN,
    SHIPPED,
    TODAY,
    AdminFiles,
    rendered,
    secrets_for,
)

CONFIGURATION = load_county(SHIPPED)
SETTINGS = Settings(state=Path("/var/lib/ivr"), dialplan=DIALPLAN)


def text(files: Rendered, name: str) -> str:
    return files[name].decode()


def sections(content: str) -> list[str]:
    return re.findall(r"^\[.*$", content, re.MULTILINE)


def effective(content: str) -> list[str]:
    """The lines Asterisk heeds, without comments."""
    lines = (re.sub(r"(?<!\\);.*", "", line).rstrip() for line in content.splitlines())
    return [line for line in lines if line]


def test_the_dialplan_has_no_faults() -> None:
    dialplan = parse(text(rendered(CONFIGURATION, SETTINGS), "extensions.conf"))
    assert faults(dialplan) == []
    assert set(dialplan.contexts) == {
        *("from-trunk", "ivr-caller", "ivr-forwarded-by"),
        *("from-agents", "ivr-agent-alone", "ivr-agent-chose"),
        *("ivr-fallback", "ivr-fallback-moved", "ivr-fallback-number", "ivr-fallback-queue"),
        *("ivr-fallback-waiting", "ivr-fallback-keys", "ivr-fallback-callback"),
        *("ivr-fallback-gone", "ivr-fallback-last-line", "ivr-closed-days"),
    }


def test_names_in_one_file_exist_in_the_other() -> None:
    files = rendered(CONFIGURATION, SETTINGS)
    dialplan = parse(text(files, "extensions.conf"))
    used = set(re.findall(r"^context = (.*)$", text(files, "pjsip.conf"), re.MULTILINE))
    assert used == {"from-trunk", "from-agents"} <= dialplan.contexts.keys()
    queues = {s.arguments for _, _, s in dialplan.steps() if s.application == "Queue"}
    assert {arguments.partition(",")[0] for arguments in queues} == {"ivr-fallback"}
    assert "[ivr-fallback]" in sections(text(files, "queues.conf"))


def test_agents_can_dial_their_codes_and_ask_for_numbers() -> None:
    codes = FeatureCodes("#1", "#2", "#3", "#4", "#5", "#6", "#8", callback="#7")
    rules = replace(CONFIGURATION.county.rules, codes=codes, pause_reasons={"1": "Mittag"})
    configuration = replace(CONFIGURATION, county=replace(CONFIGURATION.county, rules=rules))
    dialplan = parse(text(rendered(configuration, SETTINGS), "extensions.conf"))
    assert list(dialplan.contexts["from-agents"]) == [
        *("#1", "#2", "#21", "#3", "#4", "#5", "#6"),
        *("#81", "#82", "#83", "#84", "#85"),
        *("_X!", "_+X!"),
    ]
    assert "Dial" not in dialplan.applications  # ivr alone calls somebody


def test_a_pause_has_its_reason_also_while_ivr_is_away() -> None:
    rules = replace(CONFIGURATION.county.rules, pause_reasons={"1": "Mittag, lang"})
    configuration = replace(CONFIGURATION, county=replace(CONFIGURATION.county, rules=rules))
    agents = parse(text(rendered(configuration, SETTINGS), "extensions.conf")).contexts[
        "from-agents"
    ]
    said = {code: [step.arguments for step in steps] for code, steps in agents.items()}
    assert {"IVR_REASON=Mittag lang", "IVR_REASON_KEY=1"} <= set(said["*121"])
    assert {"IVR_REASON=", "IVR_REASON_KEY=", "ivr-agent-alone,paused,1"} <= set(said["*12"])
    assert not any("alone" in each for each in said["*14"])


def test_the_manager_interface_knows_one_user_with_few_rights() -> None:
    content = text(rendered(CONFIGURATION, SETTINGS), "manager.conf")
    assert sections(content) == ["[general]", "[ivr]"]
    assert {"bindaddr = 127.0.0.1", "port = 5038", "webenabled = no"} <= set(effective(content))
    assert {"read = user", "write = agent,system"} <= set(effective(content))


def test_the_manager_interface_tells_nothing_of_calls_but_what_the_dialplan_does() -> None:
    lines = effective(text(rendered(CONFIGURATION, SETTINGS), "manager.conf"))
    (disabled,) = (line for line in lines if line.startswith("disabledevents = "))
    # Asterisk compares names letter by letter: a space would be part of one.
    assert " " not in disabled.removeprefix("disabledevents = ")
    names = disabled.removeprefix("disabledevents = ").split(",")
    assert len(names) == len(set(names))
    assert {"Newexten", "VarSet", "BridgeEnter", "DeviceStateChange"} <= set(names)
    assert "UserEvent" not in names


def test_every_agent_is_an_endpoint() -> None:
    files = rendered(CONFIGURATION, SETTINGS)
    for agent in CONFIGURATION.county.agents:
        assert f"[{agent}](agent-endpoint)" in text(files, "pjsip.conf")
        assert f"password = password-of-{agent}" in text(files, "pjsip.conf")


def test_opening_hours_end_with_their_last_minute(tmp_path: Path) -> None:
    files = AdminFiles.copied_to(tmp_path / "config")
    spans = '["00:00-12:00", "13:30-24:00"]'
    files.replace("hours.toml", 'friday = ["07:00-18:00"]', f"friday = {spans}")
    content = text(rendered(load_county(files.folder), SETTINGS), "extensions.conf")
    assert "GotoIfTime(07:00-17:59,thu,*,*,Europe/Berlin?open)" in content
    assert "GotoIfTime(00:00-11:59,fri,*,*,Europe/Berlin?open)" in content
    assert "GotoIfTime(13:30-23:59,fri,*,*,Europe/Berlin?open)" in content
    assert ",sat," not in content


def test_hours_of_a_department(tmp_path: Path) -> None:
    files = AdminFiles.copied_to(tmp_path / "config")
    own_week = 'on_duty = ["wiebke.harms"]\n[department.hours]\nmonday = ["08:00-12:00"]'
    files.replace("departments.toml", 'on_duty = ["wiebke.harms"]', own_week)
    own_day = 'departments = ["jugend"]\ndate = 2026-11-30\n[[closed]]\ndate = 2026-12-31'
    files.replace("hours.toml", "date = 2026-12-31", own_day)
    content = text(rendered(load_county(files.folder), SETTINGS), "extensions.conf")
    dialplan = parse(content)
    assert faults(dialplan) == []
    fallback = dialplan.contexts["ivr-fallback-number"]
    queue = dialplan.contexts["ivr-fallback-queue"]
    assert fallback["+4944619195010"][-1].arguments == "ivr-fallback-queue,hours3,1"
    assert fallback["+4944619193010"][-1].arguments == "ivr-fallback-queue,s,1"
    assert queue.keys() == {"s", "hours3"}
    asked = {name: [step.arguments for step in steps] for name, steps in queue.items()}
    assert "08:00-11:59,mon,*,*,Europe/Berlin?open" in asked["hours3"]
    assert not any(",tue," in each for each in asked["hours3"])
    assert any("*hours3,1" in each for each in asked["hours3"])
    assert not any("*hours" in each for each in asked["s"])
    closed = dialplan.contexts["ivr-closed-days"]
    assert "20261130*hours3" in closed
    assert "20261130" not in closed
    assert "20261224*hours3" not in closed  # everybody is


def test_a_department_greets_in_its_own_words_while_ivr_is_away() -> None:
    county = CONFIGURATION.county
    jugend = DepartmentId("jugend")
    own = replace(county.departments[jugend], greeting="greeting-jugend")
    departments = {**county.departments, jugend: own}
    files = rendered(
        replace(CONFIGURATION, county=replace(county, departments=departments)), SETTINGS
    )
    fallback = parse(text(files, "extensions.conf")).contexts["ivr-fallback"]
    heard = {number: steps[1].arguments for number, steps in fallback.items()}
    assert "/greeting-jugend&" in heard["+4944619195010"]
    assert "/greeting&" in heard["+4944619193010"]


def test_a_callback_can_be_asked_for_with_the_key_of_the_county() -> None:
    rules = replace(CONFIGURATION.county.rules, callback_key="5")
    configuration = replace(CONFIGURATION, county=replace(CONFIGURATION.county, rules=rules))
    settings = SETTINGS.model_copy(update={"fallback_agi": Address("127.0.0.1", 4999)})
    files = rendered(configuration, settings)
    dialplan = parse(text(files, "extensions.conf"))
    assert "context = ivr-fallback-keys" in text(files, "queues.conf")
    assert list(dialplan.contexts["ivr-fallback-keys"]) == ["5"]
    steps = dialplan.contexts["ivr-fallback-callback"]["s"]
    [asked] = [step for step in steps if step.application == "AGI"]
    assert asked.arguments == "agi://127.0.0.1:4999/callback,${IVR_DIALLED},${IVR_CALLER}"


def test_closed_days_of_two_years() -> None:
    closed = list(
        parse(text(rendered(CONFIGURATION, SETTINGS), "extensions.conf")).contexts[
            "ivr-closed-days"
        ]
    )
    assert {"20260101", "20261031", "20261224", "20271226"} <= set(closed)
    assert {day[:4] for day in closed} == {"2026", "2027"}
    secrets = secrets_for(CONFIGURATION)
    later = render(CONFIGURATION, SETTINGS, secrets, date(2027, 1, 1))
    assert "20281226" in text(later, "extensions.conf")


def test_addresses() -> None:
    elsewhere = Settings(
        state=Path("/var/lib/ivr"),
        dialplan=DIALPLAN,
        sip_bind=Address("::1", 5070),
        asterisk_http_bind=Address("127.0.0.1", 8099),
        media_address="192.0.2.9",
        ari_app="second",
    )
    files = rendered(CONFIGURATION, elsewhere)
    assert "bind = [::1]:5070" in text(files, "pjsip.conf")
    assert "media_address = 192.0.2.9\nbind_rtp_to_media_address = yes" in text(files, "pjsip.conf")
    assert "bindport = 8099" in text(files, "http.conf")
    assert "Stasis(second,caller," in text(files, "extensions.conf")
    assert "media_address" not in text(rendered(CONFIGURATION, SETTINGS), "pjsip.conf")


def with_registration() -> Configuration:
    registration = Registration("sip.example.net:5070", "4944619", "auth.4944619")
    return replace(CONFIGURATION, trunk=replace(CONFIGURATION.trunk, registration=registration))


def test_a_trunk_that_wants_us_to_register() -> None:
    content = text(rendered(with_registration(), SETTINGS), "pjsip.conf")
    assert "client_uri = sip:4944619@sip.example.net:5070" in content
    assert "username = auth.4944619\npassword = trunk-password" in content
    assert "registration" not in text(rendered(CONFIGURATION, SETTINGS), "pjsip.conf")


def section(content: str, title: str, kind: str) -> list[str]:
    """The lines of the section ``[title]`` of that type, or with that template."""
    return next(
        lines
        for part in re.split(r"^(?=\[)", "\n".join(effective(content)), flags=re.MULTILINE)
        if (lines := part.splitlines())
        and lines[0].startswith(f"[{title}]")
        and (kind in lines[0] or f"type = {kind}" in lines)
    )


def test_callers_are_not_told_which_agent_they_talk_with() -> None:
    content = text(rendered(CONFIGURATION, SETTINGS), "pjsip.conf")
    assert "send_connected_line = no" in section(content, "trunk", "(common)")


def test_without_a_way_out_nobody_is_called_over_the_trunk() -> None:
    nowhere = replace(CONFIGURATION.trunk, outbound=None)
    content = text(rendered(replace(CONFIGURATION, trunk=nowhere), SETTINGS), "pjsip.conf")
    assert "aors = trunk" not in content
    assert "contact = sip:" not in content


def test_the_way_out_shows_the_number_ivr_calls_with() -> None:
    way_out = replace(CONFIGURATION.trunk, outbound="192.0.2.10:5070")
    content = text(rendered(replace(CONFIGURATION, trunk=way_out), SETTINGS), "pjsip.conf")
    assert "contact = sip:192.0.2.10:5070" in section(content, "trunk", "aor")
    endpoint = section(content, "trunk", "(common)")
    assert {"aors = trunk", "send_pai = yes", "from_domain = 192.0.2.10"} <= set(endpoint)
    assert not any(line.startswith(("outbound_auth", "from_user")) for line in endpoint)


def test_calls_to_a_company_we_register_with_log_in() -> None:
    configuration = with_registration()
    trunk = replace(configuration.trunk, outbound="sip.example.net")
    content = text(rendered(replace(configuration, trunk=trunk), SETTINGS), "pjsip.conf")
    assert "outbound_auth = trunk" in section(content, "trunk", "(common)")


def test_only_agents_may_ask_for_a_transfer_and_only_ivr() -> None:
    content = text(rendered(CONFIGURATION, SETTINGS), "pjsip.conf")
    assert "allow_transfer = no" in section(content, "common", "endpoint")
    agents = section(content, "agent-endpoint", "common")
    assert {"allow_transfer = yes", "set_var = PJSIP_TRANSFER_HANDLING()=ari-only"} <= set(agents)
    assert content.count("allow_transfer") == 2


def test_a_redirected_call_finds_no_context() -> None:
    files = rendered(CONFIGURATION, SETTINGS)
    common = section(text(files, "pjsip.conf"), "common", "endpoint")
    context = next(line for line in common if "FORWARD_CONTEXT" in line).rpartition("=")[2]
    assert context not in parse(text(files, "extensions.conf")).contexts


def test_registering_needs_a_password() -> None:
    secrets = replace(secrets_for(CONFIGURATION), trunk_password=None)
    with pytest.raises(ConfigError) as caught:
        rendered(with_registration(), SETTINGS, secrets)
    assert [problem.key for problem in caught.value.problems] == ["trunk_password"]


def test_the_same_input_gives_the_same_bytes() -> None:
    county = CONFIGURATION.county
    turned = replace(county, agents=dict(reversed(list(county.agents.items()))))
    assert rendered(CONFIGURATION, SETTINGS) == rendered(
        replace(CONFIGURATION, county=turned), SETTINGS
    )


def test_passwords_are_in_three_files_only() -> None:
    for name, content in rendered(with_registration(), SETTINGS).items():
        assert any(each in content for each in (b"password-of", b"ari-pass", b"ami-pass")) == (
            name in {"ari.conf", "manager.conf", "pjsip.conf"}
        )


# --- Hostile input -----------------------------------------------------------------------------

HOSTILE = st.lists(
    st.sampled_from(
        [*";\n\r\t\x00\x0b\x1c\x85\u2028,\"'\\()[]{}$#=>&|%-a 1", "${", "\\;", ";--", "\n[x]\n"]
    ),
    min_size=1,
    max_size=20,
).map("".join)
few = settings(max_examples=60, deadline=None)
"""Each example renders everything."""


def shape(files: Rendered) -> dict[str, list[str]]:
    """What Asterisk sees of the files; a name in a place for names is blanked out."""
    return {
        name: [
            re.sub(r"(name\)=|^password =|^secret =).*", r"\1", line)
            for line in effective(content.decode())
        ]
        for name, content in files.items()
    }


@few
@given(name=HOSTILE)
def test_a_name_never_changes_what_asterisk_reads(name: str) -> None:
    county = CONFIGURATION.county
    hostile = replace(
        county,
        name=name,
        agents={key: replace(agent, name=name) for key, agent in county.agents.items()},
        departments={key: replace(each, name=name) for key, each in county.departments.items()},
        hours=replace(county.hours, closed_on=lambda day: county.hours.closed_on(day) and name),
    )
    files = rendered(replace(CONFIGURATION, county=hostile), SETTINGS)
    assert shape(files) == shape(rendered(CONFIGURATION, SETTINGS))
    assert faults(parse(text(files, "extensions.conf"))) == []


@few
@given(password=HOSTILE)
def test_a_password_never_changes_more_than_itself(password: str) -> None:
    secrets = secrets_for(CONFIGURATION)
    hostile = replace(
        secrets,
        ari_password=password,
        ami_password=password,
        agent_passwords=dict.fromkeys(secrets.agent_passwords, password),
    )
    files = rendered(CONFIGURATION, SETTINGS, hostile)
    assert shape(files) == shape(rendered(CONFIGURATION, SETTINGS))


def as_asterisk_reads(line: str) -> str:
    """What main/config.c makes of ``key = value``: cut at a bare ``;``, unescape the others."""
    kept = re.split(r"(?<!\\);", line, maxsplit=1)[0].replace("\\;", ";")
    return kept.partition("=")[2].removeprefix(">").strip()


@few
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_asterisk_reads_the_password_that_was_meant(password: str) -> None:
    secrets = replace(secrets_for(CONFIGURATION), ari_password=password)
    content = text(rendered(CONFIGURATION, SETTINGS, secrets), "ari.conf")
    [line] = [line for line in content.splitlines() if line.startswith("password = ")]
    assert as_asterisk_reads(line) == password


@pytest.mark.parametrize("value", ["a b", "a;b", "a\nb", "a,b", "${x}", "a(b)", 'a"b'])
def test_a_template_can_not_insert_text_without_a_filter(tmp_path: Path, value: str) -> None:
    (tmp_path / "x.conf.j2").write_text("key = {{ value }}\n")
    template = make_environment(str(tmp_path)).get_template("x.conf.j2")
    assert template.render(value="plain-1") == "key = plain-1\n"
    with pytest.raises(TemplateRuntimeError, match="needs a filter") as caught:
        template.render(value=value)
    assert value not in str(caught.value)


def test_a_template_that_inserts_a_password_without_a_filter_does_not_tell_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "ari.conf.j2").write_text("password = {{ ari_password }}\n")
    secrets = replace(secrets_for(CONFIGURATION), ari_password="hunter (2)")
    with pytest.raises(ConfigError) as caught:
        rendered(CONFIGURATION, SETTINGS.model_copy(update={"dialplan": tmp_path}), secrets)
    [problem] = caught.value.problems
    assert problem.file == "templates/ari.conf.j2"
    assert "needs a filter" in problem.wrong
    assert "hunter" not in repr(problem) + str(caught.value)


def test_people_read_department_names_as_they_are() -> None:
    county = CONFIGURATION.county
    first = DepartmentId("umwelt")
    departments = {**county.departments, first: replace(county.departments[first], name="Bäume, 2")}
    configuration = replace(CONFIGURATION, county=replace(county, departments=departments))
    content = text(rendered(configuration, SETTINGS), "extensions.conf")
    assert "Set(CALLERID(name)=Bäume 2)" in content
    assert "Set(CALLERID(name)=Straßenverkehr)" in content


# --- Templates ---------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["{{ unknown }}", "{% if %}", "{{ dids.x.y }}"])
def test_a_broken_template_is_a_problem_not_a_crash(tmp_path: Path, content: str) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "http.conf.j2").write_text(content)
    changed = SETTINGS.model_copy(update={"dialplan": tmp_path})
    [problem] = check_templates(CONFIGURATION, changed, TODAY)
    assert problem.file.endswith("http.conf.j2")


def test_missing_templates_are_a_problem(tmp_path: Path) -> None:
    changed = SETTINGS.model_copy(update={"dialplan": tmp_path})
    assert len(check_templates(CONFIGURATION, changed, TODAY)) == 1
    assert check_templates(with_registration(), SETTINGS, TODAY) == ()


# --- Files -------------------------------------------------------------------------------------


@pytest.fixture
def own_lines(tmp_path: Path) -> Callable[[str, str], Settings]:
    """A dialplan folder with a file of the admin's."""
    folder = tmp_path / "dialplan"
    (folder / "custom").mkdir(parents=True)
    (folder / "templates").symlink_to(DIALPLAN / "templates")

    def with_lines(name: str, content: str) -> Settings:
        (folder / "custom" / name).write_text(content)
        return SETTINGS.model_copy(update={"dialplan": folder})

    return with_lines


def test_own_lines_are_included_behind_ours(own_lines: Callable[[str, str], Settings]) -> None:
    files = rendered(
        CONFIGURATION, own_lines("pjsip.conf", "[transport-udp](+)\nallow_reload=yes\n")
    )
    assert text(files, "pjsip.conf").endswith("\n#include custom/pjsip.conf\n")
    assert text(files, "custom/pjsip.conf") == "[transport-udp](+)\nallow_reload=yes\n"


def test_own_files_of_asterisk(own_lines: Callable[[str, str], Settings]) -> None:
    files = rendered(CONFIGURATION, own_lines("stasis.conf", "[threadpool]\n"))
    assert effective(text(files, "stasis.conf")) == ["#include custom/stasis.conf"]
    assert text(files, "custom/stasis.conf") == "[threadpool]\n"


def test_only_what_is_different_is_written(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    files = rendered(CONFIGURATION, SETTINGS)
    assert {change.kind for change in write(files, etc)} == {ChangeKind.ADDED}
    assert write(files, etc) == ()
    before = (etc / "rtp.conf").stat()
    (etc / "http.conf").write_text("something else\n")
    (etc / "old.conf").write_text("left over\n")
    found = [(change.name, change.kind) for change in changes(files, etc)]
    assert found == [("http.conf", ChangeKind.CHANGED), ("old.conf", ChangeKind.REMOVED)]
    assert [(change.name, change.kind) for change in write(files, etc)] == found
    assert changes(files, etc) == ()
    assert (etc / "rtp.conf").stat() == before


def test_own_lines_that_are_gone_are_removed(
    tmp_path: Path, own_lines: Callable[[str, str], Settings]
) -> None:
    etc = tmp_path / "etc"
    changed = own_lines("pjsip.conf", "")
    write(rendered(CONFIGURATION, changed), etc)
    (changed.dialplan / "custom" / "pjsip.conf").unlink()
    names = [change.name for change in write(rendered(CONFIGURATION, changed), etc)]
    assert names == ["custom/pjsip.conf", "pjsip.conf"]


def test_nobody_else_can_read_the_instance(tmp_path: Path) -> None:
    changed = SETTINGS.model_copy(update={"state": tmp_path / "state"})
    prepare_instance(changed)
    write(rendered(CONFIGURATION, changed), changed.asterisk / "etc")
    for path in [changed.state, *changed.state.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    assert (changed.asterisk / "spool" / "recording").is_dir()


def test_files_with_passwords_are_known_as_such(tmp_path: Path) -> None:
    secret = {
        change.name
        for change in changes(rendered(CONFIGURATION, SETTINGS), tmp_path)
        if change.secret
    }
    assert secret == {"ari.conf", "manager.conf", "pjsip.conf"}


def test_an_agent_more_changes_only_the_telephones(tmp_path: Path) -> None:
    write(rendered(CONFIGURATION, SETTINGS), tmp_path)
    county = CONFIGURATION.county
    fresh = AgentId("1099")
    agents = {**county.agents, fresh: replace(county.agents[AgentId("1001")], id=fresh)}
    files = rendered(replace(CONFIGURATION, county=replace(county, agents=agents)), SETTINGS)
    assert [change.name for change in changes(files, tmp_path)] == ["pjsip.conf"]


def limit(settings: Settings) -> int:
    """How many calls at once the dialplan lets in."""
    files = render(CONFIGURATION, settings, secrets_for(CONFIGURATION), TODAY)
    found = re.search(r"GROUP_COUNT\(callers\)} > (\d+)]", text(files, "extensions.conf"))
    assert found is not None
    return int(found[1])


def test_as_many_calls_as_there_are_ports_for() -> None:
    assert limit(SETTINGS) == 400
    assert limit(SETTINGS.model_copy(update={"rtp_ports": PortRange(10000, 10003)})) == 1
    assert limit(SETTINGS.model_copy(update={"rtp_ports": PortRange(10000, 65535)})) == 2000
    assert limit(SETTINGS.model_copy(update={"max_calls": 30})) == 30
