from __future__ import annotations

import pytest

from ivr.domain.errors import ConfigError
from ivr.provisioning.settings import load_settings


@pytest.mark.parametrize("bind", ["127.0.0.1:8080", "[::1]:8080", "127.0.0.2:0"])
def test_this_machine_needs_no_names(monkeypatch: pytest.MonkeyPatch, bind: str) -> None:
    monkeypatch.setenv("IVR_HTTP_BIND", bind)
    assert load_settings().http_hosts == frozenset()


@pytest.mark.parametrize("bind", ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"])
def test_others_are_let_in_only_by_name(monkeypatch: pytest.MonkeyPatch, bind: str) -> None:
    monkeypatch.setenv("IVR_HTTP_BIND", bind)
    with pytest.raises(ConfigError) as refused:
        load_settings()
    [problem] = refused.value.problems
    assert (problem.key, problem.value) == ("IVR_HTTP_HOSTS", "")
    assert bind in problem.wrong
    monkeypatch.setenv("IVR_HTTP_HOSTS", "IVR.example.de, 192.0.2.1,[2001:db8::1]")
    assert load_settings().http_hosts == {"ivr.example.de", "192.0.2.1", "[2001:db8::1]"}


@pytest.mark.parametrize("hosts", ["ivr.example.de:8080", "https://ivr.example.de", "*", "a b"])
def test_what_is_no_name_is_refused(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("IVR_HTTP_HOSTS", hosts)
    with pytest.raises(ConfigError) as refused:
        load_settings()
    assert [problem.key for problem in refused.value.problems] == ["IVR_HTTP_HOSTS"]
