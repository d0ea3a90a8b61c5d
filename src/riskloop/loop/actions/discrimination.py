"""甄别: an event is taken, handed back, or excluded."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.base import Action
from riskloop.loop.models import ExclusionReason, Outcome, QuasiEvent, State
from riskloop.organisation.action import do, require
from riskloop.organisation.models import User


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


def take(event: QuasiEvent, user: User) -> None:
    do(Take(event, user))


def hand_back(event: QuasiEvent, user: User, why: str) -> None:
    do(HandBack(event, user, why))


def exclude(event: QuasiEvent, user: User, reason_code: str, note: str = "") -> None:
    do(Exclude(event, user, reason_code, note))
