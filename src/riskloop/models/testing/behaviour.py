"""What a model must do: say of its examples what they say, and of nothing that it may not know."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import ibis

from riskloop.bank.derived import windows
from riskloop.bank.memory import memory_bank
from riskloop.bank.tables import TABLES
from riskloop.models.api import Example
from riskloop.models.testing.locality import NotLocal, prove
from riskloop.models.testing.running import Hits, Tried, by_subject, unexpected

BANKS = 40
"""Random banks on which locality is proved."""
ENOUGH = BANKS // 4
"""Subjects that are hit, and subjects that are not, which must have been compared on them."""
_ANOTHER_CODE = "9106"


def examples(tried: Tried) -> list[str]:
    """Every example comes out as it says, over the declared columns alone."""
    return _each(tried, lambda example: unexpected(example, tried.said_of(example)))


def lookback(tried: Tried) -> list[str]:
    """Rows older than the lookback change nothing: the engine does not even hand them over."""

    def check(example: Example) -> str | None:
        days = windows(tried.model.days_of(tried.parameters(example)))
        kept = {
            table: [row for row in given if _age(table, row, example) < days.get(table, 1)]
            for table, given in example.rows.items()
        }
        if all(len(kept[table]) == len(given) for table, given in example.rows.items()):
            return None
        return unexpected(example, tried.run(example, kept))

    return _each(tried, check, "without what is older than the lookback")


def later(tried: Tried) -> list[str]:
    """What is booked after the business day changes nothing: it is not known yet."""

    def check(example: Example) -> str | None:
        more: dict[str, list[Mapping[str, Any]]] = {}
        for table, given in example.rows.items():
            column = TABLES[table].date_column
            after = [] if column is None else [_moved_to(row, column, example) for row in given]
            more[table] = [*given, *after]
        return unexpected(example, tried.run(example, more))

    return _each(tried, check, "with entries of the day after")


def order(tried: Tried) -> list[str]:
    """The order of the rows says nothing, and a second run says the same: to the last cell."""

    def check(example: Example) -> str | None:
        backwards = {table: list(reversed(list(rows))) for table, rows in example.rows.items()}
        same = tried.run(example, backwards) == tried.said_of(example)
        again = same and tried.run(example, example.rows) == tried.said_of(example)
        return None if again else f"{example.title.en}: it says otherwise"

    return _each(tried, check, "with the rows in another order, or run once more")


def least(tried: Tried) -> list[str]:
    """It runs where the bank gives only what it needs; it may judge otherwise then."""

    def check(example: Example) -> None:
        rows = {
            table: [
                {c: v for c, v in row.items() if c not in tried.model.where_given.get(table, ())}
                for row in given
            ]
            for table, given in example.rows.items()
        }
        tried.run(example, rows)

    return _each(tried, check)


def whole(tried: Tried) -> list[str]:
    """It runs on tables with every column there is, where a join may meet two of one name."""
    example = tried.model.examples[0]
    parameters = tried.parameters(example)
    hits = tried.model.hits(memory_bank(example.rows, example.day), parameters)
    said = by_subject(tried.model, parameters, example.day, ibis.duckdb.connect().to_pyarrow(hits))
    wrong = unexpected(example, said)
    return [wrong] if wrong else []


def boundaries(tried: Tried) -> list[str]:
    """Each limit has examples on both sides: one step up, and one down, changes what some example says."""
    return [
        f"no example changes when {name} is {_step(step)}"
        for name in tried.model.about()
        for step in _steps(tried, name)
        if not _some_example_changes(tried, name, step)
    ]


def locality(tried: Tried, banks: int = BANKS) -> list[str]:
    """Of a subject it says the same on the whole bank and on the rows of the subject alone."""
    try:
        seen = prove(tried, banks)
    except NotLocal as wrong:
        return [str(wrong)]
    enough = ENOUGH * banks // BANKS
    if seen["left out"] < banks:
        return [f"on {banks} random banks the rows of a subject are nearly the whole bank: nothing is proved"]
    return [
        f"on {banks} random banks around the examples only {seen[what]} subjects that are {called} were there"
        f" to be compared, and {enough} are needed: the examples lack what makes them"
        for what, called in (("hit", "hit"), ("quiet", "not hit"))
        if seen[what] < enough
    ]


def _each(tried: Tried, check: Any, how: str = "") -> list[str]:
    """What is wrong with any of the examples."""
    found = [wrong for example in tried.model.examples if (wrong := check(example)) is not None]
    return [f"{wrong}, {how}" if how else wrong for wrong in found]


def _age(table: str, row: Mapping[str, Any], example: Example) -> int:
    """Days between a fact and the business day; 0 for standing data."""
    column = TABLES[table].date_column
    return 0 if column is None else (example.day - row.get(column, example.day)).days


def _moved_to(row: Mapping[str, Any], column: str, example: Example) -> Mapping[str, Any]:
    """The same fact, of the day after the business day."""
    return {**row, column: example.day + dt.timedelta(days=1)}


def _steps(tried: Tried, name: str) -> Iterator[int | Decimal | str]:
    """How far a parameter is moved, up and down; of a list of codes, what is struck off or added."""
    default = getattr(tried.model.parameters(), name)
    if isinstance(default, tuple):
        yield from (default[0], _ANOTHER_CODE)
    elif isinstance(default, bool):
        yield 1 - 2 * default
    else:
        yield from (Decimal("0.01"), Decimal("-0.01")) if isinstance(default, Decimal) else (1, -1)


def _step(step: int | Decimal | str) -> str:
    return f"without or with {step}" if isinstance(step, str) else f"moved by {step}"


def _moved(value: Any, step: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(c for c in value if c != step) if step in value else (*value, step)
    return bool(value + step) if isinstance(value, bool) else value + step


def _some_example_changes(tried: Tried, name: str, step: Any) -> bool:
    for example in tried.model.examples:
        parameters = tried.parameters(example)
        moved = dataclasses.replace(parameters, **{name: _moved(getattr(parameters, name), step)})  # pyright: ignore[reportArgumentType]
        said = tried.run(example, example.rows, moved)
        if _verdict(tried.said_of(example)) != _verdict(said):
            return True
    return False


def _verdict(said: Hits) -> Mapping[str, Any]:
    """Who is hit, and with which marks. Figures are left out: a limit that is only shown changes nothing."""
    return {
        subject: {k: v for k, v in hit["evidence"].items() if isinstance(v, bool)}
        for subject, hit in said.items()
    }
