"""分派 by the rule, and what each monitor is given by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from riskloop.loop.actions.base import OnEvent
from riskloop.loop.assignment.monitors import Monitor, chosen_for
from riskloop.loop.models import AssignmentRule, Grade, MonitorSkill, State
from riskloop.loop.notices import tell_given
from riskloop.models.labels import CATEGORY_NAMES
from riskloop.organisation import action
from riskloop.organisation.action import require
from riskloop.organisation.functions import ASSIGN, DISCRIMINATE
from riskloop.organisation.models import User
from riskloop.organisation.scope import authority_of

SKILL = "monitor_skill"
MOST = 10_000
"""Events in hand that a monitor can be allowed at most."""


@dataclass
class AssignByRule(OnEvent):
    """分派: the rule says which monitor is given the event. Also done by the machine itself (`user` None).

    Args:
        telling: whether the monitor is told of this event; whoever gives out many tells of all at once.
    """

    user: User | None  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    telling: bool = True
    chosen: Monitor | None = field(default=None, init=False)
    name = "assign_by_rule"
    function = ASSIGN

    def lock(self) -> None:
        super().lock()
        # One after the other, so that two do not both fill somebody's last place.
        list(AssignmentRule.objects.select_for_update().order_by("pk"))

    def check_recusal(self) -> None:
        if self.user is not None:
            super().check_recusal()

    def check_given(self) -> None:
        self.chosen = chosen_for(self.event)
        require(
            self.chosen is not None,
            "nobody",
            _("No monitor is free of interest, knows this business and grade, and has room."),
        )

    @property
    def to(self) -> User:
        """Whom the rule chose."""
        assert self.chosen is not None  # noqa: S101 — checked
        return self.chosen.person

    @property
    def beside(self) -> dict[str, Any]:
        assert self.chosen is not None  # noqa: S101 — checked
        return {"in_hand_before": self.chosen.in_hand, "most_in_hand": self.chosen.most_in_hand}

    def execute(self) -> None:
        self.event.assignee = self.to
        self.move(State.ASSIGNED)
        self.event.save()
        if self.telling:
            tell_given(self.event, self.user)


@dataclass
class SetSkill(action.Action):
    """Whoever assigns says what the rule gives to a monitor; never to himself."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — the operator does no business
    person: User
    categories: Sequence[str] = ()
    highest_grade: str = Grade.KEY_ATTENTION
    most_in_hand: int | None = None
    why: str = ""
    skill: MonitorSkill = field(init=False)
    name = "set_skill"
    function = ASSIGN
    object_type = SKILL

    def __post_init__(self) -> None:
        self.skill = MonitorSkill(person=self.person)

    @property
    def unit_id(self) -> str | None:
        """The highest unit where he discriminates: who sets his share reaches all that he does."""
        grants = authority_of(self.person).having((DISCRIMINATE,))
        return min(grants, key=lambda grant: len(grant.path)).unit_id if grants else None

    @property
    def touched(self) -> MonitorSkill:
        return self.skill

    @property
    def reason(self) -> str:
        return self.why

    def lock(self) -> None:
        # The person's row, as his first skill has none to lock.
        User.objects.select_for_update(of=("self",)).get(pk=self.person.pk)
        self.skill = MonitorSkill.objects.filter(person=self.person).first() or self.skill

    def check(self) -> None:
        grants = authority_of(self.person).having((DISCRIMINATE,))
        require(bool(grants), "monitor", _("That person discriminates no events."))
        super().check()
        require(
            self.person.pk != self.user.pk,
            "own_skill",
            _("What you are given yourself, a colleague decides."),
            who=True,
        )
        known = set(self.categories) <= set(CATEGORY_NAMES)
        require(known, "categories", _("Choose businesses from the list."))
        require(self.highest_grade in Grade.values, "grade", _("Choose a grade from the list."))
        require(
            self.most_in_hand is None or 0 <= self.most_in_hand <= MOST,
            "most_in_hand",
            _("Choose a number from 0 to %(number)d.") % {"number": MOST},
        )
        require(bool(self.why.strip()), "why", _("Say why."))

    def execute(self) -> None:
        self.skill.categories = sorted(set(self.categories))
        self.skill.highest_grade = self.highest_grade
        self.skill.most_in_hand = self.most_in_hand
        self.skill.save()
