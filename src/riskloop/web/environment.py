"""What the operator decides by environment variables, read with one clear sentence where it does not hold."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from riskloop.bank.errors import BadInput

Environment = Mapping[str, str]


def number(name: str, default: int, environment: Environment = os.environ, least: int = 1) -> int:
    """A whole number."""
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal()) or int(text) < least:
        raise BadInput(f"{name} is {text}, and must be a whole number of at least {least}")
    return int(text)


def choice(name: str, default: str, among: Collection[str], environment: Environment = os.environ) -> str:
    """One word of several."""
    text = environment.get(name) or default
    if text not in among:
        raise BadInput(f"{name} is {text}, and must be one of {', '.join(among)}")
    return text


def switch(name: str, environment: Environment = os.environ) -> bool:
    """On with 1, off with 0 or nothing."""
    return choice(name, "0", ("0", "1"), environment) == "1"


def needed(name: str, because: str, environment: Environment = os.environ) -> str:
    """What must be given once something else is."""
    text = environment.get(name, "")
    if not text:
        raise BadInput(f"{name} is not set, and must be, because {because} is")
    return text
