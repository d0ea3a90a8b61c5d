"""What somebody wrote into a form that came too late: shown once more where the page has no place for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from riskloop.loop.forms import EventForm
from riskloop.loop.offers import Offer


@dataclass(frozen=True)
class Unsent:
    """A form that was not accepted: what it was for, and what was written, by the labels of its fields."""

    title: Any
    written: Sequence[tuple[Any, str]]


def unsent(given: EventForm | None, offered: Iterable[Offer]) -> Unsent | None:
    """What was written into `given`; None where nothing was, or the page shows the form itself again."""
    if given is None or any(offer.form is given and offer.possible.allowed for offer in offered):
        return None
    written = [
        (bound.label, str(bound.value()).strip())
        for bound in given
        if isinstance(bound.field, forms.CharField) and str(bound.value() or "").strip()
    ]
    return Unsent(given.title, written) if written else None
