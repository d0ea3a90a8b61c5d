"""申诉, 重开: what is said against a conclusion, and who decides on it. Upheld, the event begins anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.anew import begin_anew
from riskloop.loop.actions.base import OnEvent
from riskloop.loop.deadlines import clock
from riskloop.loop.models import (
    Determination,
    Objection,
    ObjectionKind,
    ObjectionState,
    QuasiEvent,
    Standing,
    Step,
)
from riskloop.loop.notices import tell_objection_decided, tell_objection_made
from riskloop.organisation.action import do, require
from riskloop.organisation.functions import APPEAL, APPROVE, DECIDE_APPEALS, REOPEN
from riskloop.organisation.models import User
from riskloop.organisation.recusal import Task


@dataclass
class Object(OnEvent):
    """Something is said against the conclusion of the event."""

    words: str = ""
    kind: ClassVar[ObjectionKind]

    def __post_init__(self) -> None:
        self.objection = Objection(event=self.event, kind=self.kind)

    @property
    def reason(self) -> str:
        return self.words

    def check_event(self) -> None:
        super().check_event()
        waiting = self.event.objections.filter(kind=self.kind, state=ObjectionState.OPEN)
        require(not waiting.exists(), "undecided", _("One like it is not decided on yet."))

    def check_given(self) -> None:
        require(bool(self.words.strip()), "words", _("Say why."))

    def execute(self) -> None:
        one = self.objection
        one.words, one.made_by, one.made_at = self.words.strip(), self.user, timezone.now()
        one.save()
        tell_objection_made(one, self.user)


class Appeal(Object):
    """申诉: the unit does not agree with the determination, and says so within the limit."""

    name = "appeal"
    function = APPEAL
    task = Task.ANSWER
    kind = ObjectionKind.APPEAL

    def check_event(self) -> None:
        super().check_event()
        against = in_force(self.event)
        require(against is not None, "determination", _("No determination of the event is in force."))
        before = self.event.objections.filter(determination=against).exclude(state=ObjectionState.WITHDRAWN)
        require(
            not before.exists(),
            "decided",
            _("An appeal against this determination was decided on already."),
        )
        here = clock()
        last = here.due(Step.APPEAL, self.event.grade, timezone.localdate(self.event.concluded_at)).on
        too_late = _("An appeal could be made until %(day)s.") % {"day": last.isoformat()}
        require(here.today <= last, "too_late", too_late)

    def execute(self) -> None:
        self.objection.determination = in_force(self.event)
        super().execute()


class AskReopening(Object):
    """申请重开: what has ended is to be looked at once more."""

    name = "ask_reopening"
    function = REOPEN
    kind = ObjectionKind.REOPENING


def in_force(event: QuasiEvent) -> Determination | None:
    """The determination that counts."""
    return event.determinations.filter(standing=Standing.IN_FORCE).first()


@dataclass
class OnObjection(OnEvent):
    """An action on one objection. Its line is the event's, which it may change."""

    objection: Objection
    note: str = ""
    kind: ClassVar[ObjectionKind]
    becomes: ClassVar[ObjectionState]

    @property
    def reason(self) -> str:
        return self.note

    def lock(self) -> None:
        super().lock()
        self.objection.refresh_from_db()

    def check_event(self) -> None:
        require(self.objection.kind == self.kind, "kind", _("This is not decided on in that way."))
        still = self.objection.state == ObjectionState.OPEN
        require(still, "decided", _("It was decided on or withdrawn already."))
        super().check_event()

    def check_given(self) -> None:
        require(bool(self.note.strip()), "note", _("Say why."))

    def execute(self) -> None:
        one = self.objection
        one.state, one.decision_note = self.becomes, self.note.strip()
        one.decided_by, one.decided_at = self.user, timezone.now()
        one.save()
        tell_objection_decided(one, self.user)


class WithdrawAppeal(OnObjection):
    """Who appealed takes it back."""

    name = "withdraw_appeal"
    function = APPEAL
    task = Task.ANSWER
    kind = ObjectionKind.APPEAL
    becomes = ObjectionState.WITHDRAWN
    # An appeal must never outlive the interest in it.
    on_withdrawn = True

    def check_person(self) -> None:
        super().check_person()
        own = self.objection.made_by_id == self.user.pk
        require(own, "author", _("Only who made the appeal withdraws it."), who=True)


class DecideOnObjection(OnObjection):
    """What another person decides: neither who made it nor who concluded."""

    task = Task.REVIEW
    on_withdrawn = True

    def check_person(self) -> None:
        super().check_person()
        own = self.objection.made_by_id == self.user.pk
        require(not own, "same_person", _("Who made it does not decide on it."), who=True)
        require(
            self.user.pk not in concluders(self.event, self.objection),
            "concluded",
            _("You took part in the conclusion, so someone else must decide on what is said against it."),
            who=True,
        )


class RejectAppeal(DecideOnObjection):
    """驳回申诉: the determination stands."""

    name = "reject_appeal"
    function = DECIDE_APPEALS
    kind = ObjectionKind.APPEAL
    becomes = ObjectionState.REJECTED


class BeginsAnew(DecideOnObjection):
    """The objection is right: what was concluded counts no more."""

    becomes = ObjectionState.UPHELD
    lapsed: int = 0

    @property
    def beside(self) -> dict[str, Any]:
        return {"lapsed": self.lapsed} if self.lapsed else {}

    def execute(self) -> None:
        super().execute()
        self.lapsed = begin_anew(self.event, self.name)


class UpholdAppeal(BeginsAnew):
    """申诉成立."""

    name = "uphold_appeal"
    function = DECIDE_APPEALS
    kind = ObjectionKind.APPEAL


class RefuseReopening(DecideOnObjection):
    """不予重开."""

    name = "refuse_reopening"
    function = APPROVE
    kind = ObjectionKind.REOPENING
    becomes = ObjectionState.REJECTED


class Reopen(BeginsAnew):
    """同意重开."""

    name = "reopen"
    function = APPROVE
    kind = ObjectionKind.REOPENING


def concluders(event: QuasiEvent, objection: Objection) -> set[int | None]:
    """Accounts of those who concluded what is objected to."""
    against = objection.determination or in_force(event)
    if against is None:
        return {event.concluded_by_id}
    return {against.proposed_by_id, against.decided_by_id} - {None}


def appeal(event: QuasiEvent, user: User, words: str) -> Objection:
    return do(Appeal(event, user, words)).objection


def ask_reopening(event: QuasiEvent, user: User, words: str) -> Objection:
    return do(AskReopening(event, user, words)).objection


def withdraw_appeal(objection: Objection, user: User, note: str) -> None:
    do(WithdrawAppeal(objection.event, user, objection, note))


def reject_appeal(objection: Objection, user: User, note: str) -> None:
    do(RejectAppeal(objection.event, user, objection, note))


def uphold_appeal(objection: Objection, user: User, note: str) -> None:
    do(UpholdAppeal(objection.event, user, objection, note))


def refuse_reopening(objection: Objection, user: User, note: str) -> None:
    do(RefuseReopening(objection.event, user, objection, note))


def reopen(objection: Objection, user: User, note: str) -> None:
    do(Reopen(objection.event, user, objection, note))
