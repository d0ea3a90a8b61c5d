"""认定: what the event was, by driver, grade and score."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.base import Action
from riskloop.loop.models import Driver, Grade, Outcome, QuasiEvent, State
from riskloop.loop.scores import driver_in_force, score_of
from riskloop.organisation.action import do, require
from riskloop.organisation.models import User


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


def determine(event: QuasiEvent, user: User, outcome: str, driver_code: str, grade: str, note: str) -> None:
    do(Determine(event, user, outcome, driver_code, grade, note))
