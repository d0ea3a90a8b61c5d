"""What is to be run: which models, on which days, over which state of the data."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow.parquet as pq

from riskloop.bank.derived import Needs, canonical, windows
from riskloop.bank.errors import BadInput
from riskloop.bank.lake import Lake
from riskloop.bank.tables import FACTS, TABLES
from riskloop.models.api import Parameters
from riskloop.models.catalogue import AnyModel, catalogue, model_of, parameters_of
from riskloop.models.hits import parameter_version
from riskloop.models.own import is_own

VOLUME = "VOLUME"
"""The ledger's name for the count of online volume."""
BUNDLES = "BUNDLES"
"""The ledger's name for what is done once all models have run on a day: joining what belongs together."""
VOLUME_NEEDS = {"volumes": ("unit_id", "teller_id", "code", "volume")}
VOLUME_VERSION = "2"
"""Days counted before the transaction code was kept with the volume are counted anew."""


@dataclass(frozen=True)
class Set:
    """A model with the parameters it is to run with."""

    model: AnyModel
    parameters: Parameters

    @property
    def version(self) -> str:
        return parameter_version(self.model, self.parameters)

    @property
    def days(self) -> dict[str, int]:
        """Calendar days read of each table of facts, ending on the business day."""
        return self.model.days_of(self.parameters)


def settings_of(options: Iterable[str], said: str = "--set") -> dict[str, dict[str, str]]:
    """`CODE.PARAM=VALUE` options, by model code.

    Args:
        said: how the option is called where it was given.

    Raises:
        BadInput: malformed, or no such model; the values are read by `parameters_of`.
    """
    settings: dict[str, dict[str, str]] = {}
    for option in options:
        name, equals, value = option.partition("=")
        code, dot, parameter = name.partition(".")
        if not (equals and dot and code and parameter and value):
            raise BadInput(f"{said} is {option}, and must be as A11.amount=300000")
        settings.setdefault(model_of(code).code, {})[parameter] = value
    return settings


@dataclass(frozen=True)
class OwnValues:
    """What a branch has decided for the hits in its units, beside what holds for the whole bank."""

    branch: str
    units: frozenset[str]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Decided:
    """With which values a model runs on a day: the whole bank's, and those of branches of their own."""

    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    own: tuple[OwnValues, ...] = ()


Decisions = Callable[[AnyModel, dt.date], Decided | None]
"""What was decided of a model for a business day; None: it is not under supervision then."""


def as_delivered(model: AnyModel, _day: dt.date) -> Decided | None:
    """Where nobody decides anything: what was delivered, with the values of the files.

    A model of the bank's own enters supervision by a decision, and by nothing else.
    """
    return None if is_own(model.code) else Decided()


def whatever_is_named(_model: AnyModel, _day: dt.date) -> Decided:
    """Where a person names the models and nothing is kept: each, with the values of its file."""
    return Decided()


@dataclass(frozen=True)
class Ruled:
    """A model with all values that it runs with on one day.

    `own` come first: what is hit with a branch's own values in its units is not asked of the bank's again.
    """

    whole: Set
    own: tuple[tuple[OwnValues, Set], ...] = ()

    @property
    def model(self) -> AnyModel:
        return self.whole.model

    @property
    def sets(self) -> list[Set]:
        return [*(item for _values, item in self.own), self.whole]

    @property
    def version(self) -> str:
        """That of the bank's values; with those of branches one over all of them and where they hold."""
        if not self.own:
            return self.whole.version
        own = sorted((values.branch, item.version, sorted(values.units)) for values, item in self.own)
        versions = [self.whole.version, *own]
        return hashlib.sha256(json.dumps(versions).encode()).hexdigest()[:12]

    @property
    def days(self) -> dict[str, int]:
        """As of a set: of each table the longest window that any of the values asks for."""
        found: dict[str, int] = {}
        for item in self.sets:
            found |= {table: max(days, found.get(table, 0)) for table, days in item.days.items()}
        return found

    @property
    def values(self) -> dict[str, Parameters]:
        """The parameters by the version that a hit bears."""
        return {item.version: item.parameters for item in self.sets}


def ruled(model: AnyModel, decided: Decided, settings: Mapping[str, str]) -> Ruled:
    """What was decided, with what a person asked for in its place."""
    whole = dict(decided.settings)
    return Ruled(
        Set(model, parameters_of(model, whole | dict(settings))),
        tuple(
            (own, Set(model, parameters_of(model, whole | dict(own.settings) | dict(settings))))
            for own in decided.own
        ),
    )


def chosen(codes: Sequence[str], options: Iterable[str]) -> list[tuple[AnyModel, dict[str, str]]]:
    """The models asked for (all when none is), with the values that were asked for.

    Raises:
        BadInput: no such model, or a value that it may not have.
    """
    settings = settings_of(options)
    models = [model_of(code) for code in codes] if codes else list(catalogue().values())
    strange = set(settings) - {m.code for m in models}
    if strange:
        raise BadInput(f"--set names {', '.join(sorted(strange))}, which --model leaves out")
    unique = {m.code: m for m in models}
    for code, given in settings.items():
        parameters_of(unique[code], given)
    return [(m, settings.get(m.code, {})) for m in unique.values()]


def business_days(lake: Lake, first: dt.date | None, last: dt.date | None) -> list[dt.date]:
    """The lake's days from `first` to `last`: those of the journal, or of any facts where there is none.

    Raises:
        BadInput: no facts at all, `first` after `last`, or no day between them.
    """
    if first and last and first > last:
        raise BadInput(f"--from {first} is after --to {last}")
    days = lake.days("journal") or sorted({d for t in FACTS for d in lake.days(t.name)})
    if not days:
        raise BadInput(f"there are no facts in {lake.root}; `riskloop import` or `simulate` loads some")
    within = [d for d in days if (first or d) <= d <= (last or d)]
    if not within:
        raise BadInput(
            f"no day from {first or '…'} to {last or '…'} is in the lake, which has {days[0]} to {days[-1]}"
        )
    return within


def why_not_applicable(lake: Lake, needs: Needs) -> str | None:
    """Which tables or columns the bank does not hand over; None when it hands over all that is needed."""
    lacking: list[str] = []
    for table, columns in canonical(needs).items():
        if not lake.has(table):
            lacking.append(f"table {table}")
            continue
        there = lake.columns(table)
        lacking += [f"column {table}.{column}" for column in columns if column not in there]
    return f"the bank hands over no {', '.join(lacking)}" if lacking else None


class DataVersions:
    """The state of the data behind a cell, as one short text; files are looked at once."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._facts: dict[tuple[str, dt.date], tuple[str | None, int]] = {}
        self._standing: dict[str, str | None] = {}

    def of(self, needs: Needs, days: Mapping[str, int], day: dt.date) -> str:
        """A fingerprint over every file handed over that is read, as itself or by what is derived from it.

        Args:
            days: calendar days read of each table of facts, canonical or derived.
        """
        parts: list[Any] = []
        reaching = windows(days)
        for table in sorted(canonical(needs)):
            if TABLES[table].is_facts:
                read = _window(day, reaching[table])
                parts.append([table, *(self._fact(table, d)[0] for d in read)])
            else:
                parts.append([table, self._version(table, day)])
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]

    def rows_of(self, days: Mapping[str, int], day: dt.date) -> int:
        """How many rows of canonical facts are read as they are, those of derived tables apart."""
        return sum(
            self._fact(table, d)[1]
            for table, read in days.items()
            if table in TABLES
            for d in _window(day, read)
        )

    def _fact(self, table: str, day: dt.date) -> tuple[str | None, int]:
        key = (table, day)
        if key not in self._facts:
            file = self._lake.file(table, day)
            self._facts[key] = (
                (self._lake.fingerprint(table, day), pq.read_metadata(file).num_rows)
                if file.is_file()
                else (None, 0)
            )
        return self._facts[key]

    def _version(self, table: str, day: dt.date) -> str | None:
        file = self._lake.standing_file(table, day)
        name = str(file)
        if name not in self._standing:
            self._standing[name] = self._lake.fingerprint(table, day)
        return self._standing[name]


def _window(day: dt.date, days_read: int) -> list[dt.date]:
    return [day - dt.timedelta(days=n) for n in range(days_read)]
