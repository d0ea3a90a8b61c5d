"""Whom the loop tells what, inside the system: who is given something, and whose turn it is next.

Nobody is told of what he did himself. Where anybody of a role may act, those nearest to the unit are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.loop.history import EVENT
from riskloop.loop.models import Measure, QuasiEvent
from riskloop.loop.shown import model_name
from riskloop.organisation.functions import APPROVE, VERIFY
from riskloop.organisation.models import User
from riskloop.organisation.naming import units
from riskloop.organisation.scope import nearest_who_may
from riskloop.outgoing.notices import Kind, tell


def models(codes: Collection[Any]) -> Mapping[Any, str]:
    """Models by code."""
    return {code: model_name(code) for code in codes}


def _page(event_id: str) -> str:
    return reverse("event", args=[event_id])


_NAMED = {"model": models, "unit": units}
EVENT_GIVEN = Kind(
    "event_given", _("You were given an event: %(model)s, %(unit)s."), "ti-user-plus", _page, _NAMED
)
APPROVAL_WANTED = Kind(
    "approval_wanted", _("A determination awaits approval: %(model)s, %(unit)s."), "ti-checks", _page, _NAMED
)
DETERMINATION_SENT_BACK = Kind(
    "determination_sent_back",
    _("Your determination was sent back: %(model)s, %(unit)s."),
    "ti-arrow-back",
    _page,
    _NAMED,
)
MEASURE_GIVEN = Kind(
    "measure_given",
    _("You are to carry out a measure by %(due)s: %(model)s, %(unit)s."),
    "ti-clipboard-plus",
    _page,
    {"due": None, **_NAMED},
)
MEASURE_DONE = Kind(
    "measure_done",
    _("A measure was reported done and awaits verification: %(model)s, %(unit)s."),
    "ti-clipboard-check",
    _page,
    _NAMED,
)
KINDS = (EVENT_GIVEN, APPROVAL_WANTED, DETERMINATION_SENT_BACK, MEASURE_GIVEN, MEASURE_DONE)


def tell_given(event: QuasiEvent, by: User) -> None:
    """Its new assignee is told that he has it."""
    if event.assignee is not None:
        _tell([event.assignee], EVENT_GIVEN, event, by)


def tell_approval_wanted(event: QuasiEvent, by: User) -> None:
    """Those nearest who may approve are told that a determination awaits them."""
    _tell(nearest_who_may(APPROVE, event.unit_id), APPROVAL_WANTED, event, by)


def tell_sent_back(event: QuasiEvent, to: User, by: User) -> None:
    """Who proposed the determination is told that it came back."""
    _tell([to], DETERMINATION_SENT_BACK, event, by)


def tell_measure_given(measure: Measure, by: User) -> None:
    """The measure's owner is told what he owes, by when."""
    if measure.owner is not None and measure.due_on is not None:
        _tell([measure.owner], MEASURE_GIVEN, measure.event, by, due=measure.due_on.isoformat())


def tell_measure_done(measure: Measure, by: User) -> None:
    """Those nearest who may verify are told that a measure awaits them."""
    _tell(nearest_who_may(VERIFY, measure.event.unit_id), MEASURE_DONE, measure.event, by)


def _tell(people: Iterable[User], kind: Kind, event: QuasiEvent, by: User, **more: str) -> None:
    others = [person for person in people if person != by]
    unit = event.unit_id or "—"
    # The same may come about again: what sets one time apart from another is its moment.
    now = timezone.now().isoformat()
    tell(others, kind.code, EVENT, event.pk, occasion=now, model=event.model, unit=unit, **more)
