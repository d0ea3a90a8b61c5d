"""认定: what the event was, who answers for it, what it cost; above a grade with four eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.base import OnEvent
from riskloop.loop.actions.discrimination import to_the_queue
from riskloop.loop.actions.queries import require_no_open_query
from riskloop.loop.announcing import announce_determined
from riskloop.loop.grades import needs_approval
from riskloop.loop.models import (
    Determination,
    Driver,
    EventType,
    Grade,
    LiabilityLevel,
    Outcome,
    QuasiEvent,
    Responsible,
    Standing,
    State,
)
from riskloop.loop.notices import tell_approval_wanted, tell_sent_back
from riskloop.loop.scores import driver_in_force, score_of
from riskloop.organisation.action import do, require
from riskloop.organisation.functions import APPROVE, DISCRIMINATE
from riskloop.organisation.models import Staff, User
from riskloop.organisation.scope import may

HIGHEST = Decimal(10) ** 15
"""Amounts at and above this are slips of the pen."""


@dataclass(frozen=True)
class Finding:
    """What a determination says. Amounts are CNY; `responsible` is by staff id the code of the level.

    `controllable` None: as the main driver proposes.
    """

    outcome: str
    event_type: str
    driver: str
    grade: str
    note: str
    other_drivers: Sequence[str] = ()
    controllable: bool | None = None
    responsible: Mapping[str, str] = field(default_factory=dict[str, str])
    loss: Decimal = Decimal(0)
    recovered: Decimal = Decimal(0)
    near_miss: Decimal = Decimal(0)


NOTHING = Finding("", "", "", "", "")


@dataclass
class Determine(OnEvent):
    """风险认定: of a grade that needs four eyes it is proposed, and counts once another has approved it."""

    finding: Finding = NOTHING
    name = "determine"
    by_assignee = True

    @property
    def reason(self) -> str:
        return self.finding.note

    @property
    def beside(self) -> dict[str, Any]:
        said = self.finding
        return {
            "proposed_outcome": said.outcome,
            "proposed_grade": said.grade,
            "event_type_id": said.event_type,
            "drivers": [said.driver, *said.other_drivers],
            "responsible": [f"{staff_id} {level}" for staff_id, level in sorted(said.responsible.items())],
            "loss": said.loss,
            "recovered": said.recovered,
            "near_miss": said.near_miss,
        }

    def check_event(self) -> None:
        super().check_event()
        require_no_open_query(self.event)

    def check_given(self) -> None:
        said = self.finding
        confirmed = (Outcome.INTERNAL, Outcome.EXTERNAL, Outcome.CASE_CLUE)
        require(
            said.outcome in confirmed,
            "outcome",
            _("Say whether the event is internal, external or a case clue."),
        )
        require(said.grade in Grade.values, "grade", _("Choose a grade."))
        require(self._drivers_known(), "driver", _("Choose a risk driver from the catalogue."))
        require(
            len({said.driver, *said.other_drivers}) == 1 + len(said.other_drivers),
            "driver_twice",
            _("Name each driver once."),
        )
        types = EventType.objects.filter(pk=said.event_type, retired_on=None)
        require(types.exists(), "event_type", _("Choose an event type."))
        require(bool(said.note.strip()), "note", _("Say what was found."))
        self._check_people()
        self._check_amounts()

    def _drivers_known(self) -> bool:
        codes = (self.finding.driver, *self.finding.other_drivers)
        return all(self._driver(code) is not None for code in codes)

    def _driver(self, code: str) -> Driver | None:
        return driver_in_force(code, self.event.booked_on)

    def _check_people(self) -> None:
        people = self.finding.responsible
        known = set(Staff.objects.filter(pk__in=people).values_list("pk", flat=True))
        require(known == set(people), "responsible", _("Name members of staff by their staff number."))
        levels = LiabilityLevel.objects.filter(retired_on=None).values_list("pk", flat=True)
        require(set(people.values()) <= set(levels), "level", _("Choose a level of responsibility."))
        internal = self.finding.outcome == str(Outcome.INTERNAL)
        require(
            bool(people) or not internal,
            "responsible",
            _("Of an internal event, name who answers for it."),
        )

    def _check_amounts(self) -> None:
        said = self.finding
        amounts = (said.loss, said.recovered, said.near_miss)
        require(all(0 <= a < HIGHEST for a in amounts), "amount", _("An amount cannot be negative."))
        require(said.recovered <= said.loss, "recovered", _("No more is recovered than was lost."))

    def execute(self) -> None:
        waits = needs_approval(self.finding.grade, timezone.localdate())
        determination = self._write(Standing.PROPOSED if waits else Standing.IN_FORCE)
        self.event.snoozed_until = None
        if waits:
            self.move(State.RATED)
            tell_approval_wanted(self.event, self.user)
        else:
            self.move(State.DETERMINED)
            conclude(self.event, determination)
        self.event.save()

    def _write(self, standing: Standing) -> Determination:
        said = self.finding
        driver = self._driver(said.driver)
        if driver is None:
            raise LookupError(f"driver {said.driver} went out of force after the check")
        own = driver.controllable and said.outcome == str(Outcome.INTERNAL)
        determination = Determination.objects.create(
            event=self.event,
            standing=standing,
            outcome=said.outcome,
            event_type_id=said.event_type,
            driver=driver,
            controllable=own if said.controllable is None else said.controllable,
            grade=said.grade,
            score=score_of(said.grade, driver, self.event.booked_on),
            loss=said.loss,
            recovered=said.recovered,
            near_miss=said.near_miss,
            note=said.note,
            proposed_by=self.user,
            proposed_at=timezone.now(),
        )
        others = (self._driver(code) for code in said.other_drivers)
        determination.other_drivers.set(other for other in others if other is not None)
        Responsible.objects.bulk_create(
            Responsible(determination=determination, staff_id=staff_id, level_id=level)
            for staff_id, level in sorted(said.responsible.items())
        )
        return determination


def conclude(event: QuasiEvent, determination: Determination) -> None:
    """What the determination says is what the event is from now on. Unsaved."""
    event.outcome = determination.outcome
    event.grade = determination.grade
    event.driver = determination.driver
    event.score = determination.score
    event.controllable = determination.controllable
    event.conclusion_note = determination.note
    event.concluded_by = determination.proposed_by
    event.concluded_at = timezone.now()
    announce_determined(event)


def proposed(event: QuasiEvent) -> Determination:
    """The determination that awaits approval. The caller holds the event's lock."""
    return event.determinations.select_related("driver", "proposed_by").get(standing=Standing.PROPOSED)


@dataclass
class Decide(OnEvent):
    """What a second person does with a determination that awaits him."""

    function = APPROVE

    def check_person(self) -> None:
        super().check_person()
        own = self.event.determinations.filter(standing=Standing.PROPOSED, proposed_by=self.user)
        require(
            not own.exists(),
            "same_person",
            _("Who proposed the determination does not decide on it."),
            who=True,
        )

    def decide(self, standing: Standing, note: str) -> Determination:
        found = proposed(self.event)
        found.standing = standing
        found.decided_by = self.user
        found.decided_at = timezone.now()
        found.decision_note = note
        found.save()
        return found


@dataclass
class Approve(Decide):
    """复核通过: the determination counts."""

    note: str = ""
    name = "approve"

    @property
    def reason(self) -> str:
        return self.note

    def execute(self) -> None:
        self.move(State.DETERMINED)
        conclude(self.event, self.decide(Standing.IN_FORCE, self.note))
        self.event.save()


@dataclass
class SendBack(Decide):
    """复核退回: it goes back to who proposed it; to the queue where he may no longer work on it."""

    why: str = ""
    name = "send_back"

    @property
    def reason(self) -> str:
        return self.why

    def check_given(self) -> None:
        require(bool(self.why.strip()), "why", _("Say why you send the determination back."))

    def execute(self) -> None:
        found = self.decide(Standing.SENT_BACK, self.why)
        if may(found.proposed_by, DISCRIMINATE, self.event.unit_id):
            self.move(State.SUSPECTED)
        else:
            to_the_queue(self.event, self.name)
        self.event.save()
        tell_sent_back(self.event, found.proposed_by, self.user)


def determine(event: QuasiEvent, user: User, finding: Finding) -> None:
    do(Determine(event, user, finding))


def approve(event: QuasiEvent, user: User, note: str = "") -> None:
    do(Approve(event, user, note))


def send_back(event: QuasiEvent, user: User, why: str) -> None:
    do(SendBack(event, user, why))
