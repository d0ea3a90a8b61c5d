"""监理: a month's sample is drawn, and a drawn event looked at once more."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.candidates import monitors_of
from riskloop.loop.forms.base import PartForm, listed
from riskloop.loop.models import FaultCode, SamplingPlan, Verdict
from riskloop.models.catalogue import catalogue
from riskloop.models.labels import CATEGORY_NAMES
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, UnitField, open_units, words
from riskloop.organisation.functions import OVERSEE

HUNDRED = Decimal(100)


def _share(label: Any, initial: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, initial=initial, min_value=Decimal("0.1"), max_value=Decimal("99.9"), decimal_places=1
    )


class MonthField(forms.CharField):
    """A month, as browsers send it: 2026-10. The action says whether it will do."""

    widget = forms.TextInput(attrs={"type": "month"})

    def clean(self, value: Any) -> dt.date | None:
        text = super().clean(value)
        try:
            return dt.date.fromisoformat(f"{text}-01")
        except ValueError:
            return None


class DrawForm(ActionForm):
    """What is drawn of a month, and how surely the error rate is to be known."""

    name = "draw_sample"
    done = _("The sample is drawn.")
    unit = UnitField(_("Unit"))
    month = MonthField(label=_("Month"))
    confidence = _share(_("Confidence, per cent"), 95)
    margin = _share(_("Margin, per cent points"), 5)
    expected = _share(_("Expected error rate, per cent"), 5)
    key_models = forms.MultipleChoiceField(label=_("Key models"), required=False)
    key_categories = forms.MultipleChoiceField(label=_("Key business"), required=False)
    key_people = forms.MultipleChoiceField(label=_("Key people"), required=False)
    plan: SamplingPlan

    def prepare(self) -> None:
        language = get_language()
        cast("UnitField", self.fields["unit"]).offer(open_units(self.user, OVERSEE))
        before = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
        self.fields["month"].initial = f"{before:%Y-%m}"
        self._offer(
            "key_models", [(m.code, f"{m.code} {m.name.in_language(language)}") for m in catalogue().values()]
        )
        names = [(code, name.in_language(language)) for code, name in CATEGORY_NAMES.items()]
        self._offer("key_categories", names)
        self._offer("key_people", [(one.pk, str(one)) for one in monitors_of(self.user, OVERSEE)])

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        cast("forms.MultipleChoiceField", self.fields[name]).choices = choices

    def act(self) -> None:
        given = dict(self.cleaned_data)
        for name in ("confidence", "margin", "expected"):
            given[name] /= HUNDRED
        given["key_people"] = [int(pk) for pk in given["key_people"]]
        self.plan = do(actions.DrawSample(self.user, **given)).plan


class CheckForm(PartForm):
    title = _("Look once more")
    button = _("Keep the result")
    done = _("The result is kept.")
    verdict = forms.ChoiceField(
        label=_("The conclusion is"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    faults = forms.MultipleChoiceField(label=_("Faults"), required=False, widget=forms.CheckboxSelectMultiple)
    note = words(_("What was found"), required=False)

    def prepare(self) -> None:
        cast("forms.MultipleChoiceField", self.fields["faults"]).choices = listed(FaultCode)


class CheckExclusionForm(CheckForm):
    name = "check_exclusion"
    action = actions.CheckExclusion
    hint = _("What was excluded wrongly begins anew.")


class CheckDeterminationForm(CheckForm):
    name = "check_determination"
    action = actions.CheckDetermination
    hint = _("What was determined wrongly stays as it is; a reopening can be asked for.")


ON_SAMPLE = (CheckExclusionForm, CheckDeterminationForm)
