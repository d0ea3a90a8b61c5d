"""A bank as a supervision model sees it: lazy tables, known up to one business day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis

from riskloop.bank.derived import described

Relation = Any
"""An Ibis table or expression. Its columns exist only at run time, out of a type checker's sight."""


class Bank:
    """Lazy tables of one bank at the close of one business day.

    Args:
        day: the business day, an Ibis date scalar (a literal, or whatever the engine binds).
        tables: Ibis tables, canonical and derived, by name, any engine. Facts may reach further back than
            a model asks for, and, in careless hands, further forward: the readers below cut both off.
        compute_first: how the engine sets a relation of few rows apart; without it, it stays in the query.
    """

    def __init__(
        self,
        day: Relation,
        tables: Mapping[str, Relation],
        compute_first: Callable[[Relation], Relation] | None = None,
    ) -> None:
        self.day = day
        self._tables = tables
        self._compute_first = compute_first

    def today(self, name: str) -> Relation:
        """Facts of the business day."""
        table = self._tables[name]
        return table.filter(table[_date_column(name)] == self.day)

    def window(self, name: str, days: int) -> Relation:
        """Facts of the `days` calendar days that end on the business day (1 = the day alone)."""
        table = self._tables[name]
        first = (self.day - ibis.interval(days=days - 1)).cast("date")
        return table.filter(table[_date_column(name)].between(first, self.day))

    def standing(self, name: str) -> Relation:
        """Standing data in the version in force on the business day."""
        if described(name).is_facts:
            raise ValueError(f"{name} is a table of facts: read it with today() or window()")
        return self._tables[name]

    def few(self, relation: Relation) -> Relation:
        """The same rows, of which there are few: an engine may compute them before the rest of the query.

        A planner guesses how many rows pass a filter, and guesses high where a model looks for what is
        rare. Told that what it looks up by is small, it reads a large table for those rows alone.
        """
        return relation if self._compute_first is None else self._compute_first(relation)


def _date_column(name: str) -> str:
    column = described(name).date_column
    if column is None:
        raise ValueError(f"{name} is standing data: read it with standing()")
    return column
