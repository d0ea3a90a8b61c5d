"""Giving people accounts, and taking them back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.organisation.action import Action, do, require
from riskloop.organisation.assignment_actions import end_all_roles
from riskloop.organisation.functions import MANAGE_PEOPLE
from riskloop.organisation.models import Staff, Unit, User

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
class SetEmail(OnAccount):
    """The address to which the person's notices go; none: they stand on the pages alone."""

    email: str = ""
    name = "set_email"

    def check(self) -> None:
        super().check()
        require(not self.person.is_service, "service", _("A service account is told nothing."))
        if self.email:
            try:
                validate_email(self.email)
            except ValidationError as problem:
                require(False, "email", " ".join(problem.messages))

    def execute(self) -> None:
        self.person.email = self.email
        self.person.save(update_fields=["email"])


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
