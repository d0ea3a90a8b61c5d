"""甄别: who has the event, and what he makes of it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.candidates import possible_monitors
from riskloop.loop.forms.base import EventForm, PersonField, listed
from riskloop.loop.models import ExclusionReason, SuspicionReason
from riskloop.organisation.forms import day, words


class TakeForm(EventForm):
    name = "take"
    action = actions.Take
    title = _("Take the event")
    button = _("Take the event")
    key = "t"
    hint = _("Nobody has this event yet. Take it to examine and conclude it.")
    on_bundle = True
    done = _("You have taken the event.")


class ToAnotherForm(EventForm):
    """The event is to be somebody's."""

    to = PersonField(_("Monitor"))

    def prepare(self) -> None:
        cast("PersonField", self.fields["to"]).queryset = possible_monitors(self.event)


class AssignForm(ToAnotherForm):
    name = "assign"
    action = actions.Assign
    title = _("Assign to a monitor")
    button = _("Assign")
    key = "a"
    look = "btn-secondary"
    on_bundle = True
    done = _("The event is assigned.")


class AssignByRuleForm(EventForm):
    name = "assign_by_rule"
    action = actions.AssignByRule
    title = _("Assign by the rule")
    button = _("Assign by the rule")
    look = ""
    hint = _("To a monitor who is free of interest, knows this business and grade, and has room.")
    on_bundle = True
    done = _("The event is assigned.")


class ExcludeForm(EventForm):
    name = "exclude"
    action = actions.Exclude
    title = _("Exclude: no event")
    button = _("Exclude")
    key = "e"
    look = "btn-secondary"
    on_bundle = True
    done = _("The event is excluded.")
    reason = forms.ChoiceField(label=_("Reason"))
    note = words(_("Note"), required=False)

    def prepare(self) -> None:
        self.offer("reason", listed(ExclusionReason))

    def given(self) -> dict[str, Any]:
        return {"reason_code": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}


class PassOnForm(EventForm):
    name = "pass_on"
    action = actions.PassOn
    title = _("Suspected: on to determination")
    button = _("Pass on")
    key = "s"
    on_bundle = True
    done = _("The event goes on to determination.")
    reason = forms.ChoiceField(label=_("Reason"))
    note = words(_("What was found"))

    def prepare(self) -> None:
        self.offer("reason", listed(SuspicionReason))

    def given(self) -> dict[str, Any]:
        return {"reason_code": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}


class HandOverForm(ToAnotherForm):
    name = "hand_over"
    action = actions.HandOver
    title = _("Hand over to a colleague")
    button = _("Hand over")
    key = "h"
    look = ""
    on_bundle = True
    done = _("The event is handed over.")
    why = words(_("Why"))


class HandBackForm(EventForm):
    name = "hand_back"
    action = actions.HandBack
    title = _("Hand back to the queue")
    button = _("Hand back")
    key = "b"
    look = ""
    on_bundle = True
    done = _("The event is back in the queue.")
    why = words(_("Why"))


class SnoozeForm(EventForm):
    name = "snooze"
    action = actions.Snooze
    title = _("Put aside until a day")
    button = _("Put aside")
    key = "z"
    look = ""
    hint = _("Its time limits go on running.")
    on_bundle = True
    done = _("The event is put aside.")
    until = day(_("Until"))
    why = words(_("Why"))


class WakeForm(EventForm):
    name = "wake"
    action = actions.Wake
    title = _("Take up again")
    button = _("Take up again")
    key = "w"
    look = ""
    on_bundle = True
    done = _("The event is taken up again.")


FORMS = (
    TakeForm,
    AssignForm,
    AssignByRuleForm,
    ExcludeForm,
    PassOnForm,
    HandOverForm,
    HandBackForm,
    SnoozeForm,
    WakeForm,
)
