"""The operations on accounts: given, ended, and the roles of their people."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Schema

from riskloop.organisation.account_actions import CreateAccount, Deactivate, Reactivate, SetEmail
from riskloop.organisation.action import do
from riskloop.organisation.assignment_actions import AssignRole, EndRole
from riskloop.organisation.functions import MANAGE_PEOPLE
from riskloop.organisation.lifecycle import joiners
from riskloop.organisation.models import RoleAssignment, Staff, Unit, User
from riskloop.organisation.operations import (
    Id,
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    WhyIn,
    Words,
    day_of,
    paged,
    signed_in,
)
from riskloop.organisation.role_scope import roles_seen_by
from riskloop.organisation.scope import units_of, within

router = Operations(tags=["people"])


class AssignmentOut(Schema):
    """A role over a unit and all below it, from a day to a day, both included."""

    id: int
    role: str
    unit_id: str
    from_on: dt.date
    to_on: dt.date | None


class PersonOut(Schema):
    """An account with the roles that run or are to come."""

    id: int
    username: str
    name: str
    staff_id: str
    unit_id: str | None
    is_active: bool
    is_service: bool
    roles: list[AssignmentOut]


class EmailIn(Schema):
    email: Annotated[str, Field(max_length=254)] = ""
    why: Words = ""


class PersonIn(Schema):
    """A new account. A service account has no password; of a member of staff the unit is his own."""

    username: Annotated[str, Field(min_length=1, max_length=150)]
    name: Annotated[str, Field(max_length=200)] = ""
    unit_id: Id
    staff_id: Annotated[str, Field(max_length=64)] = ""
    password: Annotated[str, Field(max_length=200)] | None = None
    is_service: bool = False


class RoleIn(Schema):
    """A role over a unit and all below it; from today unless another day is given."""

    role: Id
    unit_id: Id
    from_on: dt.date | None = None
    to_on: dt.date | None = None
    why: Words = ""


class JoinerOut(Schema):
    """A member of staff without an account."""

    staff_id: str
    name: str
    post: str
    unit_id: str | None


@router.reads("/people", MANAGE_PEOPLE, answers=Page[PersonOut])
def list_people(
    request: HttpRequest, text: str = "", limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Accounts within reach, by user name. `text` is part of the user name or of the name."""
    people = _people(signed_in(request)).order_by("username")
    if text:
        people = people.filter(username__icontains=text) | people.filter(display_name__icontains=text)
    return paged(people.prefetch_related("assignments"), limit, offset, _person)


@router.reads("/people/{person_id}", MANAGE_PEOPLE, answers=PersonOut)
def get_person(request: HttpRequest, person_id: Number) -> PersonOut:
    """One account."""
    return _person(_one(signed_in(request), person_id))


@router.does("/people", MANAGE_PEOPLE, answers=PersonOut)
def create_person(request: HttpRequest, given: PersonIn) -> PersonOut:
    """Gives an account. Without a role yet."""
    user = signed_in(request)
    unit = _unit(user, given.unit_id)
    if given.staff_id:
        get_object_or_404(Staff.objects.filter(within(user, MANAGE_PEOPLE)), pk=given.staff_id)
    action = CreateAccount(
        user,
        given.username.strip(),
        given.name,
        unit,
        given.password,
        given.staff_id,
        given.is_service,
    )
    return _person(do(action).person)


@router.does("/people/{person_id}/deactivate", MANAGE_PEOPLE, answers=PersonOut)
def deactivate(request: HttpRequest, person_id: Number, given: WhyIn) -> PersonOut:
    """Closes an account. Its roles and tokens end, open work goes back."""
    user = signed_in(request)
    return _person(do(Deactivate(user, _one(user, person_id), given.why)).person)


@router.does("/people/{person_id}/email", MANAGE_PEOPLE, answers=PersonOut)
def set_email(request: HttpRequest, person_id: Number, given: EmailIn) -> PersonOut:
    """Sets the address to which the person's notices go. None where it is empty."""
    user = signed_in(request)
    return _person(do(SetEmail(user, _one(user, person_id), given.why, given.email)).person)


@router.does("/people/{person_id}/reactivate", MANAGE_PEOPLE, answers=PersonOut)
def reactivate(request: HttpRequest, person_id: Number, given: WhyIn) -> PersonOut:
    """Opens a closed account again. Without the roles it had."""
    user = signed_in(request)
    return _person(do(Reactivate(user, _one(user, person_id), given.why)).person)


@router.does("/people/{person_id}/roles", MANAGE_PEOPLE, answers=PersonOut)
def assign_role(request: HttpRequest, person_id: Number, given: RoleIn) -> PersonOut:
    """Gives a role over a unit and all below it."""
    user = signed_in(request)
    person = _one(user, person_id)
    role = get_object_or_404(roles_seen_by(user), pk=given.role)
    today = timezone.localdate()
    from_on = day_of("from_on", given.from_on, today)
    to_on = None if given.to_on is None else day_of("to_on", given.to_on, today)
    do(AssignRole(user, person, role, _unit(user, given.unit_id), from_on, to_on, given.why))
    return _person(person)


@router.does("/people/{person_id}/roles/{assignment_id}/end", MANAGE_PEOPLE, answers=PersonOut)
def end_role(request: HttpRequest, person_id: Number, assignment_id: Number, given: WhyIn) -> PersonOut:
    """Ends a role at once. Open work goes back."""
    user = signed_in(request)
    person = _one(user, person_id)
    held = get_object_or_404(RoleAssignment.objects.filter(user=person), pk=assignment_id)
    do(EndRole(user, held, given.why))
    return _person(person)


@router.reads("/joiners", MANAGE_PEOPLE, answers=Page[JoinerOut])
def list_joiners(request: HttpRequest, limit: Limit = 100, offset: Offset = 0) -> dict[str, Any]:
    """Members of staff within reach who have no account yet."""
    rows = joiners().filter(within(signed_in(request), MANAGE_PEOPLE))
    return paged(rows, limit, offset, _joiner)


def _people(user: User) -> QuerySet[User]:
    return User.objects.filter(within(user, MANAGE_PEOPLE))


def _one(user: User, person_id: int) -> User:
    return get_object_or_404(_people(user), pk=person_id)


def _unit(user: User, unit_id: str) -> Unit:
    return get_object_or_404(units_of(user, MANAGE_PEOPLE), pk=unit_id)


def _person(person: User) -> PersonOut:
    today = timezone.localdate()
    held = [h for h in person.assignments.all() if h.to_on is None or h.to_on >= today]
    return PersonOut(
        id=person.pk,
        username=person.username,
        name=str(person),
        staff_id=person.staff_id,
        unit_id=person.unit_id,
        is_active=person.is_active,
        is_service=person.is_service,
        roles=[
            AssignmentOut(id=h.pk, role=h.role_id, unit_id=h.unit_id, from_on=h.from_on, to_on=h.to_on)
            for h in sorted(held, key=lambda h: (h.from_on, h.pk))
        ],
    )


def _joiner(staff: Staff) -> JoinerOut:
    return JoinerOut(staff_id=staff.staff_id, name=staff.name, post=staff.post, unit_id=staff.unit_id)
