"""What a model file is made of.

A model file defines a frozen dataclass of parameters, one function from a `Bank` and those parameters
to a table of hits, and `MODEL`, which tells people what it is for. The catalogue finds it by its
folder; there is no list to edit.

The function returns an Ibis table with at least `subject_id` and `unit_id`, one row a subject. It may
add the other columns of `STANDARD`; every further column is evidence: a value that was compared, shown
under the label that `MODEL.compared` gives it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar, dataclass_transform

from riskloop.bank.bank import Bank, Relation
from riskloop.bank.derived import described
from riskloop.bank.text import Text

Category = Literal["fund_movement", "non_fund_movement", "statistical"]
Handling = Literal["itemised", "statistical"]
Grade = Literal["general", "attention", "key_attention"]
SubjectKind = Literal["entry", "account", "teller", "card", "customer", "outlet", "event", "item"]

STANDARD: tuple[str, ...] = (
    "subject_id",
    "unit_id",
    "amount",
    "count",
    "entry_ids",
    "teller_ids",
    "authoriser_ids",
    "account_ids",
    "customer_ids",
)
"""What a hit may say besides its evidence. `amount` is CNY, `count` how many facts stand behind it;
the five lists may hold nulls and repeats, in any order: the engine cleans and sorts them. A list of
one may be given under its singular, `entry_id`."""

Lookback = int | Mapping[str, int]
"""Calendar days of facts that end on the business day: of every table, or of each that is named; the
tables that a mapping does not name are read for the business day alone."""

MOST_CODES = 500
"""So many codes a list may have; it has at least one."""

EXAMPLE_DAY = dt.date(2024, 3, 15)
"""The business day of an example unless it says otherwise: a Friday without holidays around."""


@dataclass(frozen=True)
class About:
    """What people are told of one parameter, and what it may be set to (bounds included)."""

    name: Text
    unit: str
    low: Decimal
    high: Decimal
    why: Text


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Parameters:
    """Base of a model's typed parameters: subclasses become frozen dataclasses by themselves.

    Every field is an `int`, a `Decimal` or a `bool`, declared with `parameter(...)`, or a tuple of codes,
    declared with `code_list(...)`.
    """

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)


def parameter(
    default: Any, *, zh: str, en: str, unit: str, low: int | str, high: int | str, why: Text
) -> Any:
    """A parameter's default with what people must know of it.

    Args:
        unit: "CNY", "days", "working_days", "times", "years", "ratio", …
        low, high: the bounds, both allowed.
        why: where the value comes from. Ours are proposals unless a rule is named.
    """
    about = About(Text(zh, en), unit, Decimal(low), Decimal(high), why)
    return field(default=default, metadata={"about": about})


def code_list(*default: str, zh: str, en: str, why: Text) -> Any:
    """A parameter that lists codes of the bank's own."""
    about = About(Text(zh, en), "codes", Decimal(1), Decimal(MOST_CODES), why)
    return field(default=default, metadata={"about": about})


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class Example:
    """A small bank and what the model must say of it.

    `rows` names only the columns that matter (see `riskloop.bank.memory.complete`). With `subject_id`
    the model must hit exactly that subject, with the `evidence` that is given, and those in `also`,
    which the same rows cannot but hit; without, nothing.
    """

    title: Text
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    subject_id: str | None
    evidence: Mapping[str, Any] = field(default_factory=dict[str, Any])
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    day: dt.date = EXAMPLE_DAY
    also: tuple[str, ...] = ()

    @property
    def subjects(self) -> frozenset[str]:
        """Every subject that the model must hit in these rows, and no other."""
        return frozenset() if self.subject_id is None else frozenset((self.subject_id, *self.also))


def hit(
    zh: str,
    en: str,
    subject_id: str,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    **more: Any,
) -> Example:
    """An example that must hit `subject_id` and nothing else (but what `also` names)."""
    return Example(Text(zh, en), rows, subject_id, **more)


def near_miss(zh: str, en: str, rows: Mapping[str, Sequence[Mapping[str, Any]]], **more: Any) -> Example:
    """An example that must not hit: one step outside the definition."""
    return Example(Text(zh, en), rows, None, **more)


@dataclass(frozen=True, kw_only=True)
class Model(Generic[P]):
    """One supervision model (监督模型): its definition and everything people must know of it.

    Attributes:
        code: A01–A16, B01–B18, C01–C31, or a bank's own.
        version: raised by hand whenever the logic changes; a test compares the content.
        category: fund-movement 资金异动类, non-fund-movement 非资金异动类 or statistical 统计分析类.
        handling: itemised 逐笔核实 or statistical 统计分析.
        subject: what kind of thing `subject_id` names. A fact of another table than the journal is
            written `TABLE:ID` (see `riskloop.bank.subjects`).
        lookback: how many calendar days of facts, ending on the business day, the model reads: one
            number, or one a table; a function of the parameters where they decide it.
        needs: tables, canonical or derived, with the columns read; where a bank lacks one of them, or what
            it is derived from, the model is not applicable.
        where_given: further columns of these tables, read where the bank hands them over and null
            where it does not: the model judges without them then, and still applies.
        extends: within how many days of its last hit a subject that is hit again continues the same
            situation: the open event is extended, and no other opened. 0: every day stands for itself.
        since: which of `compared` is the day on which the situation began, if one is. One that began after
            an event's last hit is another situation, and opens an event of its own.
        compared: labels of the evidence columns, in the order in which people read them.
        decided: what the name left open, and how it was read.
    """

    code: str
    version: int
    name: Text
    category: Category
    handling: Handling
    grade: Grade
    subject: SubjectKind
    purpose: Text
    definition: Text
    false_positives: Text
    decided: Text | None = None
    drivers: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]
    parameters: type[P]
    lookback: Lookback | Callable[[P], Lookback]
    compared: Mapping[str, Text]
    hits: Callable[[Bank, P], Relation]
    examples: tuple[Example, ...]
    where_given: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    extends: int | Callable[[P], int] = 0
    since: str | None = None

    def __post_init__(self) -> None:
        problems = [
            problem
            for broken, problem in (
                (not self.needs, "names no table that it reads"),
                (
                    bool(set(self.where_given) - set(self.needs)),
                    "reads columns of a table it does not need",
                ),
                (not self.compared, "shows no value that it compared"),
                (self.since not in (None, *self.compared), "does not show since when its situation stands"),
                (not self.drivers, "suggests no risk driver"),
                (all(e.subject_id is None for e in self.examples), "has no example that hits"),
                (all(e.subject_id for e in self.examples), "has no near miss"),
                (
                    any(e.also and e.subject_id is None for e in self.examples),
                    "has a near miss that hits something",
                ),
            )
            if broken
        ]
        if problems:
            raise ValueError(f"model {self.code} {', '.join(problems)}")

    def days_of(self, parameters: P) -> dict[str, int]:
        """How many calendar days, ending on the business day, are read of each table of facts needed."""
        given = self.lookback(parameters) if callable(self.lookback) else self.lookback
        facts = [name for name in self.needs if described(name).is_facts]
        if isinstance(given, int):
            return dict.fromkeys(facts, given)
        return {name: given.get(name, 1) for name in facts}

    def days_read(self, parameters: P) -> int:
        """The longest of these windows; 1 where no facts are read."""
        return max(self.days_of(parameters).values(), default=1)

    def days_extended(self, parameters: P) -> int:
        """Within how many days of its last hit the next one extends an event; 0: never."""
        return self.extends if isinstance(self.extends, int) else self.extends(parameters)

    def about(self) -> Mapping[str, About]:
        """What people must know of each parameter, by name, in the order of the file."""
        listed = {f.name: f.metadata["about"] for f in fields(self.parameters)}  # pyright: ignore[reportArgumentType]
        return MappingProxyType(listed)


AnyModel = Model[Any]
"""A model whatever its parameters."""
