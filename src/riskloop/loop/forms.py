"""What a person fills in for an action. A form reads the words; whether they will do, the action says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.db import transaction
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from riskloop.loop import actions, personal
from riskloop.loop.detail import possible_owners
from riskloop.loop.models import Driver, ExclusionReason, Grade, Measure, Outcome, QuasiEvent
from riskloop.loop.scores import drivers_in_force
from riskloop.loop.visibility import bundle_of
from riskloop.models.catalogue import catalogue
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import User

CHOOSE = ("", gettext_lazy("Choose…"))


class ActionForm(forms.Form):
    """The form of one action on one event, or on one of its measures.

    The prefix keeps the fields of the page's forms apart; `act` calls the action.
    """

    name: ClassVar[str]
    done: ClassVar[Any]
    """What the page says once the action is done."""

    on_bundle: ClassVar[bool] = False
    """Whether the reader may do it to all events of the bundle that stand where this one does."""

    def __init__(
        self,
        event: QuasiEvent,
        given: Any = None,
        *,
        user: User | None = None,
        measure: Measure | None = None,
    ) -> None:
        self.event = event
        self.measure = measure
        self.companions = _companions(event, user) if self.on_bundle and user else []
        super().__init__(given, prefix=self.name if measure is None else f"{self.name}-{measure.pk}")
        self.prepare()
        if self.companions:
            self.fields["whole"] = forms.BooleanField(
                label=ngettext(
                    "For the whole bundle: %(number)d more event",
                    "For the whole bundle: %(number)d more events",
                    len(self.companions),
                )
                % {"number": len(self.companions)},
                required=False,
                initial=True,
            )
        for field in self.fields.values():
            if isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
                continue
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"

    def prepare(self) -> None:
        """Fills in what may be chosen."""

    def offer(self, name: str, choices: Sequence[Any]) -> None:
        """Sets what a field offers, with nothing chosen yet."""
        cast("forms.ChoiceField", self.fields[name]).choices = [CHOOSE, *choices]

    def act(self, user: User) -> None:
        """Does the action, to the whole bundle where that is asked for: to all or, if one refuses, to none.

        Raises:
            Refused: it may not be done; of another event of the bundle the reason names it.
        """
        with transaction.atomic():
            self.act_on(self.event, user)
            for other in self.companions if self.cleaned_data.get("whole") else ():
                try:
                    self.act_on(other, user)
                except actions.Refused as refused:
                    reason = _("%(event)s of the bundle: %(reason)s")
                    which = f"{other.model} {masked_subject(other.subject_kind, other.subject_id)}"
                    told = reason % {"event": which, "reason": refused}
                    raise actions.Refused(refused.code, told, who=refused.who) from None

    def act_on(self, event: QuasiEvent, user: User) -> None:
        """Does the action on one event. Raises `Refused` when it may not be done."""
        raise NotImplementedError


def _companions(event: QuasiEvent, user: User) -> list[QuasiEvent]:
    """The events of the bundle, seen by the reader, that stand where this one does."""
    same = bundle_of(event, user).filter(state=event.state, assignee_id=event.assignee_id, withdrawn_on=None)
    return list(same)


def _words(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class TakeForm(ActionForm):
    name = "take"
    on_bundle = True
    done = gettext_lazy("You have taken the event.")

    def act_on(self, event: QuasiEvent, user: User) -> None:
        actions.take(event, user)


class HandBackForm(ActionForm):
    name = "hand_back"
    on_bundle = True
    done = gettext_lazy("The event is back in the queue.")
    why = _words(gettext_lazy("Why"))

    def act_on(self, event: QuasiEvent, user: User) -> None:
        actions.hand_back(event, user, self.cleaned_data["why"])


class ExcludeForm(ActionForm):
    name = "exclude"
    on_bundle = True
    done = gettext_lazy("The event is excluded.")
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    note = _words(gettext_lazy("Note"), required=False)

    def prepare(self) -> None:
        language = get_language()
        reasons = ExclusionReason.objects.order_by("code")
        self.offer("reason", [(r.code, r.name.in_language(language)) for r in reasons])

    def act_on(self, event: QuasiEvent, user: User) -> None:
        actions.exclude(event, user, self.cleaned_data["reason"], self.cleaned_data["note"])


class DetermineForm(ActionForm):
    name = "determine"
    on_bundle = True
    done = gettext_lazy("The event is determined. Now set what is to be done about it.")
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[(o.value, o.label) for o in (Outcome.INTERNAL, Outcome.EXTERNAL)],
        widget=forms.RadioSelect,
    )
    driver = forms.ChoiceField(label=gettext_lazy("Risk driver"))
    grade = forms.ChoiceField(label=gettext_lazy("Grade"), choices=Grade.choices)
    note = _words(gettext_lazy("What was found"))

    def prepare(self) -> None:
        self.fields["grade"].initial = self.event.grade
        model = catalogue().get(self.event.model)
        suggested = model.drivers if model else ()
        drivers = drivers_in_force(self.event.booked_on)
        groups = [
            (_("Suggested by the model"), [d for d in drivers if d.code in suggested]),
            (_("Others"), [d for d in drivers if d.code not in suggested]),
        ]
        self.offer(
            "driver", [(title, [_driver_choice(d) for d in group]) for title, group in groups if group]
        )

    def act_on(self, event: QuasiEvent, user: User) -> None:
        given = self.cleaned_data
        actions.determine(event, user, given["outcome"], given["driver"], given["grade"], given["note"])


def _driver_choice(driver: Driver) -> tuple[str, str]:
    name = driver.name.in_language(get_language())
    return driver.code, f"{driver.code} {name} × {driver.factor.normalize():f}"


class MeasureForm(ActionForm):
    name = "set_measure"
    done = gettext_lazy("The measure is set.")
    description = _words(gettext_lazy("What is to be done"))
    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Owner"))
    due_on = forms.DateField(label=gettext_lazy("Due on"), widget=forms.DateInput(attrs={"type": "date"}))

    def prepare(self) -> None:
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = possible_owners(self.event)

    def act_on(self, event: QuasiEvent, user: User) -> None:
        given = self.cleaned_data
        actions.set_measure(event, user, given["description"], given["owner"], given["due_on"])


class CloseForm(ActionForm):
    name = "close"
    done = gettext_lazy("The event is closed.")

    def act_on(self, event: QuasiEvent, user: User) -> None:
        actions.close(event, user)


class SetOwnerForm(ActionForm):
    name = "set_owner"
    done = gettext_lazy("The measure has a new owner.")
    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Owner"))

    def prepare(self) -> None:
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = possible_owners(self.event)

    def act_on(self, event: QuasiEvent, user: User) -> None:  # noqa: ARG002
        assert self.measure is not None  # noqa: S101 — urls.py gives these forms a measure
        actions.set_owner(self.measure, user, self.cleaned_data["owner"])


class UnmaskForm(ActionForm):
    name = "unmask"
    done = gettext_lazy("You see the personal data of this event in clear for a while.")
    why = _words(gettext_lazy("Why you need it"))

    def act_on(self, event: QuasiEvent, user: User) -> None:
        personal.unmask(event, user, self.cleaned_data["why"])


class HideAgainForm(ActionForm):
    name = "hide_again"
    done = gettext_lazy("Personal data is masked again.")

    def act_on(self, event: QuasiEvent, user: User) -> None:
        personal.hide_again(event, user)


class ReportDoneForm(ActionForm):
    name = "report_done"
    done = gettext_lazy("The measure is reported done; someone else verifies it.")
    note = _words(gettext_lazy("What was done"))

    def act_on(self, event: QuasiEvent, user: User) -> None:  # noqa: ARG002
        assert self.measure is not None  # noqa: S101
        actions.report_done(self.measure, user, self.cleaned_data["note"])


class VerifyForm(ActionForm):
    name = "verify"
    done = gettext_lazy("The measure is verified.")

    def act_on(self, event: QuasiEvent, user: User) -> None:  # noqa: ARG002
        assert self.measure is not None  # noqa: S101
        actions.verify(self.measure, user)


ON_EVENT: dict[str, type[ActionForm]] = {
    form.name: form
    for form in (
        TakeForm,
        HandBackForm,
        ExcludeForm,
        DetermineForm,
        MeasureForm,
        CloseForm,
        UnmaskForm,
        HideAgainForm,
    )
}
ON_MEASURE: dict[str, type[ActionForm]] = {
    form.name: form for form in (SetOwnerForm, ReportDoneForm, VerifyForm)
}
