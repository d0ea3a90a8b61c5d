"""监理: a sample of the month is drawn; another than who concluded looks once more."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.actions.anew import begin_anew
from riskloop.loop.actions.base import OnEvent, finding_of
from riskloop.loop.models import FaultCode, Outcome, QuasiEvent, SampleItem, SamplingPlan, Verdict
from riskloop.loop.notices import tell_conclusion_wrong
from riskloop.loop.oversight.sampling import concluded, draw
from riskloop.organisation import action
from riskloop.organisation.action import do, require
from riskloop.organisation.functions import OVERSEE
from riskloop.organisation.models import Unit, User
from riskloop.organisation.recusal import Task, recused, sentence

PLAN = "sampling_plan"
SEEDS = 2**31
HALF = Decimal("0.5")


@dataclass
class DrawSample(action.Action):
    """The month's sample of a unit and below is drawn, once."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — the operator oversees nobody
    unit: Unit | None
    month: dt.date | None
    confidence: Decimal = Decimal("0.95")
    margin: Decimal = Decimal("0.05")
    expected: Decimal = Decimal("0.05")
    key_models: Sequence[str] = ()
    key_categories: Sequence[str] = ()
    key_people: Sequence[int] = ()
    plan: SamplingPlan = field(init=False)
    name = "draw_sample"
    function = OVERSEE
    object_type = PLAN

    def __post_init__(self) -> None:
        self.plan = SamplingPlan()

    @property
    def unit_id(self) -> str | None:
        return self.unit.pk if self.unit else None

    @property
    def touched(self) -> SamplingPlan:
        return self.plan

    @property
    def beside(self) -> dict[str, Any]:
        return {"drawn": self.plan.items.count()}

    def lock(self) -> None:
        # Two who draw at once: the second waits and is refused.
        if self.unit is not None:
            Unit.objects.select_for_update().get(pk=self.unit.pk)

    def check(self) -> None:
        require(self.unit is not None, "unit", _("Choose a unit."))
        super().check()
        require(self.month is not None and self.month.day == 1, "month", _("Choose a month."))
        following = (self._month + dt.timedelta(days=31)).replace(day=1)
        over = following <= timezone.localdate()
        require(over, "month", _("The month is not over yet: what is concluded later could not be drawn."))
        require(
            Decimal("0.5") <= self.confidence < 1,
            "confidence",
            _("Choose a confidence from 50 to 99 per cent."),
        )
        require(0 < self.margin <= HALF, "margin", _("Choose a margin above 0, of at most 50 per cent."))
        require(
            0 < self.expected <= HALF,
            "expected",
            _("Choose an expected error rate above 0, of at most 50 per cent."),
        )
        drawn = SamplingPlan.objects.filter(unit=self.unit, month=self.month)
        require(not drawn.exists(), "drawn", _("The sample of this month was drawn already."))

    @property
    def _month(self) -> dt.date:
        assert self.month is not None  # noqa: S101 — checked
        return self.month

    def execute(self) -> None:
        assert self.unit is not None  # noqa: S101 — checked
        plan, events = self.plan, concluded(self.unit, self._month)
        plan.unit, plan.month = self.unit, self._month
        plan.confidence, plan.margin, plan.expected = self.confidence, self.margin, self.expected
        plan.key_models, plan.key_categories = sorted(self.key_models), sorted(self.key_categories)
        plan.key_people = sorted(self.key_people)
        plan.seed = secrets.randbelow(SEEDS)
        plan.population = events.filter(outcome=Outcome.EXCLUDED).count()
        plan.drawn_by, plan.drawn_at = self.user, timezone.now()
        plan.save()
        SampleItem.objects.bulk_create(_item(plan, event, part) for event, part in draw(plan, events))


def _item(plan: SamplingPlan, event: QuasiEvent, part: str) -> SampleItem:
    return SampleItem(
        plan=plan,
        event=event,
        part=part,
        outcome=event.outcome,
        concluded_by_id=event.concluded_by_id,
        concluded_at=event.concluded_at,
    )


@dataclass
class Check(OnEvent):
    """A drawn event is looked at once more, and found right or wrong with its faults."""

    item: SampleItem
    verdict: str = ""
    faults: Sequence[str] = ()
    note: str = ""
    function = OVERSEE
    task = Task.REVIEW
    on_withdrawn = True

    @property
    def reason(self) -> str:
        return self.note

    @property
    def beside(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "faults": sorted(self.faults)}

    def lock(self) -> None:
        super().lock()
        self.item.refresh_from_db()

    def check_recusal(self) -> None:
        people = self.event.determinations.values_list("proposed_by", "decided_by")
        first = {self.item.concluded_by_id, *(one for pair in people for one in pair if one is not None)}
        ground = recused(self.user, replace(finding_of(self.event), found_by=first), self.task)
        require(ground is None, "recusal", sentence(ground) if ground else "", who=True)

    def check_event(self) -> None:
        require(not self.item.verdict, "checked", _("It was looked at already."))
        anew = self.event.concluded_at != self.item.concluded_at
        require(
            not anew, "anew", _("The event was concluded anew since it was drawn; there is nothing to check.")
        )
        super().check_event()

    def check_given(self) -> None:
        require(self.verdict in Verdict.values, "verdict", _("Say whether the conclusion is right."))
        known = FaultCode.objects.filter(pk__in=self.faults, retired_on=None).count()
        require(known == len(set(self.faults)), "faults", _("Choose faults from the list."))
        wrong = self.verdict == str(Verdict.WRONG)
        require(not wrong or bool(self.faults), "faults", _("Say what is wrong."))
        require(not wrong or bool(self.note.strip()), "note", _("Say why it is wrong."))

    def execute(self) -> None:
        one = self.item
        one.verdict, one.faults, one.note = self.verdict, sorted(set(self.faults)), self.note.strip()
        one.checked_by, one.checked_at = self.user, timezone.now()
        one.save()
        if self.verdict == str(Verdict.WRONG):
            tell_conclusion_wrong(self.event, one.concluded_by, self.user)
            self.found_wrong()

    def found_wrong(self) -> None:
        """What follows for the event."""


class CheckExclusion(Check):
    """What was excluded wrongly begins anew."""

    name = "check_exclusion"

    def found_wrong(self) -> None:
        begin_anew(self.event, self.name)


class CheckDetermination(Check):
    """What was determined wrongly stays as it is: a reopening can be asked for."""

    name = "check_determination"


def check_of(item: SampleItem) -> type[Check]:
    """How an item is looked at, by what was concluded."""
    return CheckExclusion if item.outcome == str(Outcome.EXCLUDED) else CheckDetermination


def draw_sample(user: User, unit: Unit | None, month: dt.date | None, **how: Any) -> SamplingPlan:
    return do(DrawSample(user, unit, month, **how)).plan


def check_sample(
    item: SampleItem, user: User, verdict: str, faults: Sequence[str] = (), note: str = ""
) -> None:
    do(check_of(item)(item.event, user, item, verdict, faults, note))
