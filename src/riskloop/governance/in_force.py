"""What of the decisions on the models is in force on a day: what a run and every page go by."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from riskloop.detection.plan import Decided, OwnValues
from riskloop.governance.models import Asked, ChangeState, Kind, ModelChange
from riskloop.models.api import Parameters
from riskloop.models.catalogue import AnyModel, parameters_of
from riskloop.models.own import is_own
from riskloop.organisation.belonging import Belonging


class InForce:
    """The approved changes as they stand now, read once; it is what detection asks (`plan.Decisions`).

    A day has the values in force on it, whenever it is run. What is hit in a unit is hit with the own values
    of the branch that it belonged to on that day.

    Args:
        supposed: a change or trial that is taken as if it had been in force on every day, whatever was
            decided later.
    """

    def __init__(self, supposed: Asked | None = None) -> None:
        self._supposed = supposed

    def __call__(self, model: AnyModel, day: dt.date) -> Decided | None:
        if not self.supervised(model.code, day):
            return None
        whole: dict[str, Any] = {}
        own: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for change in self._until(model.code, day):
            if change.kind == Kind.VALUES:
                (whole if change.unit_id is None else own[change.unit_id]).update(change.values)
        branches = (OwnValues(branch, self.units_of(branch, day), values) for branch, values in own.items())
        return Decided(whole, tuple(branches))

    def supervised(self, code: str, day: dt.date) -> bool:
        """Whether the model is under supervision on a day.

        What was delivered is, until it leaves; a model of the bank's own is not, until it is admitted.
        """
        decided = [c.kind for c in self._until(code, day) if c.kind != Kind.VALUES]
        return decided[-1] != Kind.EXIT if decided else not is_own(code)

    def parameters(self, model: AnyModel, day: dt.date, branch: str | None = None) -> Parameters:
        """The values of the whole bank on a day, or those of a branch, whatever supervision says."""
        values: dict[str, Any] = {}
        for unit_id in (None, branch) if branch else (None,):
            for change in self._until(model.code, day):
                if change.kind == Kind.VALUES and change.unit_id == unit_id:
                    values |= change.values
        return parameters_of(model, values)

    def changed_on(self, code: str, first: dt.date, last: dt.date) -> dt.date | None:
        """The newest day from `first` to `last` on which a decision on the model took effect."""
        days = [c.effective_from for c in self._until(code, last) if c.effective_from >= first]
        return max(days, default=None)

    def branches(self, model: AnyModel, day: dt.date) -> list[str]:
        """The branches with values of their own on a day."""
        changes = (c for c in self._until(model.code, day) if c.kind == Kind.VALUES)
        return sorted({c.unit_id for c in changes if c.unit_id is not None})

    def units_of(self, branch: str, day: dt.date) -> frozenset[str]:
        """The branch and all that belonged to it on a day."""
        return self._belonging.below(branch, day)

    def _until(self, code: str, day: dt.date) -> list[Asked]:
        found: list[Asked] = [
            change for change in self._by_model.get(code, ()) if change.effective_from <= day
        ]
        supposed = self._supposed
        return [*found, supposed] if supposed is not None and supposed.model == code else found

    @cached_property
    def _by_model(self) -> Mapping[str, list[ModelChange]]:
        """In the order in which they take effect."""
        found: defaultdict[str, list[ModelChange]] = defaultdict(list)
        for change in ModelChange.objects.filter(state=ChangeState.APPROVED).order_by("effective_from", "pk"):
            found[change.model].append(change)
        return found

    @cached_property
    def _belonging(self) -> Belonging:
        return Belonging()
