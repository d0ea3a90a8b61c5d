"""Everything a person can do to an event. Pages, jobs and commands call these and nothing else.

An action says who may do it (`check`) and what it does (`execute`). `do` locks the event, checks, acts and
writes the history line in one transaction: a refused or failed action leaves nothing behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop import history
from riskloop.loop.models import Driver, ExclusionReason, Grade, Measure, Outcome, QuasiEvent, State
from riskloop.loop.scores import driver_in_force, score_of
from riskloop.organisation.models import User
from riskloop.organisation.roles import MONITOR, VERIFIERS
from riskloop.organisation.scope import has_role, tellers_of


class Refused(Exception):
    """Why an action may not be done, for the person who asked; `code` for programs."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def require(holds: bool, code: str, reason: str) -> None:
    """Refuses unless the condition holds."""
    if not holds:
        raise Refused(code, reason)


@dataclass
class Action:
    """One write on one event by one person."""

    event: QuasiEvent
    user: User
    name: ClassVar[str]
    roles: ClassVar[Collection[str]] = (MONITOR,)
    states: ClassVar[Collection[str]]
    by_assignee: ClassVar[bool] = False
    on_withdrawn: ClassVar[bool] = False

    def check(self) -> None:
        """Refuses what the person may not do, or what the event is not ready for."""
        self.check_person()
        self.check_event()

    def check_person(self) -> None:
        require(
            has_role(self.user, self.roles, self.event.unit_id),
            "role",
            _("None of your roles allows this for the event's unit."),
        )
        self.check_recusal()
        if self.by_assignee:
            require(
                self.event.assignee_id == self.user.pk,
                "assignee",
                _("Only the person who has taken the event may do this."),
            )

    def check_recusal(self) -> None:
        """经办及授权人员不得负责核查: who had a hand in the transaction does not handle the event."""
        own = tellers_of(self.user)
        require(
            not own & self.event.hands,
            "recusal",
            _("You handled or authorised this transaction, so someone else must handle the event."),
        )

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

    def execute(self) -> None:
        """Changes the event (or what belongs to it) and saves."""
        raise NotImplementedError

    @property
    def touched(self) -> models.Model:
        """What `execute` changes, for the history."""
        return self.event

    @property
    def reason(self) -> str:
        """The person's own words, for the history."""
        return ""


A = TypeVar("A", bound=Action)


def do(action: A) -> A:
    """Checks and executes an action in one transaction, with its line of history.

    Raises:
        Refused: the reason; nothing was changed.
    """
    with transaction.atomic():
        # The caller's object takes on the locked row, so that checks see what is true now.
        action.event.refresh_from_db(from_queryset=QuasiEvent.objects.select_for_update())
        action.check()
        before = {} if action.touched._state.adding else history.noted(action.touched)
        action.execute()
        old, new = history.changed(before, action.touched)
        role = next((r for r in action.roles if has_role(action.user, (r,), action.event.unit_id)), "")
        history.record(
            [
                history.line(
                    action.name,
                    action.event,
                    actor=action.user,
                    role=role,
                    before=old,
                    after=new,
                    reason=action.reason,
                )
            ]
        )
    return action


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


@dataclass
class SetMeasure(Action):
    """What is to be done about the event, by whom, until when."""

    description: str
    owner: User | None
    due_on: dt.date | None
    name = "set_measure"
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
        require(
            self.owner is not None and has_role(self.owner, VERIFIERS, self.event.unit_id),
            "owner",
            _("The owner must be a verifier whose role reaches the event's unit."),
        )
        require(
            self.owner is not None and not tellers_of(self.owner) & self.event.hands,
            "owner_recusal",
            _("The owner handled or authorised this transaction; choose someone else."),
        )

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
class ReportDone(OnMeasure):
    """The owner reports his measure done."""

    note: str
    name = "report_done"
    roles = VERIFIERS

    @property
    def reason(self) -> str:
        return self.note

    def check_person(self) -> None:
        super().check_person()
        require(self.measure.owner_id == self.user.pk, "owner", _("Only the owner reports his measure done."))

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
    roles = (MONITOR, "R09")

    def check_person(self) -> None:
        super().check_person()
        require(
            self.user.pk not in (self.measure.done_by_id, self.measure.owner_id),
            "same_person",
            _("Who did the measure does not verify it."),
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


def report_done(measure: Measure, user: User, note: str) -> None:
    do(ReportDone(measure.event, user, measure, note))


def verify(measure: Measure, user: User) -> None:
    do(Verify(measure.event, user, measure))


def close(event: QuasiEvent, user: User) -> None:
    do(Close(event, user))
