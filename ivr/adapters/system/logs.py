"""Log lines: one event with fields, as JSON or for a terminal, on standard error.

Whatever could identify a caller is masked here, by the name of its field, so that a careless
log call can't tell on anybody.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO, cast

import orjson
import structlog

from ivr.adapters.system.log_stream import LogStream

_MASKED = frozenset({"caller", "caller_number", "caller_name", "number", "digits", "key", "keys"})


def configure_logs(form: Literal["json", "console"], stream: LogStream | None = None) -> None:
    """Let all log lines of the process, of libraries as well, go to standard error.

    With ``stream`` they do so without ever holding up who logs.
    """
    out = cast("TextIO", stream or sys.stderr)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask,
    ]
    structlog.configure(
        processors=[*shared, _renderer(form)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(form),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def mask(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> Any:  # noqa: ANN401 - structlog's type
    """Replace the values of fields that tell on a caller by their length."""
    for name in _MASKED & fields.keys():
        value = fields[name]
        fields[name] = None if value is None else f"<{len(str(value))} characters>"
    return fields


def _renderer(form: Literal["json", "console"]) -> structlog.typing.Processor:
    if form == "console":
        return structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default shows the values of local variables: numbers, names, tokens.
            exception_formatter=structlog.dev.plain_traceback,
        )
    return structlog.processors.JSONRenderer(serializer=_json)


def _json(fields: Any, **_options: Any) -> str:  # noqa: ANN401 - structlog's type
    return orjson.dumps(fields, default=str).decode()
