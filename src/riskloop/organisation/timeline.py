"""Units and people over time: what is true from a day on, and who belonged where on any day.

The states of a thing follow each other without a gap. What is so today is also drawn into one row a thing
(`Unit`, `Staff`, `Teller`), which everything else points to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from riskloop.organisation.models import (
    Staff,
    StaffVersion,
    Teller,
    TellerVersion,
    Unit,
    UnitVersion,
)
from riskloop.organisation.models.dated import Version, on

_BATCH = 2000
ALWAYS = dt.date(1900, 1, 1)
"""From when the oldest state of a thing is taken to be true: nothing is known of before."""

V = TypeVar("V", bound=Version)


def state_of(version: Version) -> dict[str, Any]:
    """What a version says, without its dates."""
    return {name: getattr(version, name) for name in version.STATE}


def set_from(
    kind: type[V], key: str, day: dt.date, state: Mapping[str, Any], source: str, until: dt.date | None = None
) -> V | None:
    """Makes a state true from a day on; None when it is so already.

    A field stays so until it is changed once more: what a later state says otherwise than before, stands.

    Args:
        state: the fields that change; the others stay as they were on the day.
        until: from this day on all is as it was (None: from no day on).
    """
    there = list(kind._default_manager.filter(**{kind.KEY: key}).order_by("valid_from"))
    at = next((v for v in there if v.valid_from <= day and (v.valid_to is None or v.valid_to > day)), None)
    if at is None:
        first = there[0].valid_from if there else None
        made = kind(**{kind.KEY: key}, valid_from=day, valid_to=first, source=source)
        _write(made, dict(state))
        return made
    before = state_of(at)
    news = {name: value for name, value in state.items() if before[name] != value}
    if not news:
        return None
    if at.valid_from < day:
        at = _split(at, day)
    at.source = source
    _carry([at, *(v for v in there if v.valid_from > day)], before, news, until)
    return at


def _carry(versions: list[V], before: dict[str, Any], news: dict[str, Any], until: dt.date | None) -> None:
    """Writes the new values into states that follow each other, each field as long as it was as before."""
    for version in versions:
        news = {name: value for name, value in news.items() if getattr(version, name) == before[name]}
        if not news or (until is not None and version.valid_from >= until):
            return
        if until is not None and (version.valid_to is None or version.valid_to > until):
            _split(version, until)
        _write(version, news)


def _write(version: Version, state: Mapping[str, Any]) -> None:
    for name, value in state.items():
        setattr(version, name, value)
    version.save()


def _split(version: V, day: dt.date) -> V:
    """Ends a state on a day; returns what goes on from there, the same so far."""
    tail = type(version)(
        **{version.KEY: getattr(version, version.KEY)},
        valid_from=day,
        valid_to=version.valid_to,
        source=version.source,
        **state_of(version),
    )
    # The open state is closed before a new one opens: the database lets no two be open at once.
    version.valid_to = day
    version.save(update_fields=["valid_to"])
    tail.save()
    return tail


# ── today ──


def settle(today: dt.date | None = None) -> None:
    """Draws the rows of today from what is true today; run after each change, and once a day."""
    day = today or timezone.localdate()
    settle_units(day)
    _draw(Staff, StaffVersion.objects.filter(on(day)), StaffVersion)
    _draw(Teller, TellerVersion.objects.filter(on(day)), TellerVersion)


def settle_units(today: dt.date | None = None) -> None:
    """The units alone: after a change of units by hand."""
    day = today or timezone.localdate()
    versions = {v.unit_id: v for v in UnitVersion.objects.filter(on(day))}
    parents = {unit_id: v.parent_id for unit_id, v in versions.items()}
    now = {u.unit_id: u for u in Unit.objects.all()}
    rows = [
        Unit(unit_id=unit_id, path=path_of(unit_id, parents), **_known_parent(state_of(v), parents))
        for unit_id, v in versions.items()
    ]
    _upsert(Unit, [row for row in rows if _differs(now.get(row.pk), row)], [*UnitVersion.STATE, "path"])


def _known_parent(state: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    return state | {"parent_id": state["parent_id"] if state["parent_id"] in known else None}


def _draw(kind: type[models.Model], versions: Iterable[Version], of: type[Version]) -> None:
    now = {row.pk: row for row in kind._default_manager.all()}
    rows = [kind(pk=getattr(v, of.KEY), **state_of(v)) for v in versions]
    _upsert(kind, [row for row in rows if _differs(now.get(row.pk), row)], of.STATE)


def _differs(there: models.Model | None, row: models.Model) -> bool:
    names = [f.attname for f in row._meta.concrete_fields]
    return there is None or any(getattr(there, n) != getattr(row, n) for n in names)


def _upsert(kind: type[models.Model], rows: list[Any], columns: Iterable[str]) -> None:
    fields = [kind._meta.get_field(c.removesuffix("_id") if _is_key(kind, c) else c).name for c in columns]
    kind._default_manager.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=[kind._meta.pk.name],  # pyright: ignore[reportOptionalMemberAccess]
        update_fields=fields,
    )


def _is_key(kind: type[models.Model], column: str) -> bool:
    return any(f.is_relation and f.attname == column for f in kind._meta.concrete_fields)


def path_of(unit_id: str, parents: Mapping[str, str | None]) -> str:
    """The ids from the root down to the unit. An unknown parent makes a root of its child; a unit that
    is its own ancestor is cut off where the circle closes.
    """
    path = [unit_id]
    parent = parents[unit_id]
    while parent is not None and parent in parents and parent not in path:
        path.append(parent)
        parent = parents[parent]
    return "/".join(reversed(path))


_settled: list[dt.date] = []
_settling = Lock()


def settle_once_a_day() -> None:
    """Draws today's rows with the first request of a day: a change may have been dated ahead."""
    today = timezone.localdate()
    if _settled == [today]:
        return
    # Of those who come at once one draws, and the others wait: of a large bank it takes seconds.
    with _settling:
        if _settled != [today]:
            settle(today)
            _settled[:] = [today]


# ── any day ──


def unit_as_of(unit_id: str, day: dt.date) -> UnitVersion | None:
    """How the unit stood on a day; None if it was not known yet."""
    return UnitVersion.objects.filter(on(day), unit_id=unit_id).first()


def path_as_of(unit_id: str, day: dt.date) -> list[str]:
    """The numbers from the root of that day down to the unit; one query a level."""
    path = [unit_id]
    here = unit_as_of(unit_id, day)
    while here is not None and here.parent_id is not None and here.parent_id not in path:
        here = unit_as_of(here.parent_id, day)
        if here is not None:
            path.append(here.unit_id)
    return path[::-1]


def children_as_of(unit_id: str, day: dt.date) -> QuerySet[UnitVersion]:
    """The units that stood open directly below on a day, by number."""
    return open_on(day).filter(parent_id=unit_id).order_by("unit_id")


def open_on(day: dt.date) -> QuerySet[UnitVersion]:
    """The states of that day of the units that did business on it."""
    began = Q(opened_on=None) | Q(opened_on__lte=day)
    return UnitVersion.objects.filter(on(day), began, Q(closed_on=None) | Q(closed_on__gt=day))


def units_as_of(day: dt.date, below: str | None = None) -> list[UnitVersion]:
    """The units that stood open on a day, with their names and parents of that day, in the order of the tree.

    Args:
        below: only this unit and what belonged to it, directly or through others, on that day.
    """
    versions = {v.unit_id: v for v in UnitVersion.objects.filter(on(day))}
    parents = {unit_id: v.parent_id for unit_id, v in versions.items()}
    paths = {unit_id: path_of(unit_id, parents) for unit_id in versions}
    chosen = [
        v
        for unit_id, v in versions.items()
        if is_open(v, day) and (below is None or below in paths[unit_id].split("/"))
    ]
    return sorted(chosen, key=lambda v: paths[v.unit_id])


def is_open(version: UnitVersion, day: dt.date) -> bool:
    """Whether a unit of this state does business on the day."""
    return (version.opened_on is None or version.opened_on <= day) and (
        version.closed_on is None or version.closed_on > day
    )


def staff_as_of(day: dt.date, unit_ids: Iterable[str]) -> list[StaffVersion]:
    """Who belonged to these units on a day, by number."""
    there = Q(joined_on=None) | Q(joined_on__lte=day)
    still = Q(left_on=None) | Q(left_on__gt=day)
    return list(
        StaffVersion.objects.filter(on(day), there, still, unit_id__in=list(unit_ids)).order_by("staff_id")
    )


def tellers_as_of(day: dt.date, unit_id: str) -> QuerySet[TellerVersion]:
    """The tellers' numbers of a unit on a day."""
    return TellerVersion.objects.filter(on(day), unit_id=unit_id).order_by("teller_id")


def merged_from(unit_id: str, day: dt.date) -> QuerySet[UnitVersion]:
    """The units that live on in this one, as they stood on a day."""
    return UnitVersion.objects.filter(on(day), merged_into_id=unit_id).order_by("unit_id")


def staff_member_as_of(staff_id: str, day: dt.date) -> StaffVersion | None:
    """Where a person belonged on a day; None if he was not known yet."""
    return StaffVersion.objects.filter(on(day), staff_id=staff_id).first()


def teller_as_of(teller_id: str, day: dt.date) -> TellerVersion | None:
    """Who was behind a teller's number on a day."""
    return TellerVersion.objects.filter(on(day), teller_id=teller_id).first()


def successor_of(unit_id: str) -> str:
    """The unit that a merged one lives on in, through all later mergers; itself if it was never merged."""
    into = dict(Unit.objects.exclude(merged_into=None).values_list("unit_id", "merged_into_id"))
    seen = {unit_id}
    while (later := into.get(unit_id)) is not None and later not in seen:
        seen.add(later)
        unit_id = later
    return unit_id
