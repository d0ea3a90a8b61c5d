"""What other values of a model's parameters would hit, over days that are past.

A day is computed as in a run of that day: from the facts up to it and the standing data in force on it.
Nothing that the bank came to know later reaches it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.detection.engines.engine import Engine, open_engine
from riskloop.detection.kept import hits_file
from riskloop.detection.plan import (
    Decided,
    Decisions,
    business_days,
    ruled,
    settings_of,
    why_not_applicable,
)
from riskloop.detection.run import Show, among, hits_on
from riskloop.models.catalogue import AnyModel, catalogue, model_of, parameters_of
from riskloop.models.hits import HIT_SCHEMA, plain

MOST_STEPS = 50
"""So many values a sweep has at most: more are no curve that anybody reads."""
USUAL_STEPS = 10
"""So many where nobody says how many."""


@dataclass(frozen=True)
class Question:
    """What a what-if asks: one model, and by parameter the values that are held against those in force.

    `swept` is the parameter that a sweep varies; "" without one.
    """

    model: AnyModel
    alternatives: tuple[Mapping[str, str], ...]
    swept: str = ""

    def decisions(self, in_force: Decisions) -> list[Decisions]:
        """What is in force, then each alternative in its place: for the whole bank, branches included."""
        return [in_force, *(instead_of(in_force, settings) for settings in self.alternatives)]


def instead_of(in_force: Decisions, settings: Mapping[str, str]) -> Decisions:
    """What is in force, with these values in the place of its own everywhere; supervised on every day."""

    def decided(model: AnyModel, day: dt.date) -> Decided:
        there = in_force(model, day) or Decided()
        own = tuple(replace(one, settings={**one.settings, **settings}) for one in there.own)
        return Decided({**there.settings, **settings}, own)

    return decided


def question(settings: Sequence[str], sweep: str = "") -> Question:
    """What is asked by options as `A11.amount=300000`, all of one model, which hold together.

    Args:
        sweep: one parameter with several values, each an alternative of its own beside the settings:
            `A11.amount=100000,200000` or, evenly apart and both ends included, `A11.amount=100000..500000/5`.

    Raises:
        BadInput: nothing or more than one model is named, or a value is none that the parameter may have.
    """
    held = settings_of(settings, "what is asked")
    name, _equals, values = sweep.partition("=")
    swept = settings_of([sweep], "--sweep") if sweep else {}
    codes = {*held, *swept}
    if len(codes) != 1:
        named = ", ".join(sorted(codes)) or "none"
        raise BadInput(f"a what-if is of one model, and names {named}; as in A11.amount=300000")
    model = model_of(codes.pop())
    fixed = held.get(model.code, {})
    parameter = name.partition(".")[2]
    if parameter in fixed:
        raise BadInput(f"--sweep varies {name}, which is set to {fixed[parameter]} as well")
    listed = [{parameter: value} for value in _steps(model, parameter, sweep, values)] if sweep else [{}]
    asked = tuple(fixed | varied for varied in listed)
    for one in asked:
        parameters_of(model, one)
    return Question(model, asked, parameter)


def _steps(model: AnyModel, parameter: str, option: str, values: str) -> list[str]:
    """The values of a sweep as text, each once, in their order."""
    if not varies(model, parameter):
        raise BadInput(f"--sweep is {option}, and {parameter} is no number that could be varied")
    if ".." not in values:
        steps = each_once(values.split(","))
    else:
        span, slash, number = values.partition("/")
        low, _dots, high = span.partition("..")
        try:
            first, last, count = Decimal(low), Decimal(high), int(number if slash else USUAL_STEPS)
        except (InvalidOperation, ValueError):
            raise BadInput(f"--sweep is {option}, and must be as A11.amount=100000..500000/5") from None
        if count <= 1 or not (first.is_finite() and last.is_finite() and first < last):
            raise BadInput(f"--sweep is {option}, and must rise from one number to another in some steps")
        steps = evenly(model, parameter, first, last, count)
    if len(steps) > MOST_STEPS:
        raise BadInput(f"--sweep is {option}, which are more than {MOST_STEPS} values")
    return steps


def varies(model: AnyModel, parameter: str) -> bool:
    """Whether a sweep may vary it: a number. What the model does not have is refused with its value."""
    value = getattr(parameters_of(model), parameter, Decimal())
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def each_once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in values))


def evenly(model: AnyModel, parameter: str, first: Decimal, last: Decimal, count: int) -> list[str]:
    """Values evenly apart, both ends included, each once; of a sweep that is too long, one too many.

    Args:
        first, last: finite, and rising.
        count: from 2 on.
    """
    exact = (first + (last - first) * n / (count - 1) for n in range(min(count, MOST_STEPS + 1)))
    whole = isinstance(getattr(parameters_of(model), parameter, None), int)
    return list(dict.fromkeys(str(plain(round(one, 0 if whole else 6))) for one in exact))


@dataclass(frozen=True)
class Day:
    """One business day of a what-if.

    Attributes:
        hits: by what was to be tried, in that order, in `HIT_SCHEMA`.
    """

    day: dt.date
    hits: list[pa.Table]
    _home: Home
    _engine: Engine
    _model: AnyModel
    _reach: frozenset[str] | None = None

    @cached_property
    def others(self) -> list[dict[str, Any]]:
        """The hits that the other itemised models are on record with on this day, within reach."""
        files = (
            hits_file(self._home, model.code, self.day)
            for model in catalogue().values()
            if model.handling == "itemised" and model.code != self._model.code
        )
        tables = (pq.read_table(file) for file in files if file.is_file())
        return [hit for table in tables for hit in _within(table, self._reach).to_pylist()]

    def accounts_of_customers(self, account_ids: Sequence[str]) -> set[str]:
        """Those of these accounts that belong to a customer, and are not the bank's own."""
        if not account_ids or not self._engine.lake.has("accounts"):
            return set()
        self._engine.show(("accounts",), {}, self.day)
        rows = self._engine.rows("accounts", "account_id", account_ids)
        return {row["account_id"] for row in rows if row["customer_id"] is not None}


def days_of(
    home: Home,
    model: AnyModel,
    tried: Sequence[Decisions],
    first: dt.date | None,
    last: dt.date | None,
    show: Show,
    reach: Callable[[dt.date], frozenset[str]] | None = None,
) -> Iterator[Day]:
    """Day by day what a model hits by each of these decisions. Leaves no trace in ledger and loop.

    Where it is not under supervision on a day it hits nothing.

    Args:
        reach: the units of a day outside of which no hit counts; None: all count.

    Raises:
        BadInput: there are no such days, or the bank does not hand over what the model reads.
    """
    lake = Lake(home)
    reason = why_not_applicable(lake, model.needs)
    if reason is not None:
        raise BadInput(f"model {model.code} is not applicable: {reason}")
    days = business_days(lake, first, last)
    with closing(open_engine(home, "duckdb", "")) as engine:
        for done, day in enumerate(days, start=1):
            found = [decisions(model, day) for decisions in tried]
            hits = [
                HIT_SCHEMA.empty_table() if one is None else hits_on(engine, ruled(model, one, {}), day)
                for one in found
            ]
            units = reach(day) if reach else None
            yield Day(day, [_within(table, units) for table in hits], home, engine, model, units)
            show(done, len(days), day)


def _within(hits: pa.Table, units: frozenset[str] | None) -> pa.Table:
    return hits if units is None else hits.filter(among("unit_id", units))
