"""What other values of a model would have changed: work gained and lost, and what past events became of it.

What people found out about a hit is known only where it became an event. A hit that the values in force
do not make is judged by nobody: it counts as unjudged, and never as a false alarm or a find.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.db.models import Q

from riskloop.bank.home import Home
from riskloop.detection.plan import Decisions
from riskloop.detection.run import Show
from riskloop.detection.whatif import Day, Question, days_of
from riskloop.governance.in_force import InForce
from riskloop.governance.what_if.results import Changed, Estimate, Key, Past, Share, WhatIf
from riskloop.loop.bundles import groups, objects_of
from riskloop.loop.models import Continuation, QuasiEvent
from riskloop.loop.pace import Pace, pace
from riskloop.models.catalogue import AnyModel

Name = tuple[str, str]
"""A hit of one day: its model and subject."""


def what_if(
    home: Home,
    asked: Question,
    first: dt.date | None,
    last: dt.date | None,
    show: Show,
    minutes: float | None = None,
) -> WhatIf:
    """Runs the model with every set of values and holds the hits against the events on record.

    For the operator of the machine, who sees everything.

    Args:
        minutes: how long one bundle takes; None: as the conclusions on record tell.

    Raises:
        BadInput: as `days_of`.
    """
    tried = list(zip(({}, *asked.alternatives), asked.decisions(InForce()), strict=True))
    return compare(home, asked.model, tried, first, last, show, minutes=minutes, swept=asked.swept)


def compare(
    home: Home,
    model: AnyModel,
    tried: Sequence[tuple[Mapping[str, Any], Decisions]],
    first: dt.date | None,
    last: dt.date | None,
    show: Show,
    *,
    minutes: float | None = None,
    swept: str = "",
    reach: Callable[[dt.date], frozenset[str]] | None = None,
) -> WhatIf:
    """The same for any decisions, each with the settings that it is called by; first what is in force.

    Args:
        reach: the units of a day outside of which nothing counts; None: the whole bank counts.
    """
    code = model.code
    estimates = [Estimate(settings) for settings, _decisions in tried]
    keys = [set[Key]() for _ in estimates]
    units: dict[Key, str] = {}
    days: list[dt.date] = []
    for day in days_of(home, model, [decisions for _settings, decisions in tried], first, last, show, reach):
        days.append(day.day)
        for hits, found in zip(day.hits, keys, strict=True):
            subjects, where = hits["subject_id"].to_pylist(), hits["unit_id"].to_pylist()
            for subject_id, unit_id in zip(subjects, where, strict=True):
                found.add((day.day, subject_id))
                units[day.day, subject_id] = unit_id or ""
        if model.handling == "itemised":
            _count_bundles(day, estimates)
    events = past_events(code, days[0], days[-1])
    if reach is not None:
        events = [event for event in events if event.unit_id in reach(event.booked_on)]
    for estimate, found in zip(estimates, keys, strict=True):
        hold_against(estimate, keys[0], found, events, units)
    known = Pace(minutes, 0, of_the_model=True) if minutes is not None else pace(code)
    return WhatIf(code, swept, days[0], days[-1], len(days), estimates[0], estimates[1:], known)


def past_events(model: str, first: dt.date, last: dt.date) -> list[Past]:
    """The model's events with a hit from `first` to `last`, whatever became of them, by day."""
    period = {"booked_on__range": (first, last), "withdrawn_on": None}
    later: dict[uuid.UUID, list[dt.date]] = {}
    extended = Continuation.objects.filter(event__model=model, event__withdrawn_on=None, **period)
    for pk, day in extended.values_list("event_id", "booked_on"):
        later.setdefault(pk, []).append(day)
    own = Q(**period) | Q(pk__in=extended.values("event"), withdrawn_on=None)
    columns = ("pk", "booked_on", "subject_id", "unit_id", "state", "outcome", "grade", "score")
    rows = QuasiEvent.objects.filter(own, model=model).order_by("booked_on", "pk").values_list(*columns)
    return [
        Past(
            pk=pk,
            booked_on=day,
            subject_id=subject_id,
            unit_id=unit_id or "",
            state=state,
            outcome=outcome,
            grade=grade,
            score=score,
            hits=frozenset((on, subject_id) for on in (day, *later.get(pk, ())) if first <= on <= last),
        )
        for pk, day, subject_id, unit_id, state, outcome, grade, score in rows
    ]


def hold_against(
    estimate: Estimate,
    in_force: set[Key],
    found: set[Key],
    events: Sequence[Past],
    units: Mapping[Key, str],
) -> None:
    """Fills in what differs between two sets of hits, and what became of it."""
    gained, lost = found - in_force, in_force - found
    fate_of = {key: event.fate for event in events for key in event.hits}
    estimate.hits, estimate.gained, estimate.lost = len(found), len(gained), len(lost)
    estimate.lost_by_fate = Counter(fate_of.get(key, "unjudged") for key in lost)
    estimate.unjudged = sum(key not in fate_of for key in found)
    by_unit: dict[str, Changed] = {}
    for key in gained:
        by_unit.setdefault(units[key], Changed()).gained += 1
    for key in lost:
        by_unit.setdefault(units[key], Changed()).lost += 1
    opened = [event for event in events if event.hits & in_force]
    left = [event for event in events if event.hits & found]
    still = {event.pk for event in left}
    for event in opened:
        if event.pk in still:
            continue
        changed = by_unit.setdefault(event.unit_id, Changed())
        if event.fate == "confirmed":
            estimate.missed.append(event)
            changed.missed += 1
        elif event.fate == "excluded":
            changed.saved += 1
    estimate.saved = sum(changed.saved for changed in by_unit.values())
    fates = Counter(event.fate for event in left)
    estimate.precision = Share(fates["confirmed"], fates["confirmed"] + fates["excluded"])
    estimate.recall = Share(fates["confirmed"], sum(event.fate == "confirmed" for event in events))
    estimate.by_unit = dict(sorted(by_unit.items()))


def _count_bundles(day: Day, estimates: Sequence[Estimate]) -> None:
    """The bundles of the day with each set of values."""
    names = [named(hits) for hits in day.hits]
    grouped = bundles_of(day)
    for estimate, after, own in zip(estimates, grouped, names, strict=True):
        estimate.bundles += len(after)
        estimate.bundles_gained += sum(group <= own - names[0] for group in after)
        estimate.bundles_lost += sum(group <= names[0] - own for group in grouped[0])


def named(hits: pa.Table) -> set[Name]:
    """By which hits are told apart within a day."""
    return set(zip(hits["model"].to_pylist(), hits["subject_id"].to_pylist(), strict=True))


def bundles_of(day: Day) -> list[list[set[Name]]]:
    """The bundles of the day with each of its sets of hits, joined as the loop joins the hits of a day."""
    sets = [hits.to_pylist() for hits in day.hits]
    listed = [*day.others, *(hit for hits in sets for hit in hits)]
    accounts = sorted({account for hit in listed for account in hit["account_ids"]})
    customers_accounts = day.accounts_of_customers(accounts)

    def objects(hits: Iterable[Mapping[str, Any]]) -> dict[Name, set[tuple[str, str]]]:
        return {(hit["model"], hit["subject_id"]): objects_of(hit, customers_accounts) for hit in hits}

    others = objects(day.others)
    return [_bundles(others, objects(hits)) for hits in sets]


def _bundles(*hits: Mapping[tuple[str, str], Iterable[tuple[str, str]]]) -> list[set[tuple[str, str]]]:
    """The groups of these hits. Only those with a hit of the model itself concern it, and all are counted."""
    together: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for some in hits:
        together |= {name: set(things) for name, things in some.items()}
    return [set(group) for group in groups(together)]
