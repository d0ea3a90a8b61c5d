"""甄别: who examines an event, and whether it is excluded or goes on to determination."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.base import OnEvent, finding_of, move
from riskloop.loop.actions.queries import require_no_open_query
from riskloop.loop.announcing import announce_closed
from riskloop.loop.models import ExclusionReason, Outcome, QuasiEvent, State, SuspicionReason
from riskloop.loop.notices import tell_given
from riskloop.organisation.action import Refused, do, require
from riskloop.organisation.functions import ASSIGN, DISCRIMINATE
from riskloop.organisation.models import User
from riskloop.organisation.recusal import Task, recused
from riskloop.organisation.scope import may

LONGEST_SNOOZE = 30
"""Days that an event may be put aside at once."""


def require_monitor(person: User | None, event: QuasiEvent) -> User:
    """The person, if he may discriminate this event.

    Raises:
        Refused: `monitor` or `monitor_recusal`.
    """
    if person is None or not may(person, DISCRIMINATE, event.unit_id):
        raise Refused("monitor", _("Choose somebody whose role discriminates events of this unit."))
    require(
        recused(person, finding_of(event), Task.JUDGE) is None,
        "monitor_recusal",
        _("That person is not free of interest in this event; choose someone else."),
    )
    return person


class Take(OnEvent):
    """甄别开始: a monitor takes an event that nobody has."""

    name = "take"

    def execute(self) -> None:
        self.event.assignee = self.user
        self.move(State.ASSIGNED)
        self.event.save()


@dataclass
class Assign(OnEvent):
    """分派: somebody gives the event to a monitor."""

    to: User | None = None
    name = "assign"
    function = ASSIGN

    def check_given(self) -> None:
        require_monitor(self.to, self.event)

    def execute(self) -> None:
        self.event.assignee = self.to
        self.move(State.ASSIGNED)
        self.event.save()
        tell_given(self.event, self.user)


@dataclass
class HandOver(OnEvent):
    """移交: who has the event gives it to another; whoever assigns may do so too."""

    to: User | None = None
    why: str = ""
    name = "hand_over"

    @property
    def reason(self) -> str:
        return self.why

    def check_person(self) -> None:
        super().check_person()
        require(
            self.event.assignee_id == self.user.pk or may(self.user, ASSIGN, self.event.unit_id),
            "assignee",
            _("Only the person who has taken the event, or who assigns events, may do this."),
            who=True,
        )

    def check_given(self) -> None:
        require(bool(self.why.strip()), "why", _("Say why you hand the event over."))
        require(
            require_monitor(self.to, self.event).pk != self.event.assignee_id,
            "monitor",
            _("That person has the event already."),
        )

    def execute(self) -> None:
        self.event.assignee = self.to
        self.event.snoozed_until = None
        self.event.save(update_fields=["assignee", "snoozed_until"])
        tell_given(self.event, self.user)


@dataclass
class HandBack(OnEvent):
    """退回: the event goes back to the queue."""

    why: str = ""
    name = "hand_back"
    by_assignee = True
    on_withdrawn = True

    @property
    def reason(self) -> str:
        return self.why

    def check_given(self) -> None:
        require(bool(self.why.strip()), "why", _("Say why you hand the event back."))

    def execute(self) -> None:
        to_the_queue(self.event, self.name)
        self.event.save()


@dataclass
class Snooze(OnEvent):
    """暂缓: put aside until a day, for a reason. Its limits go on running."""

    until: dt.date | None = None
    why: str = ""
    name = "snooze"
    by_assignee = True

    @property
    def reason(self) -> str:
        return self.why

    def check_given(self) -> None:
        today = timezone.localdate()
        last = today + dt.timedelta(days=LONGEST_SNOOZE)
        require(
            self.until is not None and today < self.until <= last,
            "until",
            _("Choose a day from tomorrow on, at most %(number)d days from now.")
            % {"number": LONGEST_SNOOZE},
        )
        require(bool(self.why.strip()), "why", _("Say why you put the event aside."))

    def execute(self) -> None:
        self.event.snoozed_until = self.until
        self.event.save(update_fields=["snoozed_until"])


class Wake(OnEvent):
    """Taken up again before its day."""

    name = "wake"
    by_assignee = True

    def check_event(self) -> None:
        super().check_event()
        require(self.event.snoozed, "awake", _("The event is not put aside."))

    def execute(self) -> None:
        self.event.snoozed_until = None
        self.event.save(update_fields=["snoozed_until"])


@dataclass
class Exclude(OnEvent):
    """排除: no event, a false alarm, with a reason from the maintained list."""

    reason_code: str = ""
    note: str = ""
    name = "exclude"
    by_assignee = True
    on_withdrawn = True

    @property
    def reason(self) -> str:
        return self.note

    def check_event(self) -> None:
        super().check_event()
        require_no_open_query(self.event)

    def check_given(self) -> None:
        require(
            ExclusionReason.objects.filter(pk=self.reason_code, retired_on=None).exists(),
            "reason",
            _("Choose a reason from the list."),
        )

    def execute(self) -> None:
        self.move(State.EXCLUDED)
        self.event.snoozed_until = None
        self.event.outcome = Outcome.EXCLUDED
        self.event.exclusion_reason_id = self.reason_code
        self.event.conclusion_note = self.note
        self.event.concluded_by = self.user
        self.event.concluded_at = timezone.now()
        self.event.save()
        announce_closed(self.event)


@dataclass
class PassOn(OnEvent):
    """转认定: what was found gives reason to determine it, from the maintained list."""

    reason_code: str = ""
    note: str = ""
    name = "pass_on"
    by_assignee = True

    @property
    def reason(self) -> str:
        return self.note

    def check_given(self) -> None:
        require(
            SuspicionReason.objects.filter(pk=self.reason_code, retired_on=None).exists(),
            "reason",
            _("Choose a reason from the list."),
        )
        require(bool(self.note.strip()), "note", _("Say what was found."))

    def execute(self) -> None:
        self.move(State.SUSPECTED)
        self.event.snoozed_until = None
        self.event.suspicion_id = self.reason_code
        self.event.suspicion_note = self.note
        self.event.save()


def to_the_queue(event: QuasiEvent, by: str) -> None:
    """The event is nobody's again, and whoever takes it next begins with discrimination. Unsaved."""
    move(event, State.NEW, by)
    event.assignee = None
    event.snoozed_until = None
    event.suspicion = None
    event.suspicion_note = ""


def take(event: QuasiEvent, user: User) -> None:
    do(Take(event, user))


def assign(event: QuasiEvent, user: User, to: User | None) -> None:
    do(Assign(event, user, to))


def hand_over(event: QuasiEvent, user: User, to: User | None, why: str) -> None:
    do(HandOver(event, user, to, why))


def hand_back(event: QuasiEvent, user: User, why: str) -> None:
    do(HandBack(event, user, why))


def snooze(event: QuasiEvent, user: User, until: dt.date | None, why: str) -> None:
    do(Snooze(event, user, until, why))


def wake(event: QuasiEvent, user: User) -> None:
    do(Wake(event, user))


def exclude(event: QuasiEvent, user: User, reason_code: str, note: str = "") -> None:
    do(Exclude(event, user, reason_code, note))


def pass_on(event: QuasiEvent, user: User, reason_code: str, note: str) -> None:
    do(PassOn(event, user, reason_code, note))
