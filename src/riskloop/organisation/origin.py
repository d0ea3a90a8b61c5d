"""Where a write comes from: a page, the API, a command, a job."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Channel = Literal["page", "api", "command", "job"]


@dataclass(frozen=True)
class Origin:
    """By what way somebody came, and from which network address."""

    channel: Channel = "command"
    address: str = ""


COMMAND = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=COMMAND)


def origin() -> Origin:
    """Of what is being done now."""
    return _origin.get()


@contextmanager
def coming_from(channel: Channel, address: str = "") -> Generator[None]:
    """What is written within comes from there."""
    token = _origin.set(Origin(channel, address))
    try:
        yield
    finally:
        _origin.reset(token)
