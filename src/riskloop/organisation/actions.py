"""Giving people accounts and roles, and taking them back."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.organisation import leaving
from riskloop.organisation.action import Action, do, require
from riskloop.organisation.functions import MANAGE_PEOPLE
from riskloop.organisation.models import Role, RoleAssignment, Staff, Unit, User
from riskloop.organisation.models.roles import overlapping
from riskloop.organisation.roles import functions_in_force
from riskloop.organisation.segregation import offends

LONGEST_NAME = 150
USERNAME = re.compile(r"[\w.@+-]+")


@dataclass
class CreateAccount(Action):
    """A new account, without a role. Without a password its person comes in by single sign-on or token."""

    user: User | None
    username: str
    display_name: str
    unit: Unit | None
    password: str | None = None
    staff_id: str = ""
    is_service: bool = False
    must_change_password: bool = False
    person: User = field(init=False)
    name = "create_account"
    function = MANAGE_PEOPLE
    object_type = "user"

    def __post_init__(self) -> None:
        staff = Staff.objects.filter(pk=self.staff_id).first() if self.staff_id else None
        if staff is not None and staff.unit_id:
            self.unit = Unit.objects.filter(pk=staff.unit_id).first() or self.unit
        self.person = User(
            username=self.username,
            display_name=self.display_name,
            staff_id=self.staff_id,
            is_service=self.is_service,
            # A password that an administrator chose is known to two.
            must_change_password=self.must_change_password or (self.user is not None and bool(self.password)),
            unit=self.unit,
        )

    @property
    def unit_id(self) -> str | None:
        return self.unit.pk if self.unit else None

    @property
    def touched(self) -> User:
        return self.person

    def lock(self) -> None:
        # Two administrators at once could otherwise give one person two accounts.
        list(Staff.objects.select_for_update().filter(pk=self.staff_id))

    def check(self) -> None:
        super().check()
        require(bool(self.username.strip()), "username", _("Give the account a user name."))
        fit = len(self.username) <= LONGEST_NAME and USERNAME.fullmatch(self.username) is not None
        require(fit, "username", _("A user name has letters, digits and @ . + - _ only."))
        taken = User.objects.filter(username=self.username).exists()
        require(not taken, "taken", _("There is already an account of this name."))
        if self.user is not None and self.staff_id:
            known = Staff.objects.filter(pk=self.staff_id).exists()
            require(known, "no_staff", _("The bank names no member of staff of this number."))
        check_one_account(self.staff_id)
        require(
            self.user is None or not (self.is_service and self.password),
            "service",
            _("A service account has no password; it comes in by token."),
        )
        if self.user is not None and self.password:
            require_good(self.password, self.person)

    def execute(self) -> None:
        self.person.set_password(self.password)
        self.person.save()


def check_one_account(staff_id: str) -> None:
    """A person has one account, else what must be apart could come together; who has left has none."""
    twice = bool(staff_id) and User.objects.filter(staff_id=staff_id, is_active=True).exists()
    require(not twice, "staff", _("This member of staff has an account already."))
    left = bool(staff_id) and Staff.objects.filter(pk=staff_id, left_on__lte=timezone.localdate()).exists()
    require(not left, "left", _("This member of staff has left the bank."))


def require_good(password: str, person: User) -> None:
    """Refuses a password that the rules do not hold for good."""
    try:
        validate_password(password, person)
    except ValidationError as problem:
        require(False, "password", " ".join(problem.messages))


@dataclass
class OnAccount(Action):
    """An action on somebody's account."""

    user: User | None
    person: User
    why: str = ""
    function = MANAGE_PEOPLE
    object_type = "user"

    @property
    def unit_id(self) -> str | None:
        return self.person.unit_id

    @property
    def touched(self) -> User:
        return self.person

    @property
    def reason(self) -> str:
        return self.why

    def lock(self) -> None:
        self.person.refresh_from_db(from_queryset=User.objects.select_for_update())

    def check(self) -> None:
        super().check()
        require(
            self.user is None or self.user.pk != self.person.pk,
            "himself",
            _("Nobody administers himself."),
            who=True,
        )


class Deactivate(OnAccount):
    """The account no longer lets anybody in; its roles end, and open work goes back."""

    name = "deactivate"

    def check(self) -> None:
        super().check()
        require(self.person.is_active, "inactive", _("The account is inactive already."))
        require(bool(self.why.strip()), "why", _("Say why."))

    def execute(self) -> None:
        self.person.is_active = False
        self.person.save(update_fields=["is_active"])
        end_all_roles(self.user, self.person, self.why)


class Reactivate(OnAccount):
    """The account lets its person in again; roles are given anew."""

    name = "reactivate"

    def lock(self) -> None:
        super().lock()
        list(Staff.objects.select_for_update().filter(pk=self.person.staff_id))

    def check(self) -> None:
        super().check()
        require(not self.person.is_active, "active", _("The account is active already."))
        require(bool(self.why.strip()), "why", _("Say why."))
        check_one_account(self.person.staff_id)

    def execute(self) -> None:
        self.person.is_active = True
        self.person.save(update_fields=["is_active"])


@dataclass
class SetPassword(OnAccount):
    """A new password, which its person is told, and changes at once; sessions end with the old one."""

    password: str = ""
    name = "set_password"

    def check(self) -> None:
        super().check()
        require(self.person.is_active, "inactive", _("The account is inactive."))
        require(
            not self.person.is_service,
            "service",
            _("A service account has no password; it comes in by token."),
        )
        require(bool(self.why.strip()), "why", _("Say why."))
        require_good(self.password, self.person)

    def execute(self) -> None:
        self.person.set_password(self.password)
        self.person.must_change_password = True
        self.person.save(update_fields=["password", "must_change_password"])


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


def create_user(
    *,
    username: str,
    password: str | None,
    display_name: str,
    staff_id: str,
    unit: Unit | None = None,
    must_change_password: bool = False,
) -> User:
    """A new account, made by the operator of the machine."""
    action = CreateAccount(
        None,
        username,
        display_name,
        unit,
        password,
        staff_id,
        must_change_password=must_change_password,
    )
    return do(action).person


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
