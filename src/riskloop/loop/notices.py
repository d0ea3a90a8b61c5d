"""Whom the loop tells what, inside the system: who is given something, and whose turn it is next.

Nobody is told of what he did himself. Where anybody of a role may act, those nearest to the unit are told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.loop.history import EVENT
from riskloop.loop.models import (
    OWED,
    ExceptionReport,
    Measure,
    Objection,
    ObjectionKind,
    QuasiEvent,
    Query,
    QueryState,
)
from riskloop.loop.shown import model_name
from riskloop.organisation.functions import ANSWER, APPROVE, ASSIGN, DECIDE_APPEALS, VERIFY
from riskloop.organisation.models import Unit, User
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


MEASURE_SENT_BACK = Kind(
    "measure_sent_back",
    _("Your measure was sent back: %(model)s, %(unit)s."),
    "ti-clipboard-x",
    _page,
    _NAMED,
)
OBJECTION_MADE = Kind(
    "objection_made",
    _("An appeal or a request to reopen awaits a decision: %(model)s, %(unit)s."),
    "ti-message-report",
    _page,
    _NAMED,
)
OBJECTION_DECIDED = Kind(
    "objection_decided",
    _("Your appeal or request to reopen was decided on: %(model)s, %(unit)s."),
    "ti-message-check",
    _page,
    _NAMED,
)


CONCLUSION_WRONG = Kind(
    "conclusion_wrong",
    _("Your conclusion was looked at once more and found wrong: %(model)s, %(unit)s."),
    "ti-zoom-exclamation",
    _page,
    _NAMED,
)
URGED = Kind("urged", _("An overdue event is urged on: %(model)s, %(unit)s."), "ti-urgent", _page, _NAMED)


def _exceptions(_report_id: str) -> str:
    return reverse("exceptions")


EXCEPTION = Kind(
    "exception",
    _("An exception report for you: %(unit)s."),
    "ti-alert-triangle",
    _exceptions,
    {"unit": units},
)
MAJOR_EXCEPTION = Kind(
    "major_exception",
    _("A report of a major event for you: %(unit)s."),
    "ti-alert-octagon",
    _exceptions,
    {"unit": units},
)


def _today(_day: str) -> str:
    return reverse("overview")


DUE_TODAY = Kind(
    "due_today",
    _("In your hands: %(overdue)s overdue, %(soon)s due soon."),
    "ti-clock-exclamation",
    _today,
    {"overdue": None, "soon": None},
)


def _escalated(_day: str) -> str:
    return f"{reverse('events')}?due=escalated"


def _in_hand(_when: str) -> str:
    return f"{reverse('events')}?state=in_hand&assignee=mine"


MANY_GIVEN = Kind(
    "many_given", _("Events that you were given: %(number)s."), "ti-user-plus", _in_hand, {"number": None}
)
ESCALATED = Kind(
    "escalated",
    _("Overdue events that have come up to you: %(number)s."),
    "ti-stairs-up",
    _escalated,
    {"number": None},
)


def _query_page(query_id: str) -> str:
    return reverse("query", args=[query_id])


QUERY_SENT = Kind(
    "query_sent", _("A query awaits your answer: %(model)s, %(unit)s."), "ti-mail", _query_page, _NAMED
)
QUERY_COPIED = Kind(
    "query_copied", _("A sub-branch was sent a query: %(model)s, %(unit)s."), "ti-copy", _query_page, _NAMED
)
QUERY_ANSWERED = Kind(
    "query_answered", _("Your query was answered: %(model)s, %(unit)s."), "ti-mail-opened", _page, _NAMED
)
QUERY_WITHDRAWN = Kind(
    "query_withdrawn",
    _("A query to you was withdrawn, no answer is needed: %(model)s, %(unit)s."),
    "ti-mail-off",
    _query_page,
    _NAMED,
)
KINDS = (
    EVENT_GIVEN,
    APPROVAL_WANTED,
    DETERMINATION_SENT_BACK,
    MEASURE_GIVEN,
    MEASURE_DONE,
    MEASURE_SENT_BACK,
    OBJECTION_MADE,
    OBJECTION_DECIDED,
    CONCLUSION_WRONG,
    URGED,
    EXCEPTION,
    MAJOR_EXCEPTION,
    DUE_TODAY,
    ESCALATED,
    MANY_GIVEN,
    QUERY_SENT,
    QUERY_COPIED,
    QUERY_ANSWERED,
    QUERY_WITHDRAWN,
)


def tell_many_given(person: User, when: dt.datetime, number: int) -> None:
    """A monitor is told once how many events were given out to him."""
    tell([person], MANY_GIVEN.code, "moment", when.isoformat(), number=number)


def tell_given(event: QuasiEvent, by: User | None) -> None:
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


def tell_measure_sent_back(measure: Measure, by: User) -> None:
    """The measure's owner is told that he is to do it once more."""
    if measure.owner is not None:
        _tell([measure.owner], MEASURE_SENT_BACK, measure.event, by)


def tell_objection_made(objection: Objection, by: User) -> None:
    """Those nearest who decide on it are told."""
    decides = DECIDE_APPEALS if objection.kind == str(ObjectionKind.APPEAL) else APPROVE
    _tell(nearest_who_may(decides, objection.event.unit_id), OBJECTION_MADE, objection.event, by)


def tell_objection_decided(objection: Objection, by: User) -> None:
    """Who made it is told."""
    _tell([objection.made_by], OBJECTION_DECIDED, objection.event, by)


def tell_conclusion_wrong(event: QuasiEvent, who: User, by: User) -> None:
    """Who concluded is told that the reviewer found it wrong."""
    _tell([who], CONCLUSION_WRONG, event, by)


def tell_urged(event: QuasiEvent, by: User) -> None:
    """Who has the event is told, or those nearest who assign; and whoever owes anything of it."""
    people = {event.assignee} if event.assignee else set(nearest_who_may(ASSIGN, event.unit_id))
    for query in event.queries.filter(state=QueryState.ASKED):
        people |= set(nearest_who_may(ANSWER, query.unit_id))
    people |= {one.owner for one in event.measures.filter(OWED).select_related("owner") if one.owner}
    _tell(people, URGED, event, by)


def tell_exception(people: Iterable[User], report: ExceptionReport, by: User) -> None:
    """Those who receive the report are told that there is one, and of which unit."""
    kind = MAJOR_EXCEPTION if report.major else EXCEPTION
    others = [person for person in people if person != by]
    tell(others, kind.code, "exception_report", report.pk, unit=report.event.unit_id or "—")


def tell_due(person: User, day: dt.date, overdue: int, soon: int) -> int:
    """He is told once a day what is due in his hands; returns whether it was new to him."""
    return tell([person], DUE_TODAY.code, "day", day, overdue=overdue, soon=soon)


def tell_escalated(person: User, day: dt.date, number: int) -> int:
    """A supervisor is told once a day how much has come up to him."""
    return tell([person], ESCALATED.code, "day", day, number=number)


def tell_asked(query: Query, by: User, copied_to: Unit | None = None) -> None:
    """Those who answer for the unit that was asked are told; of some queries the level above is told too."""
    asked = set(nearest_who_may(ANSWER, query.unit_id))
    _tell_of_query(asked, QUERY_SENT, query, by)
    if copied_to is not None:
        above = set(nearest_who_may(ANSWER, copied_to.pk)) - asked
        _tell_of_query(above, QUERY_COPIED, query, by)


def tell_query_answered(query: Query, by: User) -> None:
    """Who has the event now is told; where nobody has, who asked."""
    _tell([query.event.assignee or query.asked_by], QUERY_ANSWERED, query.event, by)


def tell_query_withdrawn(query: Query, by: User) -> None:
    """Those who owed the answer are told that they do not any more."""
    _tell_of_query(nearest_who_may(ANSWER, query.unit_id), QUERY_WITHDRAWN, query, by)


def _tell_of_query(people: Iterable[User], kind: Kind, query: Query, by: User) -> None:
    _tell(people, kind, query.event, by, about=("query", query.pk))


def _tell(
    people: Iterable[User],
    kind: Kind,
    event: QuasiEvent,
    by: User | None,
    *,
    about: tuple[str, Any] | None = None,
    **more: str,
) -> None:
    others = [person for person in people if person != by]
    unit = event.unit_id or "—"
    # The same may come about again: what sets one time apart from another is its moment.
    now = timezone.now().isoformat()
    object_type, number = about or (EVENT, event.pk)
    tell(others, kind.code, object_type, number, occasion=now, model=event.model, unit=unit, **more)
