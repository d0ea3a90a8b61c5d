"""What somebody wrote into a form that came too late: shown once more where the page has no place for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from riskloop.loop.forms import EventForm


@dataclass(frozen=True)
class Unsent:
    """A form that was not accepted: what it was for, and what was written, by the labels of its fields."""

    title: Any
    written: Sequence[tuple[Any, str]]


def unsent(given: EventForm | None, shown: Iterable[EventForm]) -> Unsent | None:
    """What was written into `given`; None where nothing was, or the page shows the form itself again.

    Args:
        given: the form that was sent and not accepted.
        shown: the forms that the page has.
    """
    if given is None or any(form is given for form in shown):
        return None
    written = [
        (bound.label, str(bound.value()).strip())
        for bound in given
        if isinstance(bound.field, forms.CharField) and str(bound.value() or "").strip()
    ]
    return Unsent(given.title, written) if written else None
