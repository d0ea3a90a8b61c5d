"""Which bulletin a reader asks for: of a unit within his reach, and of a period that has begun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.bulletin.scope import Scope, is_counted
from riskloop.exposure.belonging import grouping
from riskloop.exposure.forms import PeriodForm
from riskloop.exposure.periods import Period
from riskloop.exposure.report import reached, tops_of
from riskloop.organisation.functions import READ_EVENTS, READ_EXPOSURE
from riskloop.organisation.models import Unit, User
from riskloop.organisation.scope import authority_of, may


class BulletinForm(PeriodForm):
    """The unit's number, and the days as the pages of exposure ask for them."""

    unit = forms.CharField(
        label=_("Unit"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"class": "form-control form-control-sm", "list": "units"}),
    )
    field_order = ("unit", "first", "last")

    def __init__(self, given: Mapping[str, str], reader: User) -> None:
        """Without a unit it is the highest that the reader reaches, if there is one."""
        self.reader = reader
        self.tops = tuple(tops_of(reader))
        unit = given.get("unit", "").strip() or (self.tops[0].pk if len(self.tops) == 1 else "")
        super().__init__({**given, "unit": unit})
        del self.fields["level"], self.fields["show"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        first = given.get("first")
        if first and first > timezone.localdate() and not self.errors:
            self.add_error("first", _("This period has not begun yet."))
        number = given.get("unit", "")
        if not number:
            self.add_error("unit", _("Name a unit: your roles reach more than one."))
        elif self.chosen is None and not self._is_stranger(number):
            # Of a unit beyond reach nothing is told, not even whether it exists.
            self.add_error("unit", _("None of your roles reaches this unit."))
        return given

    @property
    def chosen(self) -> Unit | None:
        """The unit, if it is within reach and the bank knows it."""
        return reached(self.reader, self.cleaned_data.get("unit", ""))

    @property
    def scope(self) -> Scope:
        """What of the unit the reader reads; its cases only where he reads events."""
        period: Period = self.period
        number: str = self.cleaned_data["unit"]
        sees_cases = may(self.reader, READ_EVENTS, number)
        if self.chosen is None:
            return Scope(number, known=False, sees_cases=sees_cases)
        reach = grouping(self.reader, [number], period).reach
        return Scope(number, known=True, reach=reach, sees_cases=sees_cases)

    def _is_stranger(self, number: str) -> bool:
        """Whether figures know the unit though the bank does not, and his role reaches a whole tree."""
        grants = authority_of(self.reader).having((READ_EXPOSURE,))
        known = Unit.objects.filter(pk=number).exists()
        return any(g.whole_tree for g in grants) and not known and is_counted(number)
