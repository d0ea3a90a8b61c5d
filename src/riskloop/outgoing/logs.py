"""Logs for the operator, a line for every request and every job, as JSON or text.

A line is put together from what is known to say nothing of anybody (`FACTS`): no arguments of a message, no
addresses of pages, no words of an exception get into it. What somebody did stands in the history.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

OURS = "riskloop"
FACTS = (
    "event",
    "view",
    "method",
    "status",
    "seconds",
    "request_id",
    "account",
    "job",
    "job_id",
    "attempt",
    "outcome",
    "lacking",
)
"""What a line may say besides when, how grave and where, in this order."""
WORD = re.compile(r"[A-Za-z][\w.:\-]{0,99}", re.ASCII)
"""Texts that may stand in a line: names that the code gives, no sentences."""
REQUEST_ID = re.compile(r"[0-9a-f]{32}")
DEEPEST = 20
"""Places of an exception at most, the innermost ones."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered; empty elsewhere."""


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """What is told of a record."""
    told: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    # Whose message has arguments, or is of another's making, may say anything.
    if record.name.partition(".")[0] == OURS and not record.args and isinstance(record.msg, str):
        told["message"] = record.msg
    given = {"request_id": request_id.get()} | record.__dict__
    told |= {name: given[name] for name in FACTS if _is_harmless(name, given.get(name))}
    if record.exc_info and record.exc_info[1] is not None:
        told |= _failure(record.exc_info[1])
    return told


def _is_harmless(name: str, value: Any) -> bool:
    if isinstance(value, bool | int | float):
        return True
    if not isinstance(value, str):
        return False
    return bool((REQUEST_ID if name == "request_id" else WORD).fullmatch(value))


def _failure(failure: BaseException) -> dict[str, Any]:
    """Of which kind an exception is, what it came from, and where; not what it says."""
    kinds: list[str] = []
    at: BaseException | None = failure
    while at is not None and len(kinds) < DEEPEST:
        kinds.append(f"{type(at).__module__}.{type(at).__qualname__}")
        at = at.__cause__ or at.__context__
    return {"failure": kinds, "places": _places(failure.__traceback__)}


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-DEEPEST:]
    return [f"{'/'.join(Path(f.filename).parts[-3:])}:{f.lineno} {f.name}" for f in frames]


class JsonLines(JsonFormatter):
    """A JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return self.serialize_log_record(self.process_log_record(facts(record)))


class TextLines(logging.Formatter):
    """The same facts to be read by eye."""

    def format(self, record: logging.LogRecord) -> str:
        told = facts(record)
        head = [told.pop("time"), told.pop("level").upper(), told.pop("logger"), told.pop("message", "")]
        places = told.pop("places", [])
        rest = [f"{name}={value}" for name, value in told.items()]
        return "\n    ".join([" ".join(filter(None, [*head, *rest])), *places])


def configuration(form: str) -> Mapping[str, Any]:
    """Django's `LOGGING`: `json` or `text` tell everything, `quiet` only what an operator must know."""
    level = "WARNING" if form == "quiet" else "INFO"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": f"{__name__}.JsonLines", "json_ensure_ascii": False},
            "text": {"()": f"{__name__}.TextLines"},
        },
        "handlers": {
            "lines": {
                "class": "logging.StreamHandler",
                "formatter": "json" if form == "json" else "text",
            }
        },
        "root": {"handlers": ["lines"], "level": "WARNING"},
        "loggers": {
            OURS: {"level": level},
            # They would send e-mails to administrators, and print what `facts` leaves out.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # A failed job says so itself; a request that was refused, by its line.
            "procrastinate.worker": {"level": "CRITICAL"},
            "django.request": {"level": "ERROR"},
        },
    }
