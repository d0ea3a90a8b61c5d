"""Statistical models (统计分析类): counted by day, unit and teller, looked through, and where a person
finds something in a hit, opened as a finding of the loop."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet, Sum

from riskloop.loop.models import DailyStatistic
from riskloop.organisation.functions import READ_STATISTICS
from riskloop.organisation.models import Staff, Teller, Unit
from riskloop.organisation.scope import Person, authority_of, within

RANKED = 15


@dataclass(frozen=True)
class Ranked:
    """A unit or a teller with its hits of a period."""

    id: str
    name: str
    hits: int
    days: int
    amount: Decimal | None


@transaction.atomic
def record_statistics(day: dt.date, code: str, hits: Iterable[Mapping[str, Any]]) -> None:
    """Counts the hits of a model on a day, in place of what was counted before."""
    numbers: dict[tuple[str | None, str], int] = defaultdict(int)
    amounts: dict[tuple[str | None, str], Decimal] = {}
    for hit in hits:
        for teller_id in ("", *hit["teller_ids"]):
            key = hit["unit_id"], teller_id
            numbers[key] += 1
            if hit["amount"] is not None:
                amounts[key] = amounts.get(key, Decimal(0)) + hit["amount"]
    DailyStatistic.objects.filter(model=code, booked_on=day).delete()
    DailyStatistic.objects.bulk_create(
        (
            DailyStatistic(
                model=code,
                booked_on=day,
                unit_id=unit_id,
                teller_id=teller_id,
                hits=number,
                amount=amounts.get((unit_id, teller_id)),
            )
            for (unit_id, teller_id), number in numbers.items()
        ),
        batch_size=1000,
    )


def reaches_everything(user: Person) -> bool:
    """Whether a role of his reaches a whole tree: then he sees units too that the bank does not know."""
    return any(grant.whole_tree for grant in authority_of(user).having((READ_STATISTICS,)))


def statistics_for(user: Person) -> QuerySet[DailyStatistic]:
    """The one gate through which statistics reach a person: those of the units that his roles reach."""
    return DailyStatistic.objects.filter(within(user, READ_STATISTICS))


def newest_day(statistics: QuerySet[DailyStatistic]) -> dt.date | None:
    return statistics.aggregate(newest=Max("booked_on"))["newest"]


def below(unit_id: str) -> Q:
    """Statistics of a unit and all below it."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        return Q(unit_id=unit_id)
    return Q(unit__path=unit.path) | Q(unit__path__startswith=f"{unit.path}/")


def hits_by_day(statistics: QuerySet[DailyStatistic]) -> dict[dt.date, int]:
    """How many hits each day has, from lines of one teller or of none; days without any are left out."""
    return dict(statistics.values_list("booked_on").annotate(n=Sum("hits")).order_by("booked_on"))


def hits_by_model(statistics: QuerySet[DailyStatistic]) -> dict[str, int]:
    return dict(statistics.filter(teller_id="").values_list("model").annotate(n=Sum("hits")).order_by())


def units_ranked(statistics: QuerySet[DailyStatistic]) -> list[Ranked]:
    """The units with most hits, from lines of one teller or of none."""
    rows = (
        statistics.values("unit_id", "unit__name")
        .annotate(n=Sum("hits"), days=Count("booked_on", distinct=True), total=Sum("amount"))
        .order_by("-n", "unit_id")[:RANKED]
    )
    return [Ranked(r["unit_id"] or "", r["unit__name"] or "", r["n"], r["days"], r["total"]) for r in rows]


def tellers_ranked(statistics: QuerySet[DailyStatistic]) -> list[Ranked]:
    """The tellers with most hits, with the names of the people behind them."""
    rows = list(
        statistics.exclude(teller_id="")
        .values("teller_id")
        .annotate(n=Sum("hits"), days=Count("booked_on", distinct=True), total=Sum("amount"))
        .order_by("-n", "teller_id")[:RANKED]
    )
    tellers = Teller.objects.filter(pk__in=[r["teller_id"] for r in rows])
    people = dict(tellers.values_list("teller_id", "staff_id"))
    names = dict(Staff.objects.filter(pk__in=people.values()).values_list("staff_id", "name"))
    return [
        Ranked(r["teller_id"], names.get(people.get(r["teller_id"]) or "", ""), r["n"], r["days"], r["total"])
        for r in rows
    ]
