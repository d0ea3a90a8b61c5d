"""How values look on a page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from riskloop.bank.subjects import ENTRIES, fact_of
from riskloop.bank.tables import TABLES
from riskloop.loop.models import Outcome, QuasiEvent, State
from riskloop.models import labels
from riskloop.models.api import Text
from riskloop.models.catalogue import catalogue
from riskloop.organisation.masking import masked_subject

register = template.Library()
NOTHING = "—"
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "state": dict(State.choices),
    "outcome": dict(Outcome.choices),
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
    "measure_state": {
        "open": gettext_lazy("To be done"),
        "done": gettext_lazy("Done, to be verified"),
        "verified": gettext_lazy("Verified"),
    },
}
FEN = Decimal("0.01")
THOUSAND, TEN_THOUSAND = 1000, 10_000
AN_ID = re.compile(r"0\d+|\d{13,}")
"""Digits that are no quantity: a leading zero, or more of them than an amount has."""


@register.filter
def language_tag(code: str) -> str:
    """Django's language code as HTML's `lang` wants it: zh-hans → zh-Hans."""
    return to_locale(code).replace("_", "-")


@register.filter
def read(text: Text | None) -> str:
    """A bilingual text in the reader's language."""
    return "" if text is None else text.in_language(get_language())


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
def subject_kind(event: QuasiEvent) -> str:
    """What kind of thing the event is about; a fact of a table other than the journal bears its table."""
    table, _key = fact_of(event.subject_id)
    return named(event.subject_kind, "subject") if table == ENTRIES else named(table, "table")


@register.filter
def subject_key(event: QuasiEvent) -> str:
    """The subject's id as people know it, without the table's name before it; a customer's number masked."""
    return masked_subject(event.subject_kind, event.subject_id)


@register.filter
def model_name(code: str) -> str:
    """A model's name; a retired one, no longer in the catalogue, is known by its code."""
    model = catalogue().get(code)
    return code if model is None else read(model.name)


@register.filter
def money(value: Any) -> str:
    """Two decimals and thousands separators: 1,234,567.80."""
    return NOTHING if value is None else f"{Decimal(value).quantize(FEN):,}"


@register.filter
def number(value: Any) -> str:
    """Thousands separators, and no more decimals than the value has."""
    if value is None:
        return NOTHING
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def short(value: int) -> str:
    """A count in a narrow cell: 87, 1.2k, 34k."""
    if value < THOUSAND:
        return str(value)
    return f"{value / THOUSAND:.1f}k" if value < TEN_THOUSAND else f"{value // THOUSAND}k"


@register.filter
def value(given: Any) -> str:
    """A compared value as people read it, whatever it is: numbers are kept as text in JSON."""
    if given is None or given == "":
        return NOTHING
    if isinstance(given, bool):
        return _("yes") if given else _("no")
    if isinstance(given, list | tuple):
        # Text in a list is an id or a code, whatever its digits look like.
        return _(", ").join(_word(one) if isinstance(one, str) else value(one) for one in given) or NOTHING
    if isinstance(given, dt.datetime):
        return given.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(given, Decimal):
        return money(given)
    if isinstance(given, str) and AN_ID.fullmatch(given):
        return given
    try:
        return number(given)
    except (InvalidOperation, ValueError):
        return _word(str(given))


def _word(code: str) -> str:
    """The reader's word for a code of the bank's tables; any other text stays as it is."""
    return read(labels.WORDS[code]) if code in labels.WORDS else code


@register.filter
def moment(at: dt.datetime | None) -> str:
    """A moment in the bank's time, to the minute."""
    from django.utils.timezone import localtime

    return NOTHING if at is None else localtime(at).strftime("%Y-%m-%d %H:%M")


@register.simple_tag
def heading(table: str, column: str) -> str:
    """The label of a column of a canonical table."""
    return read(labels.column_name(table, column))


@register.simple_tag
def cell(table: str, column: str, given: Any) -> str | SafeString:
    """One cell of a canonical row as people read it; ids keep every digit as it is."""
    known = TABLES[table].by_name.get(column) if table in TABLES else None
    if given is None or given == "":
        return format_html('<span class="zero">{}</span>', NOTHING)
    kind = known.kind if known else "text"
    if kind in {"money", "signed_money"}:
        return money(given)
    if kind == "flag":
        return _("yes") if given in {True, "true", "True"} else _("no")
    if kind == "time":
        return str(given).replace("T", " ").split(".", maxsplit=1)[0]
    if kind == "int":
        return number(given)
    if known and known.codes:
        return read(labels.code_name(column, str(given)))
    return str(given)


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


@register.filter
def tag(code: str, kind: str) -> SafeString:
    """The reader's word for a code, in the code's colour: `{{ event.grade|tag:"grade" }}`."""
    return format_html('<span class="word word-{}">{}</span>', code, named(code, kind))
