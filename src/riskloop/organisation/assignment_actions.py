"""Giving people roles over units, and ending them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.organisation import leaving
from riskloop.organisation.action import Action, do, require
from riskloop.organisation.functions import MANAGE_PEOPLE
from riskloop.organisation.models import Role, RoleAssignment, Unit, User
from riskloop.organisation.models.roles import overlapping
from riskloop.organisation.roles import functions_in_force
from riskloop.organisation.segregation import offends


@dataclass
class AssignRole(Action):
    """Gives a role over a unit and all below it, from a day on."""

    user: User | None
    person: User
    role: Role
    unit: Unit
    from_on: dt.date = field(default_factory=timezone.localdate)
    to_on: dt.date | None = None
    why: str = ""
    assignment: RoleAssignment = field(init=False)
    name = "assign_role"
    function = MANAGE_PEOPLE
    object_type = "user"

    def __post_init__(self) -> None:
        self.assignment = RoleAssignment(
            user=self.person, role=self.role, unit=self.unit, from_on=self.from_on, to_on=self.to_on
        )

    @property
    def unit_id(self) -> str:
        return self.unit.pk

    @property
    def object_id(self) -> int:
        return self.person.pk

    @property
    def touched(self) -> RoleAssignment:
        return self.assignment

    @property
    def reason(self) -> str:
        return self.why

    def lock(self) -> None:
        # Two administrators at once could otherwise give the two halves of a pair.
        self.person.refresh_from_db(from_queryset=User.objects.select_for_update())

    def check(self) -> None:
        super().check()
        require(
            self.user is None or self.user.pk != self.person.pk,
            "himself",
            _("Nobody gives himself a role."),
            who=True,
        )
        require(self.person.is_active, "inactive", _("The account is inactive."))
        if self.user is not None:
            require(bool(self.why.strip()), "why", _("Say why."))
            # What somebody was allowed on a day that has passed is not changed any more.
            begins = self.from_on >= timezone.localdate()
            require(begins, "past", _("A role begins today or later."))
        require(
            self.to_on is None or self.to_on >= self.from_on,
            "dates",
            _("The role would end before it begins."),
        )
        require(
            self.unit.closed_on is None or self.unit.closed_on > self.from_on,
            "closed",
            _("The unit is closed."),
        )
        self.check_role()
        self.check_segregation()

    def check_role(self) -> None:
        functions = functions_in_force(self.from_on).get((self.role.pk, self.unit.level))
        require(bool(functions), "level", _("This role does not exist at the level of this unit."))
        owner = self.role.owner
        require(
            owner is None or self.unit.path == owner.path or self.unit.path.startswith(f"{owner.path}/"),
            "owner",
            _("This role belongs to another branch."),
        )
        same = RoleAssignment.objects.filter(user=self.person, role=self.role, unit=self.unit)
        doubled = same.filter(overlapping(self.from_on, self.to_on))
        require(not doubled.exists(), "doubled", _("The person has this role in this unit already."))

    def check_segregation(self) -> None:
        pair = offends(self.role, self.person, self.from_on, self.to_on)
        basis = pair.basis.in_language(get_language()) if pair else ""
        require(
            pair is None,
            "segregation",
            _("Duties that must be apart (pair %(number)s): %(basis)s")
            % {"number": pair.number if pair else "", "basis": basis},
        )

    def execute(self) -> None:
        self.assignment.save()


@dataclass
class EndRole(Action):
    """A role ends at once: its last day was yesterday; open work goes back."""

    user: User | None
    assignment: RoleAssignment
    why: str
    name = "end_role"
    function = MANAGE_PEOPLE
    object_type = "user"

    @property
    def unit_id(self) -> str:
        return self.assignment.unit_id

    @property
    def object_id(self) -> int:
        return self.assignment.user_id

    @property
    def beside(self) -> dict[str, Any]:
        return {"id": self.assignment.pk, "role_id": self.assignment.role_id}

    @property
    def touched(self) -> RoleAssignment:
        return self.assignment

    @property
    def reason(self) -> str:
        return self.why

    def lock(self) -> None:
        self.assignment.refresh_from_db(from_queryset=RoleAssignment.objects.select_for_update())

    def check(self) -> None:
        super().check()
        require(
            self.user is None or self.user.pk != self.assignment.user_id,
            "himself",
            _("Nobody takes a role from himself."),
            who=True,
        )
        over = self.assignment.to_on is not None and self.assignment.to_on < timezone.localdate()
        require(not over, "over", _("The role has ended already."))
        require(bool(self.why.strip()), "why", _("Say why."))

    def execute(self) -> None:
        self.assignment.to_on = timezone.localdate() - dt.timedelta(days=1)
        self.assignment.save(update_fields=["to_on"])
        leaving.release_work(self.assignment.user, self.why)


def end_all_roles(actor: User | None, person: User, why: str) -> None:
    """Ends every role of a person that runs or is still to come."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for held in (
        RoleAssignment.objects.filter(user=person).exclude(to_on__lte=yesterday).select_related("user")
    ):
        do(_EndRoleOfLeaver(actor, held, why))
    leaving.release_work(person, why)


class _EndRoleOfLeaver(EndRole):
    """Part of a deactivation or a move: who may do that may end the roles in whatever unit they are."""

    def check(self) -> None:
        """The whole was checked."""


def assign_role(user: User, role: str, unit: Unit, from_on: dt.date | None = None) -> RoleAssignment:
    """A role given by the operator of the machine; one that runs already is left as it is.

    Raises:
        Role.DoesNotExist: no such role.
        Refused: the rules of `AssignRole`.
    """
    held = RoleAssignment.objects.filter(user=user, role_id=role, unit=unit, to_on=None).first()
    if held is not None:
        return held
    action = AssignRole(None, user, Role.objects.get(pk=role), unit, from_on or timezone.localdate())
    return do(action).assignment
