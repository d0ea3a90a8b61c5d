"""Taking over what the bank's tables say of units and people.

What they said is kept apart from what is true: a change by hand stays until the tables themselves say
something new, and a feed that repeats itself says nothing new.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from riskloop.organisation.models import Fed
from riskloop.organisation.models.dated import Source, Version
from riskloop.organisation.timeline import ALWAYS, set_from

_BATCH = 2000

State = Mapping[str, Any]


def feed(kind: type[Version], day: dt.date, states: Mapping[str, State]) -> int:
    """Takes over what the tables say from a day on; returns how many things changed.

    A delivery that comes late is true until the next one that is known; one that only repeated itself leaves
    no trace and is overruled until the tables come again.
    """
    said = _last_fed(kind, day)
    known = set(kind._default_manager.values_list(kind.KEY, flat=True).distinct())
    told = {key: state for key, state in states.items() if said.get(key) != _plain(state)}
    new = [
        kind(**{kind.KEY: key}, valid_from=_since(state, day, first=not known), source=Source.FEED, **state)
        for key, state in told.items()
        if key not in known
    ]
    kind._default_manager.bulk_create(new, batch_size=_BATCH)
    later = _next_fed(kind, day)
    changed = sum(
        set_from(kind, key, day, _news(said.get(key), state), Source.FEED, later.get(key)) is not None
        for key, state in told.items()
        if key in known
    )
    _keep(kind, day, told)
    return len(new) + changed


def _news(said: State | None, state: State) -> dict[str, Any]:
    plain = _plain(state)
    return {name: v for name, v in state.items() if said is None or said.get(name) != plain[name]}


def _plain(state: State) -> dict[str, Any]:
    """As JSON keeps it."""
    return {name: v.isoformat() if isinstance(v, dt.date) else v for name, v in state.items()}


def _since(state: State, day: dt.date, *, first: bool) -> dt.date:
    """From when a new thing is true: what the first delivery names was there always."""
    began = state.get("opened_on") or state.get("joined_on") or day
    return ALWAYS if first else min(began, day)


def _last_fed(kind: type[Version], day: dt.date) -> dict[str, dict[str, Any]]:
    lines = Fed.objects.filter(kind=kind._meta.model_name, since__lte=day).order_by("since")
    # Later words overwrite earlier ones.
    return dict(lines.values_list("key", "state").iterator(_BATCH))


def _next_fed(kind: type[Version], day: dt.date) -> dict[str, dt.date]:
    lines = Fed.objects.filter(kind=kind._meta.model_name, since__gt=day).order_by("-since")
    return dict(lines.values_list("key", "since").iterator(_BATCH))


def _keep(kind: type[Version], day: dt.date, told: Mapping[str, State]) -> None:
    name = str(kind._meta.model_name)
    Fed.objects.bulk_create(
        [Fed(kind=name, key=key, since=day, state=_plain(state)) for key, state in told.items()],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["kind", "key", "since"],
        update_fields=["state"],
    )
