"""What the reader of the exposure pages may choose."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.exposure.periods import Period, parse
from riskloop.exposure.report import newest_period
from riskloop.models.labels import CODE_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

FIRST, LAST = dt.date(1901, 1, 1), dt.date(2199, 12, 31)
"""Days that calendars, and the year before, can bear."""


def _levels() -> list[tuple[str, str]]:
    language = get_language()
    return [("", str(_("Directly below")))] + [
        (code, name.in_language(language)) for code, name in CODE_NAMES["level"].items()
    ]


def _day(label: StrOrPromise) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control form-control-sm"})
    return forms.DateField(label=label, widget=widget)


def _choice(label: StrOrPromise, choices: Any) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "form-select form-select-sm"})
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=widget)


VIEWS = (
    ("compared", _("Compared with before")),
    ("nine", _("The nine measures")),
    ("controllable", _("Controllable events")),
    ("peers", _("Beside its peers")),
)


class PeriodForm(forms.Form):
    """From which day to which, both included, which units, and which columns."""

    first = _day(_("From day"))
    last = _day(_("To day"))
    level = _choice(_("Units"), _levels)
    show = _choice(_("Columns"), VIEWS)

    def __init__(self, given: Mapping[str, str]) -> None:
        """`period`, as `periods.parse` reads it, stands for both days; without any, the newest month."""
        self.problem = ""
        days: dict[str, str] = {}
        if not (given.get("first") and given.get("last")):
            try:
                period = parse(given["period"]) if given.get("period") else newest_period()
                days = {"first": str(period.first), "last": str(period.last)}
            except ValueError:
                self.problem = str(_("This is no period."))
        super().__init__({**given, **{name: given.get(name) or day for name, day in days.items()}})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if self.problem:
            self.add_error("first", self.problem)
        elif first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        elif first and last and not (first >= FIRST and last <= LAST):
            self.add_error("last", _("Give a day between 1901 and 2199."))
        return given

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])
