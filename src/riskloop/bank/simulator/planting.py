"""Cases put into a simulated bank: rows of a small bank under fresh identities, on shifted days.

The simulator knows no models: whoever calls it hands in cases. Why a case still says there what it says in
its small bank is the second idea of the design: a model is local to its subject, and all that reaches the
subject is the case's own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from riskloop.bank.memory import complete
from riskloop.bank.simulator import names
from riskloop.bank.subjects import fact_of, subject_of
from riskloop.bank.tables import TABLES, UNIT_LEVELS, Column, Table

NAMES = {
    "tier1_branch": "演示一级分行",
    "tier2_branch": "演示二级分行",
    "sub_branch": "演示支行",
    "outlet": "演示网点",
}
"""What a case's own unit of a level is called, before its number."""
Row = Mapping[str, Any]
_SATURDAY = 5
_FACES = {"customers": "customer_id", "tellers": "teller_id", "staff": "staff_id"}
"""People whom a case only refers to are given rows, so that its evidence has a face."""
_STANDING = frozenset({"units", "staff", "tellers", "customers", "accounts"})
_OBJECTS = {"account": "accounts", "customer": "customers", "teller": "tellers", "outlet": "units"}
"""The kinds of subject that rows name in columns of their own; a card does too, the others are facts."""


@dataclass(frozen=True)
class Case:
    """A small bank and what a model says of it.

    Attributes:
        subject_id: what the model hits, or None for a near miss.
        day: the business day of the case.
        rows: by table, only the columns that matter.
        also: further subjects that the same rows hit.
    """

    model: str
    title: str
    subject_kind: str
    subject_id: str | None
    day: dt.date
    rows: Mapping[str, Sequence[Row]]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ground:
    """The bank in which cases are planted.

    Attributes:
        days: the simulated days.
        working: its calendar.
        outlets: where a case may be put.
        branches: one unit of each level above, under which a case's own units go.
    """

    days: Sequence[dt.date]
    working: Mapping[dt.date, bool]
    outlets: Sequence[str]
    branches: Mapping[str, str]


@dataclass
class Planted:
    """The rows of relocated cases, by table and by day of the facts, and their labels."""

    standing: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[tuple[str, dt.date], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    labels: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    near_misses: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    unplanted: list[str] = field(default_factory=list[str])

    def add(self, table: str, row: dict[str, Any]) -> None:
        date_column = TABLES[table].date_column
        if date_column is None:
            self.standing[table].append(row)
        else:
            self.facts[table, row[date_column]].append(row)


def plant(cases: Sequence[Case], ground: Ground, times: int, choose: Callable[[int], int]) -> Planted:
    """Puts each case on up to `times` of the days.

    Args:
        choose: a number from 0 to n - 1, by the seed.
    """
    planted = Planted()
    for number, case in enumerate(cases):
        fitting = [day for day in ground.days if _fits(case, day, ground)]
        room = len(_units_of(case)) <= len(ground.outlets)
        if not fitting or not room:
            reason = "no simulated day has its window and calendar" if room else "it needs more outlets"
            planted.unplanted.append(f"{case.model} {case.title}: {reason}")
            continue
        for _ in range(min(times, len(fitting))):
            day = fitting.pop(choose(len(fitting)))
            _Relocation(case, number, day, ground, choose(len(ground.outlets))).into(planted)
    return planted


def _fits(case: Case, day: dt.date, ground: Ground) -> bool:
    """Whether all its facts fall on simulated days, and the calendar agrees where it matters."""
    shift = day - case.day
    facts = [
        row.get(column, case.day) + shift
        for table, rows in case.rows.items()
        if (column := TABLES[table].date_column)
        for row in rows
    ]
    if facts and not (ground.days[0] <= min(facts) and max(facts) <= ground.days[-1]):
        return False
    listed = {row["on"]: row.get("working", False) for row in case.rows.get("calendar", ())}
    if not listed:
        return True
    span = (max(listed) - min(listed)).days
    around = (min(listed) + dt.timedelta(days=n) for n in range(span + 1))
    return all(
        ground.working.get(date + shift) == listed.get(date, date.weekday() < _SATURDAY) for date in around
    )


def _units_of(case: Case) -> list[str]:
    """The units that the case names, in the order in which it names them."""
    named = list(_named(case, "units"))
    if case.subject_kind == "outlet":
        named += [unit for unit in (case.subject_id, *case.also) if unit is not None]
    return list(dict.fromkeys(named))


def _named(case: Case, table: str) -> Iterable[str]:
    """The objects of a standing table that the case names, in rows of their own or by reference."""
    for name, rows in case.rows.items():
        columns = [c.name for c in TABLES[name].columns if _object(TABLES[name], c) == table]
        for row in rows:
            yield from (row[c] for c in columns if row.get(c) is not None)


def _object(table: Table, column: Column) -> str | None:
    """The standing table whose rows a column names."""
    return table.name if table.key == (column.name,) and not table.is_facts else column.refers_to


@dataclass(frozen=True)
class _Relocation:
    """One case on one day."""

    case: Case
    number: int
    day: dt.date
    ground: Ground
    place: int

    def into(self, planted: Planted) -> None:
        """Adds the case's rows, the faces of the people they name, and its labels."""
        missing = {table: set[str]() for table in _FACES}
        for name, rows in self.case.rows.items():
            # The bank has a calendar and units of its own.
            if name in {"calendar", "units"}:
                continue
            for row in rows:
                moved = self._row(name, row)
                planted.add(name, moved)
                for column in TABLES[name].columns:
                    if column.refers_to in missing and moved[column.name] is not None:
                        missing[column.refers_to].add(moved[column.name])
        for unit in self._own_units():
            planted.add("units", unit)
        self._give_faces(planted, missing)
        hit = self.case.subject_id is not None
        for subject in self._subjects():
            label = {
                "model": self.case.model,
                "subject_kind": self.case.subject_kind,
                "subject": subject,
                "day": self.day,
            }
            (planted.labels if hit else planted.near_misses).append(label)

    # ── identities ──

    @property
    def _mark(self) -> str:
        """What makes the ids of this case, on this day, unlike all others, and later than the bank's own."""
        return f"Q{self.number:04d}{self.day:%y%m%d}"

    def _id(self, value: str) -> str:
        return f"{self._mark}{value}"

    def _card(self, value: str) -> str:
        """Digits stay digits: consecutive cards must stay consecutive."""
        return f"9{self.number:04d}{self.day:%y%m%d}{value}" if value.isdigit() else self._id(value)

    @property
    def _has_own_units(self) -> bool:
        """A case about an outlet, or about the tree of units, stands apart from the bank's own."""
        return self.case.subject_kind == "outlet" or bool(self.case.rows.get("units"))

    @cached_property
    def _units(self) -> Mapping[str, str]:
        """Where the units of the case are in the bank."""
        named = _units_of(self.case)
        if not self._has_own_units:
            outlets = self.ground.outlets
            return {unit: outlets[(self.place + n) % len(outlets)] for n, unit in enumerate(named)}
        heads = {r["unit_id"] for r in self.case.rows.get("units", ()) if r.get("level") == "head_office"}
        return {
            unit: self.ground.branches["head_office"] if unit in heads else self._id(unit) for unit in named
        }

    @property
    def _outlet(self) -> str:
        """Where the rows are that name no unit."""
        return next(iter(self._units.values()), self.ground.outlets[self.place])

    def _own_units(self) -> Iterable[dict[str, Any]]:
        if not self._has_own_units:
            return
        given = {row["unit_id"]: row for row in self.case.rows.get("units", ())}
        for unit, own in self._units.items():
            row = given.get(unit, {})
            level = row.get("level", "outlet")
            if level == "head_office":
                continue
            above = self.ground.branches[UNIT_LEVELS[UNIT_LEVELS.index(level) - 1]]
            parent = row.get("parent_id")
            dated = {c: row[c] + (self.day - self.case.day) for c in ("opened_on", "closed_on") if row.get(c)}
            whole = {
                "name": f"{NAMES[level]} {own}",
                **row,
                **dated,
                "unit_id": own,
                "parent_id": above if parent is None else self._units[parent],
            }
            yield complete("units", whole, self.day)

    # ── rows ──

    def _row(self, name: str, row: Row) -> dict[str, Any]:
        table = TABLES[name]
        whole = complete(name, row, self.case.day)
        moved = {c.name: self._value(c, whole[c.name]) for c in table.columns}
        if name == "staff":
            moved |= {k: v for k, v in self._person(moved["staff_id"]).items() if k not in row}
        return moved

    def _value(self, column: Column, value: Any) -> Any:
        if value is None:
            return None
        if column.refers_to == "units":
            return self._units.get(value, self._outlet)
        if column.name == "card_no":
            return self._card(value)
        if column.kind == "id":
            return self._id(value)
        if column.name == "born_on":
            return _same_age(value, self.case.day, self.day)
        if column.kind in {"date", "time"}:
            return value + (self.day - self.case.day)
        return value

    def _subjects(self) -> list[str]:
        """What the model must hit or, of a near miss, whatever it might have hit."""
        kind = self.case.subject_kind
        if self.case.subject_id is not None:
            found: Iterable[str] = (self.case.subject_id, *self.case.also)
        elif kind in _OBJECTS:
            found = _named(self.case, _OBJECTS[kind])
        elif kind == "card":
            found = (row["card_no"] for rows in self.case.rows.values() for row in rows if row.get("card_no"))
        else:
            found = self._facts()
        return list(dict.fromkeys(self._subject(subject) for subject in found))

    def _facts(self) -> Iterable[str]:
        """The facts and items of the case, written as subjects."""
        for name, rows in self.case.rows.items():
            keys = [c for c in TABLES[name].columns if c.name in TABLES[name].key and c.kind == "id"]
            if name not in _STANDING and len(keys) == 1 and not keys[0].refers_to:
                yield from (subject_of(name, row[keys[0].name]) for row in rows if keys[0].name in row)

    def _subject(self, subject: str) -> str:
        match self.case.subject_kind:
            case "outlet":
                return self._units[subject]
            case "card":
                return self._card(subject)
            case _:
                table, key = fact_of(subject)
                return subject_of(table, self._id(key))

    # ── people ──

    def _person(self, staff_id: str) -> dict[str, Any]:
        return {"name": names.person(sum(staff_id.encode())), "post": "柜员"}

    def _give_faces(self, planted: Planted, missing: Mapping[str, set[str]]) -> None:
        there = {t: {self._id(r[key]) for r in self.case.rows.get(t, ())} for t, key in _FACES.items()}
        for teller in sorted(missing["tellers"] - there["tellers"]):
            row = {"teller_id": teller, "staff_id": f"{teller}G", "unit_id": self._outlet}
            planted.add("tellers", complete("tellers", row, self.day))
            missing["staff"].add(f"{teller}G")
        for staff_id in sorted(missing["staff"] - there["staff"]):
            row = {"staff_id": staff_id, "unit_id": self._outlet} | self._person(staff_id)
            planted.add("staff", complete("staff", row, self.day))
        companies = {
            self._id(row["customer_id"])
            for row in self.case.rows.get("accounts", ())
            if row.get("customer_id") and str(row.get("kind", "")).startswith("corporate")
        }
        for customer in sorted(missing["customers"] - there["customers"]):
            kind, word = ("corporate", "商贸有限公司") if customer in companies else ("personal", "")
            name = names.person(sum(customer.encode())) + word
            row = {"customer_id": customer, "kind": kind, "name": name}
            planted.add("customers", complete("customers", row, self.day))


def _same_age(born: dt.date, then: dt.date, now: dt.date) -> dt.date:
    """A birthday that lies from `now` as `born` lies from `then`: the same years, and the same days."""
    years = then.year - born.year
    birthday = _in_year(born, then.year)
    shifted = now + (birthday - then)
    return _in_year(shifted, shifted.year - years)


def _in_year(day: dt.date, year: int) -> dt.date:
    try:
        return day.replace(year=year)
    except ValueError:
        # 29 February in a common year.
        return dt.date(year, 3, 1)
