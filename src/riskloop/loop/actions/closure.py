"""闭环: what is done about an event, by whom, and who saw that it holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.attachments import attach
from riskloop.loop.actions.base import Action, OnEvent, finding_of
from riskloop.loop.announcing import announce_closed
from riskloop.loop.attachments.files import Incoming
from riskloop.loop.deadlines import clock
from riskloop.loop.models import (
    Attachment,
    Measure,
    MeasureKind,
    MeasureState,
    ObjectionState,
    Outcome,
    Purpose,
    QuasiEvent,
    State,
    Step,
)
from riskloop.loop.notices import tell_measure_done, tell_measure_given, tell_measure_sent_back
from riskloop.organisation.action import Refused, do, require
from riskloop.organisation.functions import CARRY_OUT, CLOSE, SET_MEASURES, SUPERVISE, VERIFY
from riskloop.organisation.models import User
from riskloop.organisation.recusal import Task, recused
from riskloop.organisation.scope import may


def require_owner(owner: User | None, event: QuasiEvent, kind: MeasureKind) -> None:
    """Refuses an owner who may not carry out a measure of this kind."""
    require(
        owner is not None and may(owner, CARRY_OUT, event.unit_id),
        "owner",
        _("The owner must be a verifier whose role reaches the event's unit."),
    )
    require(
        owner is not None and recused(owner, finding_of(event), Task.ANSWER) is None,
        "owner_recusal",
        _("The owner is not free of interest in this event; choose someone else."),
    )
    require(
        not kind.to_department or (owner is not None and may(owner, SUPERVISE, event.unit_id)),
        "department",
        _("This kind of measure goes to a department: choose a verifier of a branch above the unit."),
    )


def last_day(event: QuasiEvent) -> dt.date:
    """By when a measure that is set today must be due, by the limit of the event's grade."""
    here = clock()
    return here.due(Step.MEASURE, event.grade, here.today).on


@dataclass
class SetMeasure(Action):
    """What is to be done about the event, by whom, until when."""

    kind: str = ""
    description: str = ""
    owner: User | None = None
    due_on: dt.date | None = None
    name = "set_measure"
    function = SET_MEASURES

    def __post_init__(self) -> None:
        self.measure = Measure(
            event=self.event,
            kind_id=self.kind,
            description=self.description,
            owner=self.owner,
            due_on=self.due_on,
        )

    @property
    def touched(self) -> Measure:
        return self.measure

    def check_given(self) -> None:
        kind = MeasureKind.objects.filter(pk=self.kind, retired_on=None).first()
        if kind is None:
            raise Refused("kind", _("Choose what kind of measure it is."))
        require(bool(self.description.strip()), "description", _("Say what is to be done."))
        if self.due_on is None:
            raise Refused("due_on", _("Say until when it is to be done."))
        last = last_day(self.event)
        too_late = _("A measure of an event of this grade is due by %(day)s at the latest.")
        require(self.due_on <= last, "due_on", too_late % {"day": last.isoformat()})
        require_owner(self.owner, self.event, kind)

    def execute(self) -> None:
        self.measure.save()
        tell_measure_given(self.measure, self.user)


@dataclass
class OnMeasure(Action):
    """An action on one measure of the event."""

    measure: Measure

    @property
    def touched(self) -> Measure:
        return self.measure

    def check(self) -> None:
        self.measure.refresh_from_db()
        super().check()

    def require_state(self, *states: MeasureState) -> None:
        """Refuses what the measure, as it stands, is not ready for."""
        told = {
            MeasureState.OPEN: _("The measure is not reported done yet."),
            MeasureState.DONE: _("The measure was reported done already."),
            MeasureState.VERIFIED: _("The measure was verified already."),
            MeasureState.LAPSED: _("The measure lapsed when the event began anew."),
        }
        require(self.measure.state in states, self.measure.state, told[self.measure.state])


@dataclass
class SetOwner(OnMeasure):
    """Somebody else is to carry out the measure."""

    owner: User | None = None
    name = "set_owner"
    function = SET_MEASURES

    def check_event(self) -> None:
        super().check_event()
        self.require_state(MeasureState.OPEN)

    def check_given(self) -> None:
        require_owner(self.owner, self.event, self.measure.kind)

    def execute(self) -> None:
        self.measure.owner = self.owner
        self.measure.save(update_fields=["owner"])
        tell_measure_given(self.measure, self.user)


@dataclass
class ReportDone(OnMeasure):
    """The owner reports his measure done."""

    note: str = ""
    name = "report_done"
    function = CARRY_OUT
    task = Task.ANSWER

    @property
    def reason(self) -> str:
        return self.note

    def check_person(self) -> None:
        super().check_person()
        own = self.measure.owner_id == self.user.pk
        require(own, "owner", _("Only the owner reports his measure done."), who=True)

    def check_event(self) -> None:
        super().check_event()
        self.require_state(MeasureState.OPEN)

    def check_given(self) -> None:
        require(bool(self.note.strip()), "note", _("Say what was done."))
        shown = not self.measure.kind.needs_proof or has_proof(self.measure)
        require(shown, "proof", _("A measure of this kind needs a proof: attach a file that shows it."))

    def execute(self) -> None:
        self.measure.done_at = timezone.now()
        self.measure.done_by = self.user
        self.measure.done_note = self.note
        self.measure.save()
        tell_measure_done(self.measure, self.user)


def has_proof(measure: Measure) -> bool:
    """Whether a file that belongs to the measure came since it was last to be done, and stands."""
    files = Attachment.objects.filter(
        event=measure.event_id, purpose=Purpose.MEASURE, object_id=str(measure.pk), struck_at=None
    )
    if measure.sent_back_at is not None:
        files = files.filter(uploaded_at__gt=measure.sent_back_at)
    return files.exists()


class Judge(OnMeasure):
    """Someone else than who did it looks at a measure that was reported done."""

    function = VERIFY
    task = Task.REVIEW

    def check_person(self) -> None:
        super().check_person()
        require(
            self.user.pk not in (self.measure.done_by_id, self.measure.owner_id),
            "same_person",
            _("Who did the measure does not verify it."),
            who=True,
        )

    def check_event(self) -> None:
        super().check_event()
        self.require_state(MeasureState.DONE)


class Verify(Judge):
    """验证: the measure holds."""

    name = "verify"

    def execute(self) -> None:
        self.measure.verified_at = timezone.now()
        self.measure.verified_by = self.user
        self.measure.save()


@dataclass
class SendMeasureBack(Judge):
    """退回: what was done will not do; the owner does it once more."""

    why: str = ""
    name = "send_measure_back"

    @property
    def reason(self) -> str:
        return self.why

    def check_given(self) -> None:
        require(bool(self.why.strip()), "why", _("Say why you send the measure back."))

    def execute(self) -> None:
        one = self.measure
        # What was reported stands in the history.
        one.done_at = one.done_by = None
        one.done_note = ""
        one.sent_back_at, one.sent_back_by = timezone.now(), self.user
        one.sent_back_note = self.why.strip()
        one.save()
        tell_measure_sent_back(one, self.user)


class Close(OnEvent):
    """闭环: all measures are verified."""

    name = "close"
    function = CLOSE

    def check_event(self) -> None:
        super().check_event()
        measures = list(self.event.measures.filter(lapsed_at=None))
        require(bool(measures), "no_measure", _("An event closes with at least one measure."))
        require(
            all(m.verified_at for m in measures),
            "unverified",
            _("Every measure must be done and verified before the event closes."),
        )
        clue = self.event.outcome == str(Outcome.CASE_CLUE)
        require(
            not clue or self.event.exception_reports.exists(),
            "no_report",
            _("A case clue closes with an exception report: report it first."),
        )
        undecided = self.event.objections.filter(state=ObjectionState.OPEN)
        require(
            not undecided.exists(),
            "undecided",
            _("An appeal against the determination is not decided on yet."),
        )

    def execute(self) -> None:
        self.move(State.CLOSED)
        self.event.closed_by = self.user
        self.event.closed_at = timezone.now()
        self.event.save()
        announce_closed(self.event)


def set_measure(
    event: QuasiEvent,
    user: User,
    kind: str,
    description: str,
    owner: User | None,
    due_on: dt.date | None,
) -> Measure:
    return do(SetMeasure(event, user, kind, description, owner, due_on)).measure


def set_owner(measure: Measure, user: User, owner: User | None) -> None:
    do(SetOwner(measure.event, user, measure, owner))


def report_done(measure: Measure, user: User, note: str, proof: Sequence[Incoming] = ()) -> None:
    """Reports a measure done, with the files that show it: all of it, or nothing.

    Raises:
        Refused: the reason, which names the file where it is one.
    """
    with transaction.atomic():
        if proof:
            about = _("Proof of a measure")
            attach(measure.event, user, proof, Purpose.MEASURE, str(measure.pk), about)
        do(ReportDone(measure.event, user, measure, note))


def send_measure_back(measure: Measure, user: User, why: str) -> None:
    do(SendMeasureBack(measure.event, user, measure, why))


def verify(measure: Measure, user: User) -> None:
    do(Verify(measure.event, user, measure))


def close(event: QuasiEvent, user: User) -> None:
    do(Close(event, user))
