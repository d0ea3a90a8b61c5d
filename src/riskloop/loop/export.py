"""The queue as a file: the same rows in the same order, masked as on the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import get_language, gettext_lazy

from riskloop.bank.subjects import ENTRIES, fact_of
from riskloop.bank.text import Text
from riskloop.loop.models import QuasiEvent
from riskloop.models import labels
from riskloop.models.catalogue import catalogue
from riskloop.organisation.masking import masked_subject

AT_MOST = 50_000
"""Rows of one file: who needs more narrows the queue down."""
BOM = "\ufeff"
"""By it Excel knows that the file is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula."""


def _model_name(event: QuasiEvent) -> str:
    model = catalogue().get(event.model)
    return event.model if model is None else model.name.in_language(get_language())


def _subject_kind(event: QuasiEvent) -> str:
    table, _key = fact_of(event.subject_id)
    found: Text | None = (
        labels.SUBJECT_NAMES.get(event.subject_kind) if table == ENTRIES else labels.TABLE_NAMES.get(table)
    )
    return event.subject_kind if found is None else found.in_language(get_language())


COLUMNS: tuple[tuple[Any, Callable[[QuasiEvent], Any]], ...] = (
    (gettext_lazy("Grade"), lambda e: e.get_grade_display()),  # pyright: ignore[reportAttributeAccessIssue]
    (gettext_lazy("Business day"), lambda e: e.booked_on),
    (gettext_lazy("Last hit"), lambda e: e.last_on),
    (gettext_lazy("Model"), lambda e: e.model),
    (gettext_lazy("Name of the model"), _model_name),
    (gettext_lazy("Kind of subject"), _subject_kind),
    (gettext_lazy("Subject"), lambda e: masked_subject(e.subject_kind, e.subject_id)),
    (gettext_lazy("Unit"), lambda e: e.unit_id),
    (gettext_lazy("Name of the unit"), lambda e: e.unit.name if e.unit else ""),
    (gettext_lazy("Amount, CNY"), lambda e: e.amount),
    (gettext_lazy("Facts behind it"), lambda e: e.count),
    (gettext_lazy("State"), lambda e: e.get_state_display()),  # pyright: ignore[reportAttributeAccessIssue]
    (gettext_lazy("Outcome"), lambda e: e.get_outcome_display()),  # pyright: ignore[reportAttributeAccessIssue]
    (gettext_lazy("Assignee"), lambda e: e.assignee),
    (gettext_lazy("Withdrawn on"), lambda e: e.withdrawn_on.date() if e.withdrawn_on else None),
)


def written(events: Iterable[QuasiEvent]) -> str:
    """The events as CSV with a heading, in the reader's language."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow([str(heading) for heading, _of in COLUMNS])
    for event in events:
        writer.writerow([safe(of(event)) for _heading, of in COLUMNS])
    return out.getvalue()


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
