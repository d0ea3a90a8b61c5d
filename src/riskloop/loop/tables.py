"""The queue as a table: its columns and how each sorts; `loop/queue_table.html` draws the cells."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from riskloop.loop.models import QuasiEvent
from riskloop.loop.models.catalogues import rank_of_grade

# A day may have thousands of events: the last word of every order is the key, so that pages do not overlap.
NEWEST = ("-booked_on", "pk")


def ranked(events: QuerySet[QuasiEvent]) -> QuerySet[QuasiEvent]:
    """With `rank`, so that the gravest grade sorts first: its codes are words."""
    return events.annotate(rank=rank_of_grade())


def bundled(events: QuerySet[QuasiEvent]) -> QuerySet[QuasiEvent]:
    """With `bundle_size`: how many events their bundle has; null for one alone."""
    together = QuasiEvent.objects.filter(bundle=OuterRef("bundle")).order_by().values("bundle")
    return events.annotate(bundle_size=Subquery(together.annotate(size=Count("pk")).values("size")))


def _column(name: Any, *order: str, number: bool = False) -> tables.Column:
    attrs = {"th": {"class": "num"}} if number else {}
    return tables.Column(verbose_name=name, order_by=order, attrs=attrs, empty_values=())


class EventTable(tables.Table):
    """One row an event; a row opens its event. The gravest and newest come first unless asked otherwise."""

    hx_target = "#queue"

    grade = _column(_("Grade"), "rank", "booked_on", "pk")
    booked_on = _column(_("Business day"), "booked_on", "pk")
    model = _column(_("Model"), "model", *NEWEST)
    subject = _column(_("Subject"), "subject_kind", "subject_id", "pk")
    unit = _column(_("Unit"), "unit_id", *NEWEST)
    amount = _column(_("Amount, CNY"), "amount", "pk", number=True)
    state = _column(_("State"), "state", *NEWEST)
    # Computed for the rows of a page: the database knows what is overdue, but no date to sort by.
    due = tables.Column(verbose_name=_("Due by"), orderable=False, empty_values=())
    assignee = _column(_("Assignee"), "assignee__display_name", *NEWEST)

    class Meta:
        attrs: ClassVar = {"class": "table table-hover card-table queue", "data-rows": "yes"}
        empty_text = _("Nothing here with these filters.")
        order_by = ("-grade",)
