"""Hits that share an object on a day are one bundle: shown, graded and handled together, each hit kept."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q

from riskloop.loop import history
from riskloop.loop.grades import features_for_key_attention, grade_of_model, grade_together
from riskloop.loop.models import EvidenceRow, QuasiEvent, State
from riskloop.loop.states import IN_HAND
from riskloop.organisation.models import History

Object = tuple[str, str]
K = TypeVar("K", bound=Hashable)
UNCONCLUDED = (State.NEW, *IN_HAND)


@transaction.atomic
def bundle_day(day: dt.date) -> None:
    """Joins the events with a hit on `day` into bundles, and grades those that nobody has concluded.

    Run again it changes nothing. An event keeps a bundle that it is in already, so that a situation that
    goes on stays with the hits it was first seen with.
    """
    hit_that_day = Q(booked_on=day) | Q(continuations__booked_on=day, continuations__withdrawn_on=None)
    events = list(
        QuasiEvent.objects.filter(hit_that_day, withdrawn_on=None)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    # A join with continuations may name an event twice.
    together = _components(list({e.pk: e for e in events}.values()))
    lines = [line for group in together for line in _join(group, day)]
    changed = [event for group in together for event in group]
    QuasiEvent.objects.bulk_update(changed, ["bundle", "grade"], batch_size=1000)
    history.record(lines)


def _join(group: Sequence[QuasiEvent], day: dt.date) -> Iterable[History]:
    """Gives the events of one group their bundle and grade; a line for each that changed."""
    kept = sorted(e.bundle for e in group if e.bundle is not None)
    bundle: uuid.UUID | None = None
    if len(group) > 1:
        bundle = kept[0] if kept else group[0].pk
    by_model = {code: grade_of_model(code, day) for code in {e.model for e in group}}
    needed = features_for_key_attention(day)
    for event in group:
        before = history.noted(event)
        event.bundle = event.bundle if bundle is None else bundle
        if event.state in UNCONCLUDED:
            event.grade = grade_together(by_model[event.model], by_model.values(), len(by_model), needed)
        old, new = history.difference(before, history.noted(event))
        if new:
            yield history.line("bundled", event, before=old, after=new)


def grade_by_models(event: QuasiEvent) -> str:
    """The grade that the models give an event with its bundle, whatever people determined since."""
    day = event.booked_on
    codes = {event.model}
    if event.bundle is not None:
        together = QuasiEvent.objects.filter(bundle=event.bundle, withdrawn_on=None)
        codes |= set(together.values_list("model", flat=True).distinct())
    by_model = {code: grade_of_model(code, day) for code in codes}
    return grade_together(
        by_model[event.model], by_model.values(), len(by_model), features_for_key_attention(day)
    )


def _components(events: Sequence[QuasiEvent]) -> list[list[QuasiEvent]]:
    """The events in groups in which each shares an object with another; those that share none, alone."""
    by_id, objects = {e.pk: e for e in events}, _objects(events)
    return [[by_id[pk] for pk in sorted(group)] for group in groups({e.pk: objects[e.pk] for e in events})]


def groups(objects: Mapping[K, Collection[Object]]) -> list[list[K]]:
    """What shares an object, directly or through others, by the objects of each; what shares none, alone."""
    holders: Mapping[Object, list[K]] = defaultdict(list)
    for one, things in objects.items():
        for thing in things:
            holders[thing].append(one)
    found: list[list[K]] = []
    seen: set[K] = set()
    for one in objects:
        if one in seen:
            continue
        reached, waiting = {one}, [one]
        while waiting:
            near = {other for thing in objects[waiting.pop()] for other in holders[thing]} - reached
            reached |= near
            waiting += near
        seen |= reached
        found.append(list(reached))
    return found


def objects_of(hit: Mapping[str, Any], customers_accounts: Collection[str]) -> set[Object]:
    """What a hit is about: its subject, its entries, its customers and their accounts.

    The bank's own accounts and its tellers do not count: half of a day's business passes through them, and
    would join what has nothing in common.
    """
    return {
        (hit["subject_kind"], hit["subject_id"]),
        *(("entry", i) for i in hit["entry_ids"]),
        *(("customer", i) for i in hit["customer_ids"]),
        *(("account", i) for i in hit["account_ids"] if i in customers_accounts),
    }


def _objects(events: Sequence[QuasiEvent]) -> dict[uuid.UUID, set[Object]]:
    customers_accounts = set(
        EvidenceRow.objects.filter(event__in=events, table="accounts")
        .exclude(row__customer_id=None)
        .values_list("row__account_id", flat=True)
    )
    return {e.pk: objects_of(vars(e), customers_accounts) for e in events}
