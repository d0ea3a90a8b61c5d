"""认定: what the event was, who answers for it, what it cost; and the second pair of eyes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.forms.base import EventForm, listed
from riskloop.loop.forms.responsible import ResponsibleField
from riskloop.loop.models import CONFIRMED, Driver, EventType, Grade, LiabilityLevel, Outcome
from riskloop.loop.scores import drivers_in_force
from riskloop.models.catalogue import catalogue
from riskloop.organisation.forms import words
from riskloop.organisation.models import Staff, Teller

OUTCOMES = (*CONFIRMED, Outcome.CASE_CLUE)
BY_DRIVER = ""


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, max_digits=18, decimal_places=2)


class DetermineForm(EventForm):
    name = "determine"
    action = actions.Determine
    title = _("Determine: a risk event")
    button = _("Determine")
    key = "d"
    hint = _(
        "Score = weight of the grade × factor of the main driver, by the tables in force on the business day."
    )
    on_bundle = True
    done = _("The event is determined.")
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[(o.value, o.label) for o in OUTCOMES], widget=forms.RadioSelect
    )
    event_type = forms.ChoiceField(label=_("Event type"))
    driver = forms.ChoiceField(label=_("Main risk driver"))
    other_drivers = forms.MultipleChoiceField(
        label=_("Other risk drivers"), required=False, widget=forms.SelectMultiple(attrs={"size": 4})
    )
    controllable = forms.TypedChoiceField(
        label=_("Controllable"),
        required=False,
        choices=[(BY_DRIVER, _("As the main driver says")), ("True", _("Yes")), ("False", _("No"))],
        coerce=lambda text: text == "True",
        empty_value=None,
    )
    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices)
    responsible = ResponsibleField(_("Who answers for it"))
    loss = _amount(_("Loss, CNY"))
    recovered = _amount(_("Recovered, CNY"))
    near_miss = _amount(_("Near miss, CNY"))
    note = words(_("What was found"))

    def prepare(self) -> None:
        self.fields["grade"].initial = self.event.grade
        self.offer("event_type", listed(EventType))
        model = catalogue().get(self.event.model)
        suggested = model.drivers if model else ()
        drivers = drivers_in_force(self.event.booked_on)
        groups = [
            (_("Suggested by the model"), [d for d in drivers if d.code in suggested]),
            (_("Others"), [d for d in drivers if d.code not in suggested]),
        ]
        grouped = [(title, [_driver_choice(d) for d in group]) for title, group in groups if group]
        self.offer("driver", grouped)
        others = self.fields["other_drivers"]
        assert isinstance(others, forms.MultipleChoiceField)  # noqa: S101 — so it is declared
        others.choices = grouped
        responsible = self.fields["responsible"]
        assert isinstance(responsible, ResponsibleField)  # noqa: S101 — so it is declared
        responsible.offer(self._hands(), listed(LiabilityLevel))

    def _hands(self) -> Mapping[str, str]:
        """The staff behind the event by staff id: who handled or authorised it."""
        tellers = Teller.objects.filter(pk__in=self.event.hands).exclude(staff_id=None)
        return dict(Staff.objects.filter(pk__in=tellers.values("staff_id")).values_list("pk", "name"))

    def given(self) -> dict[str, Any]:
        said = {name: value for name, value in super().given().items() if value is not None}
        return {"finding": actions.Finding(**said)}


def _driver_choice(driver: Driver) -> tuple[str, str]:
    name = driver.name.in_language(get_language())
    return driver.code, f"{driver.code} {name} × {driver.factor.normalize():f}"


class ApproveForm(EventForm):
    name = "approve"
    action = actions.Approve
    title = _("Approve the determination")
    button = _("Approve")
    key = "y"
    look = "btn-success"
    on_bundle = True
    done = _("The determination is approved and counts from now on.")
    note = words(_("Note"), required=False)


class SendBackForm(EventForm):
    name = "send_back"
    action = actions.SendBack
    title = _("Send the determination back")
    button = _("Send back")
    key = "r"
    look = ""
    on_bundle = True
    done = _("The determination is sent back to who proposed it.")
    why = words(_("Why"))


FORMS = (DetermineForm, ApproveForm, SendBackForm)
