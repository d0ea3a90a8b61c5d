"""Over which days, and where, a person looks at how the models do."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.governance.health.figures import LONGEST
from riskloop.governance.health.rows import units_within
from riskloop.organisation.models import Unit, User
from riskloop.organisation.models.units import Level


class HealthForm(forms.Form):
    """A period, both days included, and a unit with all below it; any unit within reach may be named."""

    first = forms.DateField(label=gettext_lazy("From day"))
    last = forms.DateField(label=gettext_lazy("To day"))
    unit = forms.CharField(label=gettext_lazy("Unit and below"), required=False)

    def __init__(self, user: User, given: Any) -> None:
        super().__init__(given)
        self._units = units_within(user)
        self.chosen: Unit | None = None
        for name in ("first", "last"):
            self.fields[name].widget.input_type = "date"
            self.fields[name].widget.attrs["class"] = "form-control form-control-sm"
        self.fields["unit"].widget = forms.Select(
            choices=self._offered(given.get("unit", "")), attrs={"class": "form-select form-select-sm"}
        )

    def _offered(self, chosen: str) -> list[tuple[str, str]]:
        """The first-level branches within reach, and what was chosen beside them."""
        listed = list(self._units.filter(level=Level.TIER1_BRANCH).order_by("path"))
        others = [] if chosen in {u.pk for u in listed} else list(self._units.filter(pk=chosen))
        units = [(unit.pk, f"{unit.name} {unit.pk}") for unit in (*listed, *others)]
        return [("", _("All that you may see")), *units]

    def clean_unit(self) -> str:
        given = cast("str", self.cleaned_data["unit"]).strip()
        if given:
            self.chosen = self._units.filter(pk=given).first()
            if self.chosen is None:
                raise forms.ValidationError(_("No such unit is within your reach."))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("first", _("A period has at most %(number)d days.") % {"number": LONGEST})
        for name in ("first", "last"):
            day = given.get(name)
            if day and not dt.date(1902, 1, 1) <= day <= dt.date(2199, 12, 31):
                self.add_error(name, _("Give a day between 1900 and 2199."))
        return given
