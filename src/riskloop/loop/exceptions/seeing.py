"""Who sees an exception report: its author, and those above the outlet concerned who receive such reports."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from riskloop.loop.deadlines import Clock, Due, clock
from riskloop.loop.models import ExceptionReport, QuasiEvent, Step
from riskloop.loop.visibility import visible_to
from riskloop.organisation.functions import RECEIVE_EXCEPTIONS, RECEIVE_MAJOR
from riskloop.organisation.models import Staff, User
from riskloop.organisation.scope import nearest_who_may, tellers_of, within

AWAITED = Q(acknowledged_at=None) | Q(criterion__isnull=False, reported_at=None)
"""Reports about which whoever receives them has still something to do."""


def received_by(reader: User) -> QuerySet[ExceptionReport]:
    """The reports that are for the reader; a major one goes past whoever receives the others.

    Never those about his own outlet, or what he handled or authorised himself.
    """
    usual = Q(criterion=None) & within(reader, RECEIVE_EXCEPTIONS, field="event__unit_id")
    major = Q(criterion__isnull=False) & within(reader, RECEIVE_MAJOR, field="event__unit_id")
    found = ExceptionReport.objects.filter(usual | major, event__in=visible_to(reader))
    return found.exclude(_concerned(reader))


def _concerned(reader: User) -> Q:
    own = (
        Staff.objects.filter(pk=reader.staff_id).values_list("unit_id", flat=True) if reader.staff_id else ()
    )
    tellers = sorted(tellers_of(reader))
    return (
        Q(event__unit_id__in=list(own))
        | Q(event__teller_ids__overlap=tellers)
        | Q(event__authoriser_ids__overlap=tellers)
    )


def seen_by(reader: User) -> QuerySet[ExceptionReport]:
    """Those that he receives, and his own: the gate of exception reports. The newest first."""
    own = ExceptionReport.objects.filter(made_by=reader, event__in=visible_to(reader))
    either = Q(pk__in=received_by(reader).values("pk")) | Q(pk__in=own.values("pk"))
    return ExceptionReport.objects.filter(either).order_by("-made_at", "-pk")


def receivers(event: QuasiEvent, *, major: bool) -> list[User]:
    """Those nearest who are told of a new report about the event."""
    function = RECEIVE_MAJOR if major else RECEIVE_EXCEPTIONS
    people = nearest_who_may(function, event.unit_id)
    staff = set(Staff.objects.filter(unit_id=event.unit_id).values_list("pk", flat=True))
    return [one for one in people if one.staff_id not in staff and not tellers_of(one) & event.hands]


@dataclass(frozen=True)
class ReportLine:
    """A report as it is shown; `due` while a major one is not reported to the regulator."""

    report: ExceptionReport
    due: Due | None


def lines(reports: QuerySet[ExceptionReport]) -> list[ReportLine]:
    """With everything that telling of them takes."""
    people = ("made_by", "acknowledged_by", "reported_by")
    found = list(reports.select_related("event__unit", "criterion", *people))
    here = clock() if found else None
    return [ReportLine(one, _due(one, here)) for one in found]


def _due(one: ExceptionReport, here: Clock | None) -> Due | None:
    if here is None or not one.major or one.reported_at is not None:
        return None
    return here.due(Step.REPORT_MAJOR, one.event.grade, one.known_on)
