"""The history of an event as people read it: who did what, when, and what changed by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from riskloop.loop.detail import history_of
from riskloop.loop.models import Driver, ExclusionReason, Grade, Outcome, QuasiEvent, State
from riskloop.organisation.models import History, Unit, User
from riskloop.organisation.roles import names_of_roles

ACTIONS = {
    "found": gettext_lazy("Found by the model"),
    "opened": gettext_lazy("Opened as a finding"),
    "refreshed": gettext_lazy("Found again with other values"),
    "withdrawn": gettext_lazy("Withdrawn: new data no longer supports it"),
    "returned": gettext_lazy("Found again after it was withdrawn"),
    "continued": gettext_lazy("Found again: the situation goes on"),
    "discontinued": gettext_lazy("A later hit withdrawn: new data no longer supports it"),
    "bundled": gettext_lazy("Joined with what shares its object, and graded"),
    "take": gettext_lazy("Taken"),
    "hand_back": gettext_lazy("Handed back"),
    "released": gettext_lazy("Given back: its person may no longer do it"),
    "exclude": gettext_lazy("Excluded"),
    "determine": gettext_lazy("Determined"),
    "set_measure": gettext_lazy("Measure set"),
    "set_owner": gettext_lazy("Another owner set"),
    "report_done": gettext_lazy("Measure reported done"),
    "verify": gettext_lazy("Measure verified"),
    "close": gettext_lazy("Closed"),
    "unmask": gettext_lazy("Asked for personal data in clear"),
    "hide_again": gettext_lazy("Masked personal data again"),
}
FIELDS = {
    "state": gettext_lazy("State"),
    "assignee_id": gettext_lazy("Assignee"),
    "outcome": gettext_lazy("Outcome"),
    "exclusion_reason_id": gettext_lazy("Reason"),
    "driver_id": gettext_lazy("Risk driver"),
    "grade": gettext_lazy("Grade"),
    "score": gettext_lazy("Risk score"),
    "description": gettext_lazy("What is to be done"),
    "owner_id": gettext_lazy("Owner"),
    "due_on": gettext_lazy("Due on"),
    "amount": gettext_lazy("Amount, CNY"),
    "count": gettext_lazy("Facts behind it"),
    "unit_id": gettext_lazy("Unit"),
    "last_on": gettext_lazy("Last hit"),
}
"""What a reader is shown of a change; the rest of the line (keys, the same words again) is for machines."""
NUMBERS = {"score", "amount", "count"}
ICONS = {
    "found": "ti-radar-2",
    "opened": "ti-flag",
    "refreshed": "ti-refresh",
    "withdrawn": "ti-eye-off",
    "returned": "ti-eye",
    "continued": "ti-arrow-forward-up",
    "discontinued": "ti-eye-off",
    "bundled": "ti-packages",
    "take": "ti-hand-grab",
    "hand_back": "ti-arrow-back-up",
    "released": "ti-user-off",
    "exclude": "ti-circle-x",
    "determine": "ti-gavel",
    "set_measure": "ti-clipboard-plus",
    "set_owner": "ti-user-share",
    "report_done": "ti-clipboard-check",
    "verify": "ti-rosette-discount-check",
    "close": "ti-lock-check",
    "unmask": "ti-eye-exclamation",
    "hide_again": "ti-eye-off",
}


@dataclass(frozen=True)
class Change:
    """One field that a line changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Moment:
    """One line of the history."""

    at: dt.datetime
    who: str
    role: str
    what: str
    icon: str
    changes: list[Change]
    words: str


def timeline(event: QuasiEvent) -> list[Moment]:
    """The event from entry to closure, oldest first."""
    lines = history_of(event)
    names = _Names(lines)
    return [_moment(line, names) for line in lines]


def _moment(line: History, names: _Names) -> Moment:
    language = get_language()
    role = names.roles.get(line.role)
    return Moment(
        at=line.at,
        who=_("The system") if line.actor is None else str(line.actor),
        role="" if role is None else role.name.in_language(language),
        what=str(ACTIONS.get(line.action, line.action)),
        icon=ICONS.get(line.action, "ti-point"),
        changes=[
            Change(str(label), names.of(field, line.before.get(field)), names.of(field, line.after[field]))
            for field, label in FIELDS.items()
            if field in line.after
        ],
        words=line.reason,
    )


class _Names:
    """What stands behind the keys of all lines, looked up once for each kind."""

    def __init__(self, lines: Iterable[History]) -> None:
        changes: list[Mapping[str, Any]] = [side for line in lines for side in (line.before, line.after)]

        def keys(*fields: str) -> set[Any]:
            return {c[f] for c in changes for f in fields if c.get(f) is not None}

        language = get_language()
        self.roles = names_of_roles()
        people = User.objects.in_bulk(keys("assignee_id", "owner_id"))
        reasons = ExclusionReason.objects.in_bulk(keys("exclusion_reason_id"))
        drivers = Driver.objects.in_bulk(keys("driver_id"))
        units = Unit.objects.in_bulk(keys("unit_id"))
        person = {key: str(found) for key, found in people.items()}
        self._names: dict[str, Mapping[Any, str]] = {
            "assignee_id": person,
            "owner_id": person,
            "exclusion_reason_id": {k: r.name.in_language(language) for k, r in reasons.items()},
            "driver_id": {k: f"{d.code} {d.name.in_language(language)}" for k, d in drivers.items()},
            "unit_id": {k: u.name for k, u in units.items()},
            "state": {s.value: str(s.label) for s in State},
            "outcome": {o.value: str(o.label) for o in Outcome},
            "grade": {g.value: str(g.label) for g in Grade},
        }

    def of(self, field: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if field in self._names:
            return self._names[field].get(value, str(value))
        return f"{Decimal(str(value)).normalize():,f}" if field in NUMBERS else str(value)
