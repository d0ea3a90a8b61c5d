"""异常情况报告: reported upwards at once, acknowledged, and a major event reported to the regulator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.base import Action
from riskloop.loop.exceptions.seeing import received_by, receivers
from riskloop.loop.models import ExceptionReport, MajorCriterion, QuasiEvent, State
from riskloop.loop.notices import tell_exception
from riskloop.organisation.action import Refused, do, require
from riskloop.organisation.functions import RECEIVE_EXCEPTIONS, RECEIVE_MAJOR, REPORT_EXCEPTIONS
from riskloop.organisation.models import User
from riskloop.organisation.recusal import Task

EXCEPTION = "exception_report"


@dataclass
class OnException(Action):
    """An action about an exception report.

    Its lines stand under the report and not under the event, whose history the outlet concerned reads, and
    without what was written: that is for whoever receives the report.
    """

    object_type = EXCEPTION
    on_withdrawn = True
    task = Task.ANSWER

    @property
    def states(self) -> Collection[str]:
        """Whatever state the event is in: what is out of order is reported at once."""
        return State.values

    @property
    def object_id(self) -> Any:
        return self.touched.pk

    def noted(self) -> dict[str, Any]:
        return {name: value for name, value in super().noted().items() if name not in WORDS}


WORDS = frozenset({"words", "acknowledged_note"})


@dataclass
class ReportException(OnException):
    """Somebody found something out of order and tells those above, not the outlet."""

    criterion: str = ""
    known_on: dt.date | None = None
    words: str = ""
    report: ExceptionReport = field(init=False)
    name = "report_exception"
    function = REPORT_EXCEPTIONS

    def __post_init__(self) -> None:
        self.report = ExceptionReport(event=self.event)

    @property
    def touched(self) -> ExceptionReport:
        return self.report

    def check_given(self) -> None:
        known = MajorCriterion.objects.filter(pk=self.criterion, retired_on=None)
        require(not self.criterion or known.exists(), "criterion", _("Choose a criterion from the list."))
        require(bool(self.words.strip()), "words", _("Say what is out of order."))
        if self.known_on is None or self.known_on > timezone.localdate():
            raise Refused("known_on", _("Say since when it is known: today or a day before."))
        nobody = _("Nobody receives such reports for this unit; tell the administrator.")
        require(bool(self._receivers()), "nobody", nobody)

    def _receivers(self) -> list[User]:
        return receivers(self.event, major=bool(self.criterion))

    def execute(self) -> None:
        one = self.report
        one.criterion_id = self.criterion or None
        one.known_on = self.known_on or timezone.localdate()
        one.words = self.words.strip()
        one.made_by, one.made_at = self.user, timezone.now()
        one.save()
        tell_exception(self._receivers(), one, self.user)


@dataclass
class OnReport(OnException):
    """What whoever receives a report does about it."""

    report: ExceptionReport

    @property
    def function(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] — by what it is about
        return RECEIVE_MAJOR if self.report.major else RECEIVE_EXCEPTIONS

    @property
    def touched(self) -> ExceptionReport:
        return self.report

    def lock(self) -> None:
        super().lock()
        self.report.refresh_from_db()

    def check_person(self) -> None:
        super().check_person()
        receives = received_by(self.user).filter(pk=self.report.pk).exists()
        require(receives, "receiver", _("This report is not addressed to you."), who=True)
        own = self.report.made_by_id == self.user.pk
        require(not own, "same_person", _("Who made the report does not deal with it."), who=True)


@dataclass
class AcknowledgeException(OnReport):
    """Who receives the report has read it, and says what is done."""

    note: str = ""
    name = "acknowledge_exception"

    def check_event(self) -> None:
        super().check_event()
        read = self.report.acknowledged_at is not None
        require(not read, "acknowledged", _("The report was acknowledged already."))

    def check_given(self) -> None:
        require(bool(self.note.strip()), "note", _("Say what is done about it."))

    def execute(self) -> None:
        one = self.report
        one.acknowledged_by, one.acknowledged_at = self.user, timezone.now()
        one.acknowledged_note = self.note.strip()
        one.save()


@dataclass
class ReportToRegulator(OnReport):
    """A major event was reported to the regulator: its clock stops."""

    reported_on: dt.date | None = None
    reference: str = ""
    name = "report_to_regulator"

    def check_event(self) -> None:
        super().check_event()
        require(self.report.major, "not_major", _("Only major events are reported to the regulator."))
        there = self.report.reported_at is not None
        require(not there, "reported", _("It was reported to the regulator already."))

    def check_given(self) -> None:
        day = self.reported_on
        if day is None or not self.report.known_on <= day <= timezone.localdate():
            raise Refused("reported_on", _("Say when it was reported: not before it was known, nor to come."))
        require(bool(self.reference.strip()), "reference", _("Give the number of the report."))

    def execute(self) -> None:
        one = self.report
        one.reported_by, one.reported_at = self.user, timezone.now()
        one.reported_on, one.reference = self.reported_on, self.reference.strip()
        one.save()


def report_exception(
    event: QuasiEvent, user: User, words: str, known_on: dt.date | None, criterion: str = ""
) -> ExceptionReport:
    return do(ReportException(event, user, criterion, known_on, words)).report


def acknowledge_exception(report: ExceptionReport, user: User, note: str) -> None:
    do(AcknowledgeException(report.event, user, report, note))


def report_to_regulator(
    report: ExceptionReport, user: User, reported_on: dt.date | None, reference: str
) -> None:
    do(ReportToRegulator(report.event, user, report, reported_on, reference))
