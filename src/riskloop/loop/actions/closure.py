"""闭环: what is done about an event, by whom, and who saw that it holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.base import Action, OnEvent, finding_of
from riskloop.loop.announcing import announce_closed
from riskloop.loop.models import Measure, QuasiEvent, State
from riskloop.loop.notices import tell_measure_done, tell_measure_given
from riskloop.organisation.action import do, require
from riskloop.organisation.functions import CARRY_OUT, CLOSE, SET_MEASURES, VERIFY
from riskloop.organisation.models import User
from riskloop.organisation.recusal import Task, recused
from riskloop.organisation.scope import may


def require_owner(owner: User | None, event: QuasiEvent) -> None:
    """Refuses an owner who may not carry out the measure."""
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


@dataclass
class SetMeasure(Action):
    """What is to be done about the event, by whom, until when."""

    description: str = ""
    owner: User | None = None
    due_on: dt.date | None = None
    name = "set_measure"
    function = SET_MEASURES

    def __post_init__(self) -> None:
        self.measure = Measure(
            event=self.event, description=self.description, owner=self.owner, due_on=self.due_on
        )

    @property
    def touched(self) -> Measure:
        return self.measure

    def check_given(self) -> None:
        require(bool(self.description.strip()), "description", _("Say what is to be done."))
        require(self.due_on is not None, "due_on", _("Say until when it is to be done."))
        require_owner(self.owner, self.event)

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


@dataclass
class SetOwner(OnMeasure):
    """Somebody else is to carry out the measure."""

    owner: User | None = None
    name = "set_owner"
    function = SET_MEASURES

    def check_event(self) -> None:
        super().check_event()
        require(self.measure.done_at is None, "done", _("The measure was reported done already."))

    def check_given(self) -> None:
        require_owner(self.owner, self.event)

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
        require(self.measure.done_at is None, "done", _("The measure was reported done already."))

    def check_given(self) -> None:
        require(bool(self.note.strip()), "note", _("Say what was done."))

    def execute(self) -> None:
        self.measure.done_at = timezone.now()
        self.measure.done_by = self.user
        self.measure.done_note = self.note
        self.measure.save()
        tell_measure_done(self.measure, self.user)


class Verify(OnMeasure):
    """Someone else than who did it sees that the measure holds."""

    name = "verify"
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
        require(self.measure.done_at is not None, "not_done", _("The measure is not reported done yet."))
        require(self.measure.verified_at is None, "verified", _("The measure was verified already."))

    def execute(self) -> None:
        self.measure.verified_at = timezone.now()
        self.measure.verified_by = self.user
        self.measure.save()


class Close(OnEvent):
    """闭环: all measures are verified."""

    name = "close"
    function = CLOSE

    def check_event(self) -> None:
        super().check_event()
        measures = list(self.event.measures.all())
        require(bool(measures), "no_measure", _("An event closes with at least one measure."))
        require(
            all(m.verified_at for m in measures),
            "unverified",
            _("Every measure must be done and verified before the event closes."),
        )

    def execute(self) -> None:
        self.move(State.CLOSED)
        self.event.closed_by = self.user
        self.event.closed_at = timezone.now()
        self.event.save()
        announce_closed(self.event)


def set_measure(
    event: QuasiEvent, user: User, description: str, owner: User | None, due_on: dt.date | None
) -> Measure:
    return do(SetMeasure(event, user, description, owner, due_on)).measure


def set_owner(measure: Measure, user: User, owner: User | None) -> None:
    do(SetOwner(measure.event, user, measure, owner))


def report_done(measure: Measure, user: User, note: str) -> None:
    do(ReportDone(measure.event, user, measure, note))


def verify(measure: Measure, user: User) -> None:
    do(Verify(measure.event, user, measure))


def close(event: QuasiEvent, user: User) -> None:
    do(Close(event, user))
