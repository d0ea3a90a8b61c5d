"""The forms of the actions on events and measures."""

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
from riskloop.organisation.forms import ActionForm, day, words
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import User

CHOOSE = ("", gettext_lazy("Choose…"))


class EventForm(ActionForm):
    """The form of one action on one event, or on one of its measures."""

    on_bundle: ClassVar[bool] = False
    """Whether the reader may do it to all events of the bundle that stand where this one does."""

    def __init__(
        self, user: User, event: QuasiEvent, given: Any = None, *, measure: Measure | None = None
    ) -> None:
        self.event = event
        self.measure = measure
        self.companions = _companions(event, user) if self.on_bundle else []
        super().__init__(user, given, prefix=self.name if measure is None else f"{self.name}-{measure.pk}")
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

    def offer(self, name: str, choices: Sequence[Any]) -> None:
        """Sets what a field offers, with nothing chosen yet."""
        cast("forms.ChoiceField", self.fields[name]).choices = [CHOOSE, *choices]

    def act(self) -> None:
        """Does the action, to the whole bundle where that is asked for: to all or, if one refuses, to none.

        Raises:
            Refused: it may not be done; of another event of the bundle the reason names it.
        """
        with transaction.atomic():
            self.act_on(self.event)
            for other in self.companions if self.cleaned_data.get("whole") else ():
                try:
                    self.act_on(other)
                except actions.Refused as refused:
                    reason = _("%(event)s of the bundle: %(reason)s")
                    which = f"{other.model} {masked_subject(other.subject_kind, other.subject_id)}"
                    told = reason % {"event": which, "reason": refused}
                    raise actions.Refused(refused.code, told, who=refused.who) from None

    def act_on(self, event: QuasiEvent) -> None:
        """Does the action on one event. Raises `Refused` when it may not be done."""
        raise NotImplementedError


def _companions(event: QuasiEvent, user: User) -> list[QuasiEvent]:
    """The events of the bundle, seen by the reader, that stand where this one does."""
    same = bundle_of(event, user).filter(state=event.state, assignee_id=event.assignee_id, withdrawn_on=None)
    return list(same)


class TakeForm(EventForm):
    name = "take"
    on_bundle = True
    done = gettext_lazy("You have taken the event.")

    def act_on(self, event: QuasiEvent) -> None:
        actions.take(event, self.user)


class HandBackForm(EventForm):
    name = "hand_back"
    on_bundle = True
    done = gettext_lazy("The event is back in the queue.")
    why = words(gettext_lazy("Why"))

    def act_on(self, event: QuasiEvent) -> None:
        actions.hand_back(event, self.user, self.cleaned_data["why"])


class ExcludeForm(EventForm):
    name = "exclude"
    on_bundle = True
    done = gettext_lazy("The event is excluded.")
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    note = words(gettext_lazy("Note"), required=False)

    def prepare(self) -> None:
        language = get_language()
        reasons = ExclusionReason.objects.order_by("code")
        self.offer("reason", [(r.code, r.name.in_language(language)) for r in reasons])

    def act_on(self, event: QuasiEvent) -> None:
        actions.exclude(event, self.user, self.cleaned_data["reason"], self.cleaned_data["note"])


class DetermineForm(EventForm):
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
    note = words(gettext_lazy("What was found"))

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

    def act_on(self, event: QuasiEvent) -> None:
        given = self.cleaned_data
        actions.determine(event, self.user, given["outcome"], given["driver"], given["grade"], given["note"])


def _driver_choice(driver: Driver) -> tuple[str, str]:
    name = driver.name.in_language(get_language())
    return driver.code, f"{driver.code} {name} × {driver.factor.normalize():f}"


def _owner() -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Owner"))


def _offer_owners(form: EventForm) -> None:
    owner = cast("forms.ModelChoiceField[User]", form.fields["owner"])
    owner.queryset = possible_owners(form.event)


class MeasureForm(EventForm):
    name = "set_measure"
    done = gettext_lazy("The measure is set.")
    description = words(gettext_lazy("What is to be done"))
    owner = _owner()
    due_on = day(gettext_lazy("Due on"))

    def prepare(self) -> None:
        _offer_owners(self)

    def act_on(self, event: QuasiEvent) -> None:
        given = self.cleaned_data
        actions.set_measure(event, self.user, given["description"], given["owner"], given["due_on"])


class CloseForm(EventForm):
    name = "close"
    done = gettext_lazy("The event is closed.")

    def act_on(self, event: QuasiEvent) -> None:
        actions.close(event, self.user)


class UnmaskForm(EventForm):
    name = "unmask"
    done = gettext_lazy("You see the personal data of this event in clear for a while.")
    why = words(gettext_lazy("Why you need it"))

    def act_on(self, event: QuasiEvent) -> None:
        personal.unmask(event, self.user, self.cleaned_data["why"])


class HideAgainForm(EventForm):
    name = "hide_again"
    done = gettext_lazy("Personal data is masked again.")

    def act_on(self, event: QuasiEvent) -> None:
        personal.hide_again(event, self.user)


class OnMeasureForm(EventForm):
    """The form of an action on a measure of the event."""

    def act_on(self, event: QuasiEvent) -> None:  # noqa: ARG002 — a measure is of one event only
        assert self.measure is not None  # noqa: S101 — urls.py gives these forms a measure
        self.act_on_measure(self.measure)

    def act_on_measure(self, measure: Measure) -> None:
        """Does the action on the measure. Raises `Refused` when it may not be done."""
        raise NotImplementedError


class SetOwnerForm(OnMeasureForm):
    name = "set_owner"
    done = gettext_lazy("The measure has a new owner.")
    owner = _owner()

    def prepare(self) -> None:
        _offer_owners(self)

    def act_on_measure(self, measure: Measure) -> None:
        actions.set_owner(measure, self.user, self.cleaned_data["owner"])


class ReportDoneForm(OnMeasureForm):
    name = "report_done"
    done = gettext_lazy("The measure is reported done; someone else verifies it.")
    note = words(gettext_lazy("What was done"))

    def act_on_measure(self, measure: Measure) -> None:
        actions.report_done(measure, self.user, self.cleaned_data["note"])


class VerifyForm(OnMeasureForm):
    name = "verify"
    done = gettext_lazy("The measure is verified.")

    def act_on_measure(self, measure: Measure) -> None:
        actions.verify(measure, self.user)


ON_EVENT: dict[str, type[EventForm]] = {
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
ON_MEASURE: dict[str, type[EventForm]] = {
    form.name: form for form in (SetOwnerForm, ReportDoneForm, VerifyForm)
}
