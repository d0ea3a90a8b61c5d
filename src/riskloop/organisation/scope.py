"""Who may do what, and how far it reaches.

A person's authority is what his running assignments allow: each gives the functions that its role has at the
level of its unit, over that unit and all below it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Generator, Hashable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from riskloop.organisation.models import RoleAssignment, Teller, Unit, User
from riskloop.organisation.models.roles import running_on
from riskloop.organisation.roles import functions_in_force

T = TypeVar("T")
Person = AbstractBaseUser | AnonymousUser
"""Whoever asks: `request.user`."""


@dataclass(frozen=True)
class Grant:
    """One assignment: the role, the unit with its path, and what it allows there and below."""

    role: str
    unit_id: str
    path: str
    functions: frozenset[str]

    @property
    def whole_tree(self) -> bool:
        """Whether the unit is a root: such a reader also sees what belongs to no known unit."""
        return "/" not in self.path

    def reaches(self, path: str) -> bool:
        return path == self.path or path.startswith(f"{self.path}/")


@dataclass(frozen=True)
class Authority:
    """All that a person may do today."""

    grants: tuple[Grant, ...]

    def having(self, functions: Collection[str]) -> list[Grant]:
        """The grants with any of these functions."""
        return [g for g in self.grants if not g.functions.isdisjoint(functions)]

    def role_for(self, function: str, path: str | None) -> str | None:
        """The role by which he may do this in the unit at `path` (None: in no known unit)."""
        for grant in self.having((function,)):
            if grant.whole_tree if path is None else grant.reaches(path):
                return grant.role
        return None

    @property
    def functions(self) -> frozenset[str]:
        return frozenset[str]().union(*(g.functions for g in self.grants))


@dataclass
class _Kept:
    """What was looked up for one answer: authorities by account, paths by unit, and whatever else."""

    authorities: dict[int, Authority] = field(default_factory=dict[int, Authority])
    paths: dict[str, str | None] = field(default_factory=dict[str, str | None])
    others: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any])


_kept: ContextVar[_Kept | None] = ContextVar("kept", default=None)


@contextmanager
def kept_authority() -> Generator[None]:
    """Within it each person's authority is looked up once: for the time of one answer."""
    token = _kept.set(_Kept())
    try:
        yield
    finally:
        _kept.reset(token)


@dataclass(frozen=True)
class Narrowing:
    """What a token leaves of its person's authority, and until when it is valid."""

    user_id: int
    functions: frozenset[str]
    until: dt.datetime


_narrowing: ContextVar[Narrowing | None] = ContextVar("narrowing", default=None)


@contextmanager
def narrowed_to(narrowing: Narrowing) -> Generator[None]:
    """Within it the person of a token has only those of his functions that the token carries."""
    token = _narrowing.set(narrowing)
    try:
        yield
    finally:
        _narrowing.reset(token)


def narrowing() -> Narrowing | None:
    """Of the token by which somebody came; None where he came without."""
    return _narrowing.get()


def authority_of(user: Person) -> Authority:
    """What the person may do today, by the token he came with. Two queries, or none where it is kept."""
    if not isinstance(user, User) or not user.is_active:
        return Authority(())
    kept = _kept.get()
    if kept is None:
        return _looked_up(user)
    if user.pk not in kept.authorities:
        kept.authorities[user.pk] = _looked_up(user)
    return kept.authorities[user.pk]


def forget(user: User) -> None:
    """What was kept of the person is no longer true."""
    kept = _kept.get()
    if kept is not None:
        kept.authorities.pop(user.pk, None)
        kept.paths.clear()
        kept.others.clear()


def once(key: Hashable, look_up: Callable[[], T]) -> T:
    """What a page asks again and again: looked up once for one answer, and anew after an action."""
    kept = _kept.get()
    if kept is None:
        return look_up()
    if key not in kept.others:
        kept.others[key] = look_up()
    return kept.others[key]


def _looked_up(user: User) -> Authority:
    held = roles_of(user)
    if not held:
        return Authority(())
    # Of all roles, not of his alone: pages that name other people ask for them, too.
    allowed = _functions()
    whole = Authority(
        tuple(
            Grant(
                one.role_id,
                one.unit_id,
                one.unit.path,
                allowed.get((one.role_id, one.unit.level), frozenset()),
            )
            for one in held
        )
    )
    # Of other people, such as the owner of a measure, the token says nothing.
    narrow = _narrowing.get()
    return whole if narrow is None or narrow.user_id != user.pk else _narrowed(whole, narrow.functions)


def _narrowed(whole: Authority, functions: frozenset[str]) -> Authority:
    return Authority(tuple(replace(g, functions=g.functions & functions) for g in whole.grants))


def running() -> QuerySet[RoleAssignment]:
    """The assignments that run today."""
    return RoleAssignment.objects.filter(running_on(timezone.localdate()))


def roles_of(user: Person) -> list[RoleAssignment]:
    """The person's running assignments with their units and roles, in the order of the roles."""
    if not isinstance(user, User):
        return []
    held = running().filter(user_id=user.pk).select_related("unit", "role")
    return once(("roles", user.pk), lambda: list(held.order_by("role_id", "unit__path")))


def holds(user: Person, function: str) -> bool:
    """Whether he may do this anywhere."""
    return bool(authority_of(user).having((function,)))


def may(user: Person, function: str, unit_id: str | None) -> bool:
    """Whether he may do this in the unit; of no known unit, whether his role reaches a whole tree."""
    return acting_role(user, function, unit_id) is not None


def acting_role(user: Person, function: str, unit_id: str | None) -> str | None:
    """The role by which he may do this in the unit; None if by none."""
    return authority_of(user).role_for(function, _path_of(unit_id) if unit_id else None)


def knows(unit: Unit | None) -> None:
    """Where the unit stands need not be looked up any more in this answer: it was fetched with something."""
    kept = _kept.get()
    if kept is not None and unit is not None:
        kept.paths[unit.pk] = unit.path


def _path_of(unit_id: str) -> str | None:
    kept = _kept.get()
    if kept is None:
        return Unit.objects.filter(pk=unit_id).values_list("path", flat=True).first()
    if unit_id not in kept.paths:
        kept.paths[unit_id] = Unit.objects.filter(pk=unit_id).values_list("path", flat=True).first()
    return kept.paths[unit_id]


def units_of(user: Person, *functions: str) -> QuerySet[Unit]:
    """The units where he may do any of these things; without functions, all that his roles reach."""
    authority = authority_of(user)
    grants = authority.having(functions) if functions else authority.grants
    return Unit.objects.filter(_below({g.path for g in grants}))


def below(unit: Unit) -> QuerySet[Unit]:
    """The unit and all below it."""
    return Unit.objects.filter(_below({unit.path}))


def _below(paths: Collection[str]) -> Q:
    reach = Q(pk__in=[])
    for path in paths:
        reach |= Q(path=path) | Q(path__startswith=f"{path}/")
    return reach


def within(user: Person, *functions: str, field: str = "unit_id") -> Q:
    """The condition on a `unit_id` column: rows of the units where he may do any of these things.

    Whose role reaches a whole tree also has the rows of units that the bank does not know.
    """
    grants = authority_of(user).having(functions)
    if reaches_every_tree(grants):
        # Said so that it can also be excluded, which an empty condition cannot.
        return Q(pk__isnull=False)
    reach = Q(**{f"{field}__in": Unit.objects.filter(_below({g.path for g in grants})).values("unit_id")})
    if any(g.whole_tree for g in grants):
        reach |= Q(**{f"{field}__isnull": True}) | ~Q(**{f"{field}__in": Unit.objects.values("unit_id")})
    return reach


def reaches_every_tree(grants: Collection[Grant]) -> bool:
    """Whether all roots are among them, as the head office's is in a bank whose units hang together."""
    reached = {g.unit_id for g in grants if g.whole_tree}
    return bool(reached) and _roots() <= reached


def _roots() -> frozenset[str]:
    return once("roots", lambda: frozenset(Unit.objects.filter(parent=None).values_list("pk", flat=True)))


def _functions() -> Mapping[tuple[str, str], frozenset[str]]:
    """By role and level what it may do today."""
    return once("functions", lambda: functions_in_force(timezone.localdate()))


def people_who_may(function: str, unit_id: str | None) -> QuerySet[User]:
    """The active people for whom `may` holds."""
    return User.objects.filter(pk__in=_held(function, unit_id).values("user_id"))


def _held(function: str, unit_id: str | None) -> QuerySet[RoleAssignment]:
    """The roles held by active people that allow the function for the unit."""
    held = _holding(function)
    path = _path_of(unit_id) if unit_id else None
    if path is None:
        return held.filter(unit__parent=None)
    steps = path.split("/")
    return held.filter(unit__path__in=["/".join(steps[:n]) for n in range(1, len(steps) + 1)])


def _holding(function: str) -> QuerySet[RoleAssignment]:
    """The roles of active people that allow the function where they hold them."""
    able = [pair for pair, functions in _functions().items() if function in functions]
    return running().filter(_role_at_level(able), user__is_active=True)


def units_above_with(function: str, unit_id: str | None) -> QuerySet[Unit]:
    """The unit and those above it in which somebody holds the function, the highest first."""
    return Unit.objects.filter(pk__in=_held(function, unit_id).values("unit_id")).order_by("path")


def nearest_who_may(function: str, unit_id: str | None) -> QuerySet[User]:
    """Of `people_who_may` those who hold it lowest above the unit: whose turn it is first."""
    held = _held(function, unit_id)
    paths = held.values_list("unit__path", flat=True)
    lowest = max(paths, key=len, default="")
    return User.objects.filter(pk__in=held.filter(unit__path=lowest).values("user_id"))


def nearness(function: str, unit_id: str | None) -> dict[int, int]:
    """Of `people_who_may` by account how near above the unit they hold it: the number of levels down."""
    held = _held(function, unit_id).values_list("user_id", "unit__path")
    found: dict[int, int] = {}
    for user_id, path in held:
        found[user_id] = max(found.get(user_id, 0), path.count("/"))
    return found


def people_in(function: str, units: QuerySet[Unit]) -> QuerySet[User]:
    """The active people who hold the function in one of these units."""
    return User.objects.filter(pk__in=_holding(function).filter(unit__in=units).values("user_id"))


def _role_at_level(pairs: Collection[tuple[str, str]]) -> Q:
    found = Q(pk__in=[])
    for role, level in pairs:
        found |= Q(role_id=role, unit__level=level)
    return found


def tellers_of(user: Person) -> set[str]:
    """The teller numbers of the person behind an account."""
    if not isinstance(user, User) or not user.staff_id:
        return set()
    return set(Teller.objects.filter(staff_id=user.staff_id).values_list("teller_id", flat=True))
