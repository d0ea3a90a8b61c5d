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
from typing import Any

from riskloop.bank.memory import complete
from riskloop.bank.subjects import fact_of, subject_of
from riskloop.bank.tables import TABLES, Column

Row = Mapping[str, Any]
_SATURDAY = 5
_NAMED = {"customers": "customer_id", "tellers": "teller_id", "staff": "staff_id"}
"""People whom a case only refers to are given rows, so that its evidence has a face."""


@dataclass(frozen=True)
class Case:
    """A small bank and what a model says of it.

    Attributes:
        subject_id: what the model hits, or None for a near miss.
        day: the business day of the case.
        rows: by table, only the columns that matter.
    """

    model: str
    title: str
    subject_kind: str
    subject_id: str | None
    day: dt.date
    rows: Mapping[str, Sequence[Row]]


@dataclass
class Planted:
    """The rows of relocated cases, by table and by day of the facts, and their labels."""

    standing: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[tuple[str, dt.date], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    labels: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    near_misses: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    unplanted: list[str] = field(default_factory=list[str])


def plant(
    cases: Sequence[Case],
    days: Sequence[dt.date],
    working: Mapping[dt.date, bool],
    outlets: Sequence[str],
    sub_branch: str,
    times: int,
    choose: Callable[[int], int],
) -> Planted:
    """Puts each case on up to `times` of the days.

    Args:
        days: the simulated days.
        working: the bank's calendar.
        outlets: where a case may be put.
        sub_branch: under which a case's own outlet goes, when its subject is an outlet.
        choose: a number from 0 to n - 1, by the seed.
    """
    planted = Planted()
    for number, case in enumerate(cases):
        fitting = [day for day in days if _fits(case, day, days, working)]
        if not fitting:
            planted.unplanted.append(
                f"{case.model} {case.title}: no simulated day has its calendar and window"
            )
            continue
        for _ in range(min(times, len(fitting))):
            day = fitting.pop(choose(len(fitting)))
            _Relocation(case, number, day, outlets[choose(len(outlets))], sub_branch).into(planted)
    return planted


def _fits(case: Case, day: dt.date, days: Sequence[dt.date], working: Mapping[dt.date, bool]) -> bool:
    """Whether the case's window lies in the simulated days, and the calendar agrees where it matters."""
    shift = day - case.day
    facts = [
        when + shift
        for table, rows in case.rows.items()
        if (column := TABLES[table].date_column)
        for row in rows
        if (when := row.get(column, case.day)) <= case.day
    ]
    if any(when < days[0] for when in facts):
        return False
    listed = {row["on"]: row.get("working", False) for row in case.rows.get("calendar", ())}
    if not listed:
        return True
    span = (max(listed) - min(listed)).days
    dates = (min(listed) + dt.timedelta(days=n) for n in range(span + 1))
    return all(working.get(date + shift) == listed.get(date, date.weekday() < _SATURDAY) for date in dates)


@dataclass(frozen=True)
class _Relocation:
    case: Case
    number: int
    day: dt.date
    outlet: str
    sub_branch: str

    @property
    def mark(self) -> str:
        """What makes the ids of this case, on this day, unlike all others."""
        return f"Q{self.number:03d}{self.day:%m%d}"

    def into(self, planted: Planted) -> None:
        """Adds the case's rows and its label."""
        missing = {table: set[str]() for table in _NAMED}
        for name, rows in self.case.rows.items():
            if name in {"calendar", "units"}:
                continue
            for row in rows:
                moved = self._row(name, row)
                self._add(planted, name, moved)
                for column in TABLES[name].columns:
                    if column.refers_to in missing and moved[column.name] is not None:
                        missing[column.refers_to].add(moved[column.name])
        self._give_faces(planted, missing)
        label = {
            "model": self.case.model,
            "subject_kind": self.case.subject_kind,
            "subject": self._subject(),
            "day": self.day,
        }
        (planted.labels if self.case.subject_id is not None else planted.near_misses).append(label)
        if self.case.subject_kind == "outlet":
            unit = {"unit_id": self.mark, "name": f"{self.mark} 网点", "level": "outlet"}
            self._add(planted, "units", complete("units", unit | {"parent_id": self.sub_branch}, self.day))

    def _subject(self) -> str:
        if self.case.subject_id is None:
            return self._id(_any_subject(self.case))
        if self.case.subject_kind == "outlet":
            return self.mark
        table, key = fact_of(self.case.subject_id)
        return subject_of(table, self._id(key))

    def _row(self, table: str, row: Row) -> dict[str, Any]:
        whole = complete(table, row, self.case.day)
        return {c.name: self._value(table, c, whole[c.name]) for c in TABLES[table].columns}

    def _value(self, table: str, column: Column, value: Any) -> Any:
        if value is None:
            return None
        if column.refers_to == "units" or (table == "units" and column.name == "unit_id"):
            return self.mark if self.case.subject_kind == "outlet" else self.outlet
        if column.name == "card_no":
            # Digits stay digits: consecutive cards must stay consecutive.
            return f"9{self.number:03d}{self.day:%m%d}{value}" if str(value).isdigit() else self._id(value)
        if column.kind == "id":
            return self._id(value)
        if column.name == "born_on":
            return _same_age(value, self.case.day, self.day)
        if column.kind in {"date", "time"}:
            return value + (self.day - self.case.day)
        return value

    def _id(self, value: str) -> str:
        return f"{self.mark}{value}"

    def _add(self, planted: Planted, table: str, row: dict[str, Any]) -> None:
        date_column = TABLES[table].date_column
        if date_column is None:
            planted.standing[table].append(row)
        else:
            planted.facts[table, row[date_column]].append(row)

    def _give_faces(self, planted: Planted, missing: Mapping[str, Iterable[str]]) -> None:
        wanted = {table: set(ids) for table, ids in missing.items()}
        there = {t: {r[key] for r in planted.standing[t]} for t, key in _NAMED.items()}
        for teller in sorted(wanted["tellers"] - there["tellers"]):
            row = complete("tellers", {"teller_id": teller, "staff_id": f"{teller}G"}, self.day)
            self._add(planted, "tellers", row | {"unit_id": self.outlet})
            wanted["staff"].add(f"{teller}G")
        for person in sorted(wanted["staff"] - there["staff"]):
            row = complete("staff", {"staff_id": person, "name": "演示员工", "post": "teller"}, self.day)
            self._add(planted, "staff", row | {"unit_id": self.outlet})
        for customer in sorted(wanted["customers"] - there["customers"]):
            row = {"customer_id": customer, "kind": "personal", "name": "演示客户"}
            self._add(planted, "customers", complete("customers", row, self.day))


def _any_subject(case: Case) -> str:
    """What a near miss is about: the key of the first row that could have been the subject."""
    for table in ("journal", "ebank_events", "card_events", "maintenance_events", "balances", "accounts"):
        for row in case.rows.get(table, ()):
            return str(row.get(TABLES[table].key[0], ""))
    return ""


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
