"""One action on many events: each event by its own action, and for each an answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.loop.actions import Action, Assign, AssignByRule, Exclude, HandBack, Take, Wake
from riskloop.loop.models import QuasiEvent
from riskloop.loop.visibility import visible_to
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import User

MOST = 200
"""Events at once."""
DIGITS = 19
"""So many a number has that no account can have."""


@dataclass(frozen=True)
class Bulk:
    """An action that may be done to many events: what it is called, and how it is made of what was given."""

    title: object
    make: Callable[[QuasiEvent, User, Mapping[str, str]], Action]


BULK: dict[str, Bulk] = {
    "take": Bulk(gettext_lazy("Take"), lambda event, user, given: Take(event, user)),  # noqa: ARG005
    "exclude": Bulk(
        gettext_lazy("Exclude"),
        lambda event, user, given: Exclude(event, user, given.get("reason", ""), given.get("note", "")),
    ),
    "wake": Bulk(gettext_lazy("Take up again"), lambda event, user, given: Wake(event, user)),  # noqa: ARG005
    "hand_back": Bulk(
        gettext_lazy("Hand back"), lambda event, user, given: HandBack(event, user, given.get("note", ""))
    ),
    "assign_by_rule": Bulk(
        gettext_lazy("Assign by the rule"),
        lambda event, user, given: AssignByRule(event, user),  # noqa: ARG005
    ),
    "assign": Bulk(
        gettext_lazy("Assign to a monitor"),
        lambda event, user, given: Assign(event, user, _person(given.get("to", ""))),
    ),
}
"""By the action's name. Another action is one more line."""


@dataclass(frozen=True)
class Answer:
    """What became of one event: done, or why not (`code` for programs)."""

    event_id: uuid.UUID
    event: QuasiEvent | None
    code: str = ""
    reason: str = ""

    @property
    def done(self) -> bool:
        return not self.code


def in_bulk(user: User, name: str, ids: Sequence[uuid.UUID], given: Mapping[str, str]) -> list[Answer]:
    """Does the action to each event in the order given, whatever becomes of the others.

    Raises:
        Refused: nothing was done: no such action, no event, or too many.
    """
    ids = list(dict.fromkeys(ids))
    if name not in BULK:
        raise Refused("action", _("This cannot be done to several events at once."))
    if not 0 < len(ids) <= MOST:
        raise Refused("events", _("Choose between 1 and %(number)d events.") % {"number": MOST})
    seen = visible_to(user).select_related("unit").in_bulk(ids)
    return [_one(user, name, event_id, seen.get(event_id), given) for event_id in ids]


def _person(number: str) -> User | None:
    return User.objects.filter(pk=number).first() if number.isdecimal() and len(number) < DIGITS else None


def _one(
    user: User, name: str, event_id: uuid.UUID, event: QuasiEvent | None, given: Mapping[str, str]
) -> Answer:
    if event is None:
        return Answer(event_id, None, "missing", _("There is no such event within your reach."))
    try:
        do(BULK[name].make(event, user, given))
    except Refused as refused:
        return Answer(event_id, event, refused.code, str(refused))
    return Answer(event_id, event)
