"""Samples for inspection as their readers see them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.exposure.measures import Measures
from riskloop.exposure.models import Chosen, InspectionSample, SampledRow
from riskloop.exposure.names import MEASURE_NAMES
from riskloop.organisation.functions import READ_EXPOSURE
from riskloop.organisation.scope import Person, within

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ORDER_NAMES: Mapping[str, StrOrPromise] = {
    **MEASURE_NAMES,
    "key": gettext_lazy("Its number"),
    "estimate": gettext_lazy("Estimate of the risk ratio"),
}
"""What rows are put in order by, in words."""


def samples_of(reader: Person) -> QuerySet[InspectionSample]:
    """The samples of the units whose exposure he reads, the newest first."""
    found = InspectionSample.objects.filter(within(reader, READ_EXPOSURE))
    return (
        found.select_related("unit", "made_by", "marked_by")
        .annotate(row_count=Count("rows"))
        .order_by("-made_at", "-pk")
    )


def measures_of(row: SampledRow) -> Measures:
    """The figures as they were when the sample was made."""
    return Measures(
        row.volume or 0,
        row.internal_events,
        row.external_events,
        Fraction(row.internal_score),
        Fraction(row.external_score),
        row.controllable_events,
        Fraction(row.controllable_score),
        row.volume is None,
    )


def order_of(sample: InspectionSample) -> str:
    """By what the list was in order."""
    name = str(ORDER_NAMES.get(sample.order.removeprefix("-"), sample.order))
    pattern = (
        _("%(measure)s, highest first") if sample.order.startswith("-") else _("%(measure)s, lowest first")
    )
    return pattern % {"measure": name}


def choice_of(sample: InspectionSample, number: int) -> str:
    """How its rows were chosen: "The first 10 of 211, by Exposure (RER), highest first"."""
    given = {"number": number, "total": sample.total, "order": order_of(sample)}
    patterns = {
        str(Chosen.ROWS): _("%(number)s ticked of %(total)s, in the order: %(order)s"),
        str(Chosen.FIRST): _("the first %(number)s of %(total)s, in the order: %(order)s"),
        str(Chosen.HIGHER): _("the %(number)s of %(total)s that are higher than their peers"),
    }
    return patterns[sample.chosen] % given
