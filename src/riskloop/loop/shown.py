"""How values are written for people, wherever they are: on a page, on paper, in a document."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from riskloop.bank.subjects import ENTRIES, fact_of
from riskloop.bank.tables import TABLES
from riskloop.bank.text import Text
from riskloop.loop.models import QuasiEvent
from riskloop.models import labels
from riskloop.models.catalogue import catalogue
from riskloop.organisation.models import User

NOTHING = "—"
FEN = Decimal("0.01")
AN_ID = re.compile(r"0\d+|\d{13,}")
"""Digits that are no quantity: a leading zero, or more of them than an amount has."""


def read(text: Text | None) -> str:
    """A bilingual text in the reader's language."""
    return "" if text is None else text.in_language(get_language())


def model_name(code: str) -> str:
    """A model's name; a retired one, no longer in the catalogue, is known by its code."""
    model = catalogue().get(code)
    return code if model is None else read(model.name)


def subject_kind(event: QuasiEvent) -> str:
    """What kind of thing the event is about; a fact of a table other than the journal bears its table."""
    table, _key = fact_of(event.subject_id)
    kind = event.subject_kind
    found = labels.SUBJECT_NAMES.get(kind) if table == ENTRIES else labels.TABLE_NAMES.get(table)
    return (kind if table == ENTRIES else table) if found is None else read(found)


def table_name(table: str) -> str:
    """What a canonical table is called."""
    return read(labels.TABLE_NAMES[table]) if table in labels.TABLE_NAMES else table


def money(value: Any) -> str:
    """Two decimals and thousands separators: 1,234,567.80."""
    return NOTHING if value is None else f"{Decimal(value).quantize(FEN):,}"


def number(value: Any) -> str:
    """Thousands separators, and no more decimals than the value has."""
    if value is None:
        return NOTHING
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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


def moment(at: dt.datetime | None) -> str:
    """A moment in the bank's time, to the minute."""
    return NOTHING if at is None else localtime(at).strftime("%Y-%m-%d %H:%M")


def by(person: User | None, at: dt.datetime | None) -> str:
    """Who did something, and when."""
    return f"{person or NOTHING} {moment(at)}"


def heading(table: str, column: str) -> str:
    """The label of a column of a canonical table."""
    return read(labels.column_name(table, column))


def cell(table: str, column: str, given: Any) -> str:
    """One cell of a canonical row as people read it; ids keep every digit as it is."""
    known = TABLES[table].by_name.get(column) if table in TABLES else None
    if given is None or given == "":
        return NOTHING
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
