"""What the reader of the exposure page may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.models.labels import CODE_NAMES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _levels() -> list[tuple[str, str]]:
    language = get_language()
    return [("", str(_("All")))] + [
        (code, name.in_language(language)) for code, name in CODE_NAMES["level"].items()
    ]


def _day(label: StrOrPromise) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control form-control-sm"})
    return forms.DateField(label=label, widget=widget)


class PeriodForm(forms.Form):
    """From which day to which, both included, and for units of which level."""

    first = _day(_("From day"))
    last = _day(_("To day"))
    level = forms.ChoiceField(
        label=_("Level"),
        choices=_levels,
        required=False,
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        return given
