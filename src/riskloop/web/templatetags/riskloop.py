"""How values look on a page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, SupportsFloat

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, to_locale

from riskloop.bank.tables import TABLES
from riskloop.detection.drift import ColumnDrift, mean_of, nulls_of
from riskloop.loop import shown
from riskloop.loop.deadlines import Clock, Mark
from riskloop.loop.models import Outcome, QuasiEvent, State
from riskloop.loop.shown import NOTHING, heading, model_name, moment, money, number, read, subject_kind, value
from riskloop.models import labels
from riskloop.models.api import Text
from riskloop.organisation.masking import masked_subject

register = template.Library()
for _form in (read, money, number, value, moment, model_name, subject_kind):
    register.filter(_form)
register.simple_tag(heading)
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "state": dict(State.choices),
    "outcome": dict(Outcome.choices),
    "mark": {Mark.WARNING: gettext_lazy("due soon"), Mark.OVERDUE: gettext_lazy("overdue")},
    "run": {
        "done": gettext_lazy("Done"),
        "failed": gettext_lazy("Failed"),
        "not_applicable": gettext_lazy("Not applicable"),
        "missing": gettext_lazy("Not run"),
        "stale": gettext_lazy("To be run again"),
    },
    "station": {
        "new": gettext_lazy("found, nobody has it yet"),
        "assigned": gettext_lazy("in discrimination"),
        "suspected": gettext_lazy("in determination"),
        "rated": gettext_lazy("awaits a second person"),
        "determined": gettext_lazy("risk event, in remedy"),
        "excluded": gettext_lazy("no event"),
        "closed": gettext_lazy("remedied and verified"),
    },
}
THOUSAND, TEN_THOUSAND = 1000, 10_000
LEAST_SHOWN, LEAST_TENTH = 0.001, 0.05


@register.filter
def language_tag(code: str) -> str:
    """Django's language code as HTML's `lang` wants it: zh-hans → zh-Hans."""
    return to_locale(code).replace("_", "-")


@register.filter
def named(code: str, kind: str) -> str:
    """The reader's word for a code of one kind: `{{ model.grade|named:"grade" }}`."""
    if kind in CHOICES:
        return str(CHOICES[kind].get(code, code))
    names: Mapping[str, Mapping[str, Text]] = {
        "category": labels.CATEGORY_NAMES,
        "handling": labels.HANDLING_NAMES,
        "grade": labels.GRADE_NAMES,
        "subject": labels.SUBJECT_NAMES,
        "measure": labels.MEASURE_NAMES,
        "table": labels.TABLE_NAMES,
        "level": labels.CODE_NAMES["level"],
    }
    found = names[kind].get(code)
    return code if found is None else read(found)


@register.filter
def subject_key(event: QuasiEvent) -> str:
    """The subject's id as people know it, without the table's name before it; a customer's number masked."""
    return masked_subject(event.subject_kind, event.subject_id)


@register.filter
def percent(share: SupportsFloat) -> str:
    """A share of 1 as per cent, to one decimal."""
    return f"{float(share) * 100:.1f} %"


@register.filter
def chance(share: float) -> str:
    """How often chance alone brings something: 4.2 %, and very small ones as "less than"."""
    return percent(share) if share >= LEAST_SHOWN else f"< {percent(LEAST_SHOWN)}"


@register.filter
def tenths(quantity: float) -> str:
    """One decimal; what is there and less than that is not written as nothing."""
    return "< 0.1" if 0 < quantity < LEAST_TENTH else f"{quantity:,.1f}"


@register.filter
def middling(column: ColumnDrift, side: str) -> str:
    """The mean of a column of numbers or days, in the `week` or the `usual` weeks."""
    mean = mean_of(getattr(column, side)) if column.way in {"number", "day"} else None
    return NOTHING if mean is None else f"{mean:,.2f}"


@register.filter
def nulls(column: ColumnDrift, side: str) -> str:
    """The share of a column that is empty, in the `week` or the `usual` weeks."""
    share = nulls_of(getattr(column, side))
    return NOTHING if share is None else percent(share)


@register.filter
def short(value: int) -> str:
    """A count in a narrow cell: 87, 1.2k, 34k."""
    if value < THOUSAND:
        return str(value)
    return f"{value / THOUSAND:.1f}k" if value < TEN_THOUSAND else f"{value // THOUSAND}k"


@register.simple_tag
def cell(table: str, column: str, given: Any) -> str | SafeString:
    """One cell of a canonical row as people read it; where nothing is, that is said more quietly."""
    if given is None or given == "":
        return format_html('<span class="zero">{}</span>', NOTHING)
    return shown.cell(table, column, given)


@register.simple_tag
def cell_class(table: str, column: str) -> str:
    """Numbers to the right, ids in one width, days unbroken."""
    known = TABLES[table].by_name.get(column) if table in TABLES else None
    kind = known.kind if known else "text"
    return {
        "money": "num",
        "signed_money": "num",
        "int": "num",
        "id": "code tight",
        "date": "tight",
        "time": "tight",
        "flag": "tight",
    }.get(kind, "tight" if known and known.codes else "")


@register.simple_tag
def head_class(table: str, column: str) -> str:
    """A heading stands over its cells: to the right over numbers."""
    return "num" if cell_class(table, column) == "num" else "tight"


@register.simple_tag
def due(clock: Clock, event: QuasiEvent) -> str | SafeString:
    """The day by which an event is to be taken on, marked where it is near or past."""
    found = clock.of(event)
    if found is None:
        return format_html('<span class="zero">{}</span>', NOTHING)
    day = found.on.isoformat()
    if not found.mark:
        return day
    return format_html(
        '<span class="due-{}" title="{}">{}</span>', found.mark, named(found.mark, "mark"), day
    )


@register.filter
def tag(code: str, kind: str) -> SafeString:
    """The reader's word for a code, in the code's colour: `{{ event.grade|tag:"grade" }}`."""
    return _tag(code, kind, get_language())


@lru_cache(maxsize=1024)
def _tag(code: str, kind: str, _language: str | None) -> SafeString:
    # A page of the queue says a handful of words fifty times over.
    return format_html('<span class="word word-{}">{}</span>', code, named(code, kind))
