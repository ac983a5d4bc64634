"""The languages of callers and agents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from ivr.provisioning.findings import FileFindings, Findings
from ivr.provisioning.keys import check_key
from ivr.provisioning.tables import CountyFile
from ivr.provisioning.wording import Wording

_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


def check_language(here: FileFindings, key: str, language: str) -> bool:
    """Whether ``language`` may be one; note a problem where not."""
    if _LANGUAGE.fullmatch(language):
        return True
    if not here.told(key):
        here.add(
            key,
            language,
            Wording("is no language"),
            Wording("two small letters (ISO 639), such as de"),
        )
    return False


def check_languages(file: CountyFile, findings: Findings) -> Mapping[str, str]:
    """Check the county's language and those a caller may change to, by key."""
    here = findings.of("county.toml")
    if here.present("language", file.language):
        check_language(here, "language", file.language)
    keys: dict[str, str] = {}
    for name, language in file.languages.items():
        key = f"languages.{name}"
        check_key(here, key, name)
        if not check_language(here, key, language):
            continue
        if language == file.language:
            wrong = Wording("is the language callers hear anyway")
            here.add(key, language, wrong, Wording("another language"))
        elif language in keys.values():
            here.add(key, language, Wording("is there twice"), Wording("one key for each language"))
        keys[name] = language
    return MappingProxyType(keys)
