"""The forms of samples for inspection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from riskloop.exposure.beside import ListAsked
from riskloop.exposure.models import Chosen, InspectionSample, InspectionState
from riskloop.exposure.samples.actions import MOST, DrawInspection, MarkInspection
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, words
from riskloop.organisation.models import Unit, User


class DrawInspectionForm(ActionForm):
    """Turns the list that is shown into a sample."""

    name = "draw_inspection_sample"
    done = _("The sample for inspection is made.")
    chosen = forms.ChoiceField(label=_("Which"), choices=Chosen.choices, widget=forms.RadioSelect)
    number = forms.IntegerField(label=_("Of the first how many"), min_value=1, max_value=MOST, required=False)
    why = words(_("Why they are to be inspected"))
    sample: InspectionSample

    def __init__(
        self,
        user: User,
        unit: Unit,
        asked: ListAsked,
        order: str,
        given: QueryDict | None = None,
        *,
        beside_peers: bool = False,
    ) -> None:
        self.unit, self.asked, self.order, self.beside_peers = unit, asked, order, beside_peers
        super().__init__(user, given)

    def prepare(self) -> None:
        # Which rows is nobody's guess: who ticked some must not draw the first ten by leaving it as it was.
        self.fields["number"].initial = 10

    @property
    def keys_name(self) -> str:
        """The name of the boxes in the rows of the list."""
        return self.add_prefix("keys")

    @property
    def keys(self) -> list[str]:
        return self.data.getlist(self.keys_name) if isinstance(self.data, QueryDict) else []

    def act(self) -> None:
        given = self.cleaned_data
        # Of one unit, whatever else the page showed beside it.
        asked = replace(self.asked, roots=[self.unit.pk], tops=False)
        action = DrawInspection(
            self.user,
            self.unit,
            asked,
            self.order,
            given["chosen"],
            given["why"],
            given["number"] or 0,
            self.keys,
            self.beside_peers,
        )
        self.sample = do(action).sample


class MarkInspectionForm(ActionForm):
    """Says what has become of a sample."""

    name = "mark_inspection_sample"
    done = _("The sample is marked.")
    state = forms.ChoiceField(
        label=_("What has become of it"),
        choices=[(s.value, s.label) for s in InspectionState if s is not InspectionState.OPEN],
        widget=forms.RadioSelect,
    )
    remark = words(_("Remark"), required=False)

    def __init__(self, user: User, sample: InspectionSample, given: Any = None) -> None:
        self.sample = sample
        super().__init__(user, given)

    def act(self) -> None:
        do(MarkInspection(self.user, self.sample, self.cleaned_data["state"], self.cleaned_data["remark"]))
