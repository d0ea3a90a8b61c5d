"""Deciding what roles may do: proposed with a day, in force once the head office has approved it.

A first-level branch may propose a role of its own: a part of one of the 14, for use inside the branch.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.organisation.action import Action, require
from riskloop.organisation.functions import (
    DECIDE_ROLES,
    FUNCTIONS,
    HEAD_OFFICE_ONLY,
    MANAGE_PEOPLE,
    PROPOSE_ROLES,
)
from riskloop.organisation.models import Role, RoleDecision, Unit, User
from riskloop.organisation.models.units import Level
from riskloop.organisation.roles import ADMINISTRATOR, functions_in_force

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
"""Of a branch's own role; capital letters, because it stands in addresses beside their own words."""
KEEPS = frozenset({MANAGE_PEOPLE, PROPOSE_ROLES, DECIDE_ROLES})
"""What the head office's administrators never lose: else nobody could give it back to them."""


@dataclass
class ProposeRole(Action):
    """A first-level branch's own role, not yet in force at any level."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — people decide on roles, no machine
    owner: Unit
    code: str
    name_zh: str
    name_en: str
    modelled_on: Role
    role: Role = field(init=False)
    name = "propose_role"
    function = PROPOSE_ROLES
    object_type = "role"

    def __post_init__(self) -> None:
        self.role = Role(
            code=self.code,
            name_zh=self.name_zh,
            name_en=self.name_en,
            owner=self.owner,
            modelled_on=self.modelled_on,
        )

    @property
    def unit_id(self) -> str:
        return self.owner.pk

    @property
    def touched(self) -> Role:
        return self.role

    def check(self) -> None:
        super().check()
        branch = self.owner.level == str(Level.TIER1_BRANCH)
        require(branch, "level", _("Only a first-level branch has roles of its own."))
        require(
            bool(self.code.strip() and self.name_zh.strip() and self.name_en.strip()),
            "name",
            _("Give the role a code and a name in both languages."),
        )
        fit = CODE.fullmatch(self.code) is not None
        require(fit, "code", _("A role's code has capital letters, digits and hyphens only."))
        require(
            not Role.objects.filter(pk=self.code).exists(),
            "taken",
            _("There is already a role of this code."),
        )
        one_of_14 = self.modelled_on.owner_id is None
        require(one_of_14, "modelled_on", _("A branch's own role is modelled on one of the head office's."))

    def execute(self) -> None:
        self.role.save(force_insert=True)


@dataclass
class ProposeDecision(Action):
    """What a role is to be allowed at a level, from a day on."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — people decide on roles, no machine
    role: Role
    level: str
    functions: Sequence[str]
    effective_from: dt.date
    why: str
    decision: RoleDecision = field(init=False)
    name = "propose_decision"
    function = PROPOSE_ROLES
    object_type = "role"

    def __post_init__(self) -> None:
        self.decision = RoleDecision(
            role=self.role,
            level=self.level,
            functions=sorted(set(self.functions)),
            effective_from=self.effective_from,
            reason=self.why,
            proposed_by=self.user,
        )

    @property
    def unit_id(self) -> str | None:
        """The branch whose role it is; of the head office's own roles its root."""
        return self.role.owner_id or head_office()

    @property
    def object_id(self) -> str:
        return self.role.pk

    @property
    def touched(self) -> RoleDecision:
        return self.decision

    @property
    def reason(self) -> str:
        return self.why

    def check(self) -> None:
        super().check()
        require(self.level in Level.values, "level", _("Choose one of the five levels."))
        require(set(self.functions) <= FUNCTIONS.keys(), "functions", _("Choose functions from the list."))
        require(bool(self.why.strip()), "why", _("Say why."))
        require(
            self.effective_from >= timezone.localdate(),
            "effective_from",
            _("A decision takes effect today or later."),
        )
        administrators = (self.role.pk, self.level) == (ADMINISTRATOR, Level.HEAD_OFFICE)
        require(
            not administrators or set(self.functions) >= KEEPS,
            "lockout",
            _("The head office's administrators keep managing people and deciding on roles."),
        )
        if self.role.modelled_on_id is not None:
            self.check_own_role()

    def check_own_role(self) -> None:
        whole = functions_in_force(self.effective_from).get((self.role.duty, self.level), frozenset())
        require(
            set(self.functions) <= whole - HEAD_OFFICE_ONLY,
            "beyond",
            _("A branch's own role may do no more than the role that it is modelled on."),
        )

    def execute(self) -> None:
        self.decision.save()


@dataclass
class Decide(Action):
    """The head office approves or rejects; never the person who proposed."""

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — people decide on roles, no machine
    decision: RoleDecision
    approve: bool
    why: str = ""
    name = "decide_on_role"
    function = DECIDE_ROLES
    object_type = "role"

    @property
    def unit_id(self) -> str | None:
        return head_office()

    @property
    def object_id(self) -> str:
        return self.decision.role_id

    @property
    def beside(self) -> dict[str, Any]:
        decision = self.decision
        return {"id": decision.pk, "level": decision.level, "effective_from": decision.effective_from}

    @property
    def touched(self) -> RoleDecision:
        return self.decision

    @property
    def reason(self) -> str:
        return self.why

    def lock(self) -> None:
        self.decision.refresh_from_db(from_queryset=RoleDecision.objects.select_for_update())

    def check(self) -> None:
        super().check()
        own = self.decision.proposed_by_id == self.user.pk
        require(not own, "same_person", _("Who proposed it does not decide on it."), who=True)
        require(self.decision.approved is None, "decided", _("It was decided already."))
        require(self.approve or bool(self.why.strip()), "why", _("Say why you reject it."))
        if self.approve:
            self.check_still_possible()

    def check_still_possible(self) -> None:
        today = timezone.localdate()
        require(self.decision.effective_from >= today, "late", _("Its day has passed; propose it anew."))
        same = RoleDecision.objects.filter(
            role=self.decision.role,
            level=self.decision.level,
            effective_from=self.decision.effective_from,
            approved=True,
        )
        require(not same.exists(), "twice", _("Another decision takes effect on the same day."))

    def execute(self) -> None:
        self.decision.approved = self.approve
        self.decision.decided_by = self.user
        self.decision.decided_at = timezone.now()
        self.decision.save()


def head_office() -> str | None:
    """The unit at the root of the tree."""
    return Unit.objects.filter(level=Level.HEAD_OFFICE).order_by("path").values_list("pk", flat=True).first()
