"""Exposure as tables: units and tellers, each with counts and the nine measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.exposure.measures import shown
from riskloop.exposure.report import TellerExposure, UnitExposure
from riskloop.models.labels import code_name

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PER = 10_000
"""RR is events, and RER score, in so many items of online volume."""

_NUMBER = {"th": {"class": "num"}, "td": {"class": "num"}}
_ZERO = '<span class="zero">{}</span>'


def _counted(value: int) -> str | SafeString:
    return f"{value:,}" if value else format_html(_ZERO, 0)


class _Figure(tables.Column):
    """A number of a row's measures; the first click sorts the largest first."""

    def __init__(self, name: StrOrPromise, measure: str) -> None:
        super().__init__(
            verbose_name=name, accessor=f"measures__{measure}", initial_sort_descending=True, attrs=_NUMBER
        )


class _Count(_Figure):
    """A whole number."""

    def render(self, value: int) -> str | SafeString:
        return _counted(value)


class _Events(_Figure):
    """A number of events, which leads to them."""

    def __init__(self, name: StrOrPromise, outcome: str) -> None:
        super().__init__(name, f"{outcome}_events")
        self.outcome = outcome

    def render(self, value: int, **row: Any) -> str | SafeString:
        count = _counted(value)
        url = row["table"].events_url(row["record"], self.outcome) if value else None
        return format_html('<a href="{}">{}</a>', url, count) if url else count


class _Ratio(_Figure):
    """A measure to two decimals; an undefined one is the table's dash."""

    def __init__(self, name: StrOrPromise, measure: str, per: int = 1) -> None:
        super().__init__(name, measure)
        self.per = per

    def render(self, value: Fraction) -> str | SafeString:
        return f"{shown(value, self.per):,}" if value else format_html(_ZERO, 0)


class ExposureTable(tables.Table):
    """The columns that units and tellers share, under the headings of `GROUPS`. Highest RER first."""

    volume = _Count(_("Online volume"), "volume")
    internal_events = _Events(_("Internal"), "internal")
    external_events = _Events(_("External"), "external")
    rr = _Ratio(_("Total"), "rr", PER)
    irr = _Ratio(_("Internal"), "irr", PER)
    err = _Ratio(_("External"), "err", PER)
    degree = _Ratio(_("Total"), "degree")
    ird = _Ratio(_("Internal"), "ird")
    erd = _Ratio(_("External"), "erd")
    rer = _Ratio(_("Total"), "rer", PER)
    irer = _Ratio(_("Internal"), "irer", PER)
    erer = _Ratio(_("External"), "erer", PER)

    groups = (
        (3, ""),
        (2, _("Events")),
        (3, _("Risk ratio (RR), per 10,000")),
        (3, _("Risk degree")),
        (3, _("Exposure (RER), per 10,000")),
    )
    """Headings over the columns: how many each spans."""

    hx_target = "#exposure"

    class Meta:
        attrs: ClassVar = {"class": "table table-hover card-table exposure"}
        template_name = "exposure/table.html"

    def __init__(self, rows: Sequence[Any], first: dt.date, last: dt.date, **kwargs: Any) -> None:
        super().__init__(rows, **kwargs)
        self.period = {"first": first, "last": last}

    def events_url(self, record: Any, outcome: str) -> str | None:
        """The queue, narrowed to the events that a number counts."""
        subject = self.queue_of(record)
        if subject is None:
            return None
        found = subject | self.period | {"outcome": outcome, "withdrawn": "no"}
        return f"{reverse('events')}?{urlencode(found)}"

    def queue_of(self, record: Any) -> dict[str, str] | None:
        """How the queue is narrowed to a row; None where it cannot be."""
        raise NotImplementedError


class UnitTable(ExposureTable):
    """Units, each with all below it."""

    unit = tables.Column(_("Unit"), accessor="path", empty_values=())
    level = tables.Column(_("Level"), attrs={"td": {"class": "tight"}}, empty_values=())

    class Meta(ExposureTable.Meta):
        sequence = ("unit", "level", "...")
        order_by = ("-rer",)
        empty_text = _("No such unit within your reach.")

    def render_unit(self, record: UnitExposure) -> SafeString:
        name = record.name or _("not known to the bank")
        return format_html('{} <span class="code muted">{}</span>', name, record.unit_id)

    def render_level(self, value: str) -> str:
        return code_name("level", value).in_language(get_language()) if value else "—"

    def queue_of(self, record: UnitExposure) -> dict[str, str] | None:
        return {"unit": record.unit_id} if record.name else None


class TellerTable(ExposureTable):
    """Tellers, each with his own volume."""

    teller = tables.Column(_("Teller"), accessor="teller_id", empty_values=())
    unit = tables.Column(_("Unit"), accessor="unit_name")

    class Meta(ExposureTable.Meta):
        sequence = ("teller", "unit", "...")
        order_by = ("-rer",)
        empty_text = _("No teller has volume or events in this period.")

    def render_teller(self, record: TellerExposure) -> SafeString:
        return format_html('{} <span class="code muted">{}</span>', record.name, record.teller_id)

    def queue_of(self, record: TellerExposure) -> dict[str, str] | None:
        return {"text": record.teller_id}
