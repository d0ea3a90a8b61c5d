"""The organisation's operations: who one is, the functions there are, units and staff on any day."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Schema

from riskloop.organisation import timeline
from riskloop.organisation.action import do
from riskloop.organisation.functions import CHANGE_ORGANISATION, FUNCTIONS, READ_ORGANISATION
from riskloop.organisation.models import StaffVersion, TellerVersion, UnitVersion, User
from riskloop.organisation.models.dated import on
from riskloop.organisation.operations import (
    Id,
    Label,
    Limit,
    Offset,
    Operations,
    Page,
    Words,
    day_of,
    label,
    paged,
    signed_in,
)
from riskloop.organisation.scope import authority_of, narrowing, roles_of, units_of
from riskloop.organisation.unit_actions import (
    CloseUnit,
    MergeUnit,
    MoveUnit,
    OpenUnit,
    RenameUnit,
    UnitChange,
)
from riskloop.organisation.unit_scope import out_of_reach, to_come_within

router = Operations(tags=["organisation"])
Name = Annotated[str, Field(min_length=1, max_length=200)]


class FunctionOut(Schema):
    """Something that a role, and a token, may be allowed."""

    code: str
    name: Label


class HeldRole(Schema):
    """A role that one holds over a unit and all below it."""

    role: str
    name: Label
    unit_id: str
    unit_name: str


class Me(Schema):
    """Who asks, and what he may do by the way he came: `token_until` where he came by token."""

    id: int
    username: str
    name: str
    staff_id: str
    unit_id: str | None
    is_service: bool
    roles: list[HeldRole]
    functions: list[str]
    token_until: dt.datetime | None


class UnitOut(Schema):
    """A unit as it stood on a day. `valid_to` (excluded) is null while the state lasts."""

    unit_id: str
    name: str
    level: str
    parent_id: str | None
    opened_on: dt.date | None
    closed_on: dt.date | None
    merged_into: str | None
    valid_from: dt.date
    valid_to: dt.date | None
    source: str


class UnitDetail(UnitOut):
    """A unit with all its states, the oldest first."""

    versions: list[UnitOut]


class StaffOut(Schema):
    staff_id: str
    name: str
    post: str
    unit_id: str | None
    joined_on: dt.date | None
    left_on: dt.date | None


class TellerOut(Schema):
    """A teller's number and the person behind it."""

    teller_id: str
    staff_id: str | None
    unit_id: str | None


class ChangeIn(Schema):
    """From which day on, and why."""

    day: dt.date
    why: Words


class OpenUnitIn(ChangeIn):
    """A new unit below one that is there. `level` is one of the five."""

    unit_id: Id
    name: Name
    level: str
    parent_id: Id


class RenameIn(ChangeIn):
    name: Name


class MoveIn(ChangeIn):
    parent_id: Id


class MergeIn(ChangeIn):
    into: Id


@router.reads("/me", answers=Me)
def me(request: HttpRequest) -> Me:
    """Who one is. With roles, the functions that one has here, and where."""
    user = signed_in(request)
    narrow = narrowing()
    return Me(
        id=user.pk,
        username=user.username,
        name=str(user),
        staff_id=user.staff_id,
        unit_id=user.unit_id,
        is_service=user.is_service,
        roles=[
            HeldRole(role=h.role_id, name=label(h.role.name), unit_id=h.unit_id, unit_name=h.unit.name)
            for h in roles_of(user)
        ],
        functions=sorted(authority_of(user).functions),
        token_until=narrow.until if narrow else None,
    )


@router.reads("/functions", answers=list[FunctionOut])
def list_functions(request: HttpRequest) -> list[FunctionOut]:  # noqa: ARG001 — ninja's form
    """The functions that there are."""
    return [FunctionOut(code=f.code, name=label(f.name)) for f in FUNCTIONS.values()]


@router.reads("/units", READ_ORGANISATION, answers=Page[UnitOut])
def list_units(
    request: HttpRequest, day: dt.date | None = None, limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Units within reach that stood open on a day. Today unless another is given."""
    reach = _reach(signed_in(request), READ_ORGANISATION)
    there = timeline.units_as_of(day_of("day", day, timezone.localdate()))
    return paged([v for v in there if v.unit_id in reach], limit, offset, _unit)


@router.reads("/units/{unit_id}", READ_ORGANISATION, answers=UnitDetail)
def get_unit(request: HttpRequest, unit_id: str, day: dt.date | None = None) -> UnitDetail:
    """One unit as it stood on a day, with all its states."""
    _require_reach(signed_in(request), READ_ORGANISATION, unit_id)
    return _detail(unit_id, day_of("day", day, timezone.localdate()))


def _detail(unit_id: str, day: dt.date) -> UnitDetail:
    versions = list(UnitVersion.objects.filter(unit_id=unit_id).order_by("valid_from"))
    there = [v for v in versions if v.valid_from <= day and (v.valid_to is None or v.valid_to > day)]
    if not there:
        raise Http404
    return UnitDetail(**_unit(there[0]).dict(), versions=[_unit(v) for v in versions])


@router.reads("/units/{unit_id}/staff", READ_ORGANISATION, answers=Page[StaffOut])
def list_staff(
    request: HttpRequest, unit_id: str, day: dt.date | None = None, limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Who belonged to a unit on a day."""
    _require_reach(signed_in(request), READ_ORGANISATION, unit_id)
    there = timeline.staff_as_of(day_of("day", day, timezone.localdate()), [unit_id])
    return paged(there, limit, offset, _staff)


@router.reads("/units/{unit_id}/tellers", READ_ORGANISATION, answers=Page[TellerOut])
def list_tellers(
    request: HttpRequest, unit_id: str, day: dt.date | None = None, limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """The tellers' numbers of a unit on a day."""
    _require_reach(signed_in(request), READ_ORGANISATION, unit_id)
    then = on(day_of("day", day, timezone.localdate()))
    return paged(
        TellerVersion.objects.filter(then, unit_id=unit_id).order_by("teller_id"), limit, offset, _teller
    )


@router.does("/units", CHANGE_ORGANISATION, answers=UnitDetail)
def open_unit(request: HttpRequest, given: OpenUnitIn) -> UnitDetail:
    """Opens a new unit."""
    user = signed_in(request)
    _require_reach(user, CHANGE_ORGANISATION, given.parent_id)
    return _changed(
        OpenUnit(user, given.unit_id, _day(given), given.why, given.name, given.level, given.parent_id)
    )


@router.does("/units/{unit_id}/rename", CHANGE_ORGANISATION, answers=UnitDetail)
def rename_unit(request: HttpRequest, unit_id: str, given: RenameIn) -> UnitDetail:
    """Gives a unit another name."""
    user = signed_in(request)
    _require_reach(user, CHANGE_ORGANISATION, unit_id)
    return _changed(RenameUnit(user, unit_id, _day(given), given.why, given.name))


@router.does("/units/{unit_id}/move", CHANGE_ORGANISATION, answers=UnitDetail)
def move_unit(request: HttpRequest, unit_id: str, given: MoveIn) -> UnitDetail:
    """Moves a unit, with all below it, to another."""
    user = signed_in(request)
    _require_reach(user, CHANGE_ORGANISATION, unit_id, given.parent_id)
    return _changed(MoveUnit(user, unit_id, _day(given), given.why, given.parent_id))


@router.does("/units/{unit_id}/close", CHANGE_ORGANISATION, answers=UnitDetail)
def close_unit(request: HttpRequest, unit_id: str, given: ChangeIn) -> UnitDetail:
    """Closes a unit below which nothing is open."""
    user = signed_in(request)
    _require_reach(user, CHANGE_ORGANISATION, unit_id)
    return _changed(CloseUnit(user, unit_id, _day(given), given.why))


@router.does("/units/{unit_id}/merge", CHANGE_ORGANISATION, answers=UnitDetail)
def merge_unit(request: HttpRequest, unit_id: str, given: MergeIn) -> UnitDetail:
    """Merges a unit into another of its level."""
    user = signed_in(request)
    _require_reach(user, CHANGE_ORGANISATION, unit_id, given.into)
    return _changed(MergeUnit(user, unit_id, _day(given), given.why, given.into))


def _changed(change: UnitChange) -> UnitDetail:
    return _detail(do(change).changed, change.day)


def _day(given: ChangeIn) -> dt.date:
    return day_of("day", given.day, given.day)


def _reach(user: User, function: str) -> set[str]:
    reached = set(units_of(user, function).values_list("unit_id", flat=True))
    return reached | to_come_within(user, function)


def _require_reach(user: User, function: str, *unit_ids: str) -> None:
    """Of a unit beyond one's reach there is nothing, as of one that the bank does not know."""
    if out_of_reach(user, function, unit_ids):
        raise Http404


def _unit(version: UnitVersion) -> UnitOut:
    return UnitOut(
        unit_id=version.unit_id,
        name=version.name,
        level=version.level,
        parent_id=version.parent_id,
        opened_on=version.opened_on,
        closed_on=version.closed_on,
        merged_into=version.merged_into_id,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        source=version.source,
    )


def _staff(version: StaffVersion) -> StaffOut:
    return StaffOut(
        staff_id=version.staff_id,
        name=version.name,
        post=version.post,
        unit_id=version.unit_id,
        joined_on=version.joined_on,
        left_on=version.left_on,
    )


def _teller(version: TellerVersion) -> TellerOut:
    return TellerOut(teller_id=version.teller_id, staff_id=version.staff_id, unit_id=version.unit_id)
