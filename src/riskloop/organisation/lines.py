"""The history of a person, a role or a unit as people read it: who did what, when, and what changed by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from riskloop.models.labels import CODE_NAMES
from riskloop.organisation.functions import FUNCTIONS
from riskloop.organisation.models import History, Unit
from riskloop.organisation.roles import names_of_roles

ACTIONS = {
    "create_account": gettext_lazy("Account created"),
    "deactivate": gettext_lazy("Account deactivated"),
    "reactivate": gettext_lazy("Account reactivated"),
    "set_password": gettext_lazy("Password set by the administrator"),
    "signed_in": gettext_lazy("Signed in"),
    "sign_in_failed": gettext_lazy("Sign-in failed"),
    "locked": gettext_lazy("Locked after failed attempts"),
    "unlocked": gettext_lazy("Unlocked"),
    "signed_out": gettext_lazy("Signed out"),
    "session_ended": gettext_lazy("Session ended"),
    "password_changed": gettext_lazy("Password changed"),
    "second_factor_added": gettext_lazy("Second factor added"),
    "second_factor_removed": gettext_lazy("Second factor removed"),
    "second_factor_renewed": gettext_lazy("Recovery codes renewed"),
    "assign_role": gettext_lazy("Role given"),
    "end_role": gettext_lazy("Role ended"),
    "moved": gettext_lazy("Moved to another unit"),
    "propose_role": gettext_lazy("Own role proposed"),
    "propose_decision": gettext_lazy("Decision proposed"),
    "decide_on_role": gettext_lazy("Decided on"),
    "issue_token": gettext_lazy("Token issued"),
    "revoke_token": gettext_lazy("Token revoked"),
    "open_unit": gettext_lazy("Unit opened"),
    "rename_unit": gettext_lazy("Unit renamed"),
    "move_unit": gettext_lazy("Unit moved"),
    "close_unit": gettext_lazy("Unit closed"),
    "merge_unit": gettext_lazy("Unit merged"),
}
FIELDS = {
    "username": gettext_lazy("User name"),
    "display_name": gettext_lazy("Full name"),
    "staff_id": gettext_lazy("Staff number"),
    "is_active": gettext_lazy("Active"),
    "is_service": gettext_lazy("Service account of a program"),
    "role_id": gettext_lazy("Role"),
    "unit_id": gettext_lazy("Unit"),
    "from_on": gettext_lazy("From day"),
    "to_on": gettext_lazy("Last day"),
    "name": gettext_lazy("Name"),
    "level": gettext_lazy("Level"),
    "parent_id": gettext_lazy("Unit above"),
    "merged_into_id": gettext_lazy("Merged into"),
    "opened_on": gettext_lazy("Opened on"),
    "closed_on": gettext_lazy("Closed on"),
    "valid_from": gettext_lazy("In force from"),
    "effective_from": gettext_lazy("In force from"),
    "functions": gettext_lazy("Functions"),
    "approved": gettext_lazy("Approved"),
}
"""What a reader is shown of a change; the rest of the line is for machines."""
ICONS = {
    "create_account": "ti-user-plus",
    "deactivate": "ti-user-off",
    "reactivate": "ti-user-check",
    "set_password": "ti-key",
    "assign_role": "ti-shield-plus",
    "end_role": "ti-shield-minus",
    "moved": "ti-arrow-right",
    "decide_on_role": "ti-gavel",
    "open_unit": "ti-building-plus",
    "close_unit": "ti-lock",
    "merge_unit": "ti-arrow-merge",
}


@dataclass(frozen=True)
class Change:
    """One field that a line changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One line of the history, in the reader's language."""

    at: dt.datetime
    who: str
    role: str
    what: str
    icon: str
    changes: list[Change]
    words: str


def history_of(object_type: str, object_id: Any) -> list[History]:
    """The lines about one object, oldest first."""
    lines = History.objects.filter(object_type=object_type, object_id=str(object_id))
    return list(lines.select_related("actor").order_by("id"))


def told(lines: Iterable[History]) -> list[Line]:
    """The lines as people read them, the newest first."""
    several = list(lines)
    names = _Names(several)
    return [_told(line, names) for line in reversed(several)]


def _told(line: History, names: _Names) -> Line:
    role = names.roles.get(line.role)
    changes = [
        Change(str(label), names.of(field, line.before.get(field)), names.of(field, line.after[field]))
        for field, label in FIELDS.items()
        if field in line.after and (line.before.get(field) or line.after[field]) not in (None, "")
    ]
    return Line(
        at=line.at,
        who=_("The system") if line.actor is None else str(line.actor),
        role="" if role is None else role.name.in_language(get_language()),
        what=str(ACTIONS.get(line.action, line.action)),
        icon=ICONS.get(line.action, "ti-point"),
        changes=changes,
        words=line.reason,
    )


class _Names:
    """What stands behind the keys of all lines, looked up once for each kind."""

    def __init__(self, lines: Iterable[History]) -> None:
        said: list[Mapping[str, Any]] = [side for line in lines for side in (line.before, line.after)]
        units = {s[f] for s in said for f in ("unit_id", "parent_id", "merged_into_id") if s.get(f)}
        language = get_language()
        self.roles = names_of_roles()
        unit = {u.pk: f"{u.name} {u.pk}" for u in Unit.objects.filter(pk__in=units)}
        self._names: dict[str, Mapping[Any, str]] = {
            "unit_id": unit,
            "parent_id": unit,
            "merged_into_id": unit,
            "role_id": {k: f"{k} {r.name.in_language(language)}" for k, r in self.roles.items()},
            "level": {k: level.in_language(language) for k, level in CODE_NAMES["level"].items()},
        }

    def of(self, field: str, value: Any) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            language = get_language()
            names = [FUNCTIONS[c].name.in_language(language) if c in FUNCTIONS else str(c) for c in value]
            return _(", ").join(names) or "—"
        return self._names.get(field, {}).get(value, str(value))
