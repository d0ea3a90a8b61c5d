"""Everything a person can do to an event. Pages, API, jobs and commands call these and nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.history import EVENT
from riskloop.loop.models import Driver, ExclusionReason, Grade, Measure, Outcome, QuasiEvent, State
from riskloop.loop.scores import driver_in_force, score_of
from riskloop.organisation import action
from riskloop.organisation.action import Refused, do, require
from riskloop.organisation.functions import CARRY_OUT, CLOSE, DISCRIMINATE, SET_MEASURES, VERIFY
from riskloop.organisation.models import User
from riskloop.organisation.recusal import Finding, Task, recused, sentence
from riskloop.organisation.scope import may

__all__ = ["Refused", "do", "require"]


def finding_of(event: QuasiEvent) -> Finding:
    """What recusal has to know of an event, its continuations included."""
    handled, authorised, customers = event.named("teller_ids", "authoriser_ids", "customer_ids")
    return Finding(event.unit_id, handled, authorised, customers)


@dataclass
class Action(action.Action):
    """One write on one event by one person."""

    event: QuasiEvent
    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — the machine's operator does no business
    function: ClassVar[str] = DISCRIMINATE
    object_type: ClassVar[str] = EVENT
    task: ClassVar[Task] = Task.JUDGE
    states: ClassVar[Collection[str]]
    by_assignee: ClassVar[bool] = False
    on_withdrawn: ClassVar[bool] = False

    @property
    def unit_id(self) -> str | None:
        return self.event.unit_id

    @property
    def object_id(self) -> uuid.UUID:
        return self.event.pk

    @property
    def touched(self) -> QuasiEvent | Measure:
        return self.event

    def lock(self) -> None:
        # The caller's object takes on the locked row, so that checks see what is true now.
        self.event.refresh_from_db(from_queryset=QuasiEvent.objects.select_for_update())

    def check(self) -> None:
        """Refuses what the person may not do, or what the event is not ready for."""
        self.check_person()
        self.check_event()

    def check_person(self) -> None:
        super().check()
        self.check_recusal()
        if self.by_assignee:
            require(
                self.event.assignee_id == self.user.pk,
                "assignee",
                _("Only the person who has taken the event may do this."),
                who=True,
            )

    def check_recusal(self) -> None:
        ground = recused(self.user, finding_of(self.event), self.task)
        require(ground is None, "recusal", sentence(ground) if ground else "", who=True)

    def check_event(self) -> None:
        require(
            self.on_withdrawn or self.event.withdrawn_on is None,
            "withdrawn",
            _("New data no longer supports this event; it can only be handed back or excluded."),
        )
        require(
            self.event.state in self.states,
            "state",
            _("The event is not in a state that allows this."),
        )


class Take(Action):
    """甄别开始: a monitor takes an event that nobody has."""

    name = "take"
    states = (State.NEW,)

    def execute(self) -> None:
        self.event.assignee = self.user
        self.event.state = State.ASSIGNED
        self.event.save(update_fields=["assignee", "state"])


@dataclass
class HandBack(Action):
    """The event goes back to the queue."""

    why: str
    name = "hand_back"
    states = (State.ASSIGNED,)
    by_assignee = True
    on_withdrawn = True

    @property
    def reason(self) -> str:
        return self.why

    def check_event(self) -> None:
        super().check_event()
        require(bool(self.why.strip()), "why", _("Say why you hand the event back."))

    def execute(self) -> None:
        self.event.assignee = None
        self.event.state = State.NEW
        self.event.save(update_fields=["assignee", "state"])


@dataclass
class Exclude(Action):
    """No event: a false alarm, with a reason from the maintained list."""

    reason_code: str
    note: str
    name = "exclude"
    states = (State.ASSIGNED,)
    by_assignee = True
    on_withdrawn = True

    @property
    def reason(self) -> str:
        return self.note

    def check_event(self) -> None:
        super().check_event()
        require(
            ExclusionReason.objects.filter(pk=self.reason_code).exists(),
            "reason",
            _("Choose a reason from the list."),
        )

    def execute(self) -> None:
        self.event.state = State.EXCLUDED
        self.event.outcome = Outcome.EXCLUDED
        self.event.exclusion_reason_id = self.reason_code
        self.event.conclusion_note = self.note
        self.event.concluded_by = self.user
        self.event.concluded_at = timezone.now()
        self.event.save()


@dataclass
class Determine(Action):
    """风险认定: an internal or external event with driver, grade and score."""

    outcome: str
    driver_code: str
    grade: str
    note: str
    name = "determine"
    states = (State.ASSIGNED,)
    by_assignee = True

    @property
    def reason(self) -> str:
        return self.note

    def check_event(self) -> None:
        super().check_event()
        require(
            self.outcome in (Outcome.INTERNAL, Outcome.EXTERNAL),
            "outcome",
            _("Say whether the event is internal or external."),
        )
        require(self.grade in Grade.values, "grade", _("Choose a grade."))
        require(self._driver() is not None, "driver", _("Choose a risk driver from the catalogue."))
        require(bool(self.note.strip()), "note", _("Say what was found."))

    def _driver(self) -> Driver | None:
        return driver_in_force(self.driver_code, self.event.booked_on)

    def execute(self) -> None:
        driver = self._driver()
        if driver is None:
            raise LookupError(f"driver {self.driver_code} went out of force after the check")
        self.event.state = State.DETERMINED
        self.event.outcome = self.outcome
        self.event.grade = self.grade
        self.event.driver = driver
        self.event.score = score_of(self.grade, driver, self.event.booked_on)
        self.event.conclusion_note = self.note
        self.event.concluded_by = self.user
        self.event.concluded_at = timezone.now()
        self.event.save()


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

    description: str
    owner: User | None
    due_on: dt.date | None
    name = "set_measure"
    function = SET_MEASURES
    states = (State.DETERMINED,)

    def __post_init__(self) -> None:
        self.measure = Measure(
            event=self.event, description=self.description, owner=self.owner, due_on=self.due_on
        )

    @property
    def touched(self) -> Measure:
        return self.measure

    def check_event(self) -> None:
        super().check_event()
        require(bool(self.description.strip()), "description", _("Say what is to be done."))
        require(self.due_on is not None, "due_on", _("Say until when it is to be done."))
        require_owner(self.owner, self.event)

    def execute(self) -> None:
        self.measure.save()


@dataclass
class OnMeasure(Action):
    """An action on one measure of the event."""

    measure: Measure
    states = (State.DETERMINED,)

    @property
    def touched(self) -> Measure:
        return self.measure

    def check(self) -> None:
        self.measure.refresh_from_db()
        super().check()


@dataclass
class SetOwner(OnMeasure):
    """Somebody else is to carry out the measure."""

    owner: User | None
    name = "set_owner"
    function = SET_MEASURES

    def check_event(self) -> None:
        super().check_event()
        require(self.measure.done_at is None, "done", _("The measure was reported done already."))
        require_owner(self.owner, self.event)

    def execute(self) -> None:
        self.measure.owner = self.owner
        self.measure.save(update_fields=["owner"])


@dataclass
class ReportDone(OnMeasure):
    """The owner reports his measure done."""

    note: str
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
        require(bool(self.note.strip()), "note", _("Say what was done."))

    def execute(self) -> None:
        self.measure.done_at = timezone.now()
        self.measure.done_by = self.user
        self.measure.done_note = self.note
        self.measure.save()


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


class Close(Action):
    """闭环: all measures are verified."""

    name = "close"
    function = CLOSE
    states = (State.DETERMINED,)

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
        self.event.state = State.CLOSED
        self.event.closed_by = self.user
        self.event.closed_at = timezone.now()
        self.event.save(update_fields=["state", "closed_by", "closed_at"])


def take(event: QuasiEvent, user: User) -> None:
    do(Take(event, user))


def hand_back(event: QuasiEvent, user: User, why: str) -> None:
    do(HandBack(event, user, why))


def exclude(event: QuasiEvent, user: User, reason_code: str, note: str = "") -> None:
    do(Exclude(event, user, reason_code, note))


def determine(event: QuasiEvent, user: User, outcome: str, driver_code: str, grade: str, note: str) -> None:
    do(Determine(event, user, outcome, driver_code, grade, note))


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
