"""闭环: what is done about an event, by whom, until when."""

from __future__ import annotations

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.actions.closure import last_day
from riskloop.loop.attachments.forms import ACCEPTED, FilesField
from riskloop.loop.attachments.uploads import incoming_of
from riskloop.loop.candidates import possible_owners
from riskloop.loop.forms.base import EventForm, PartForm, PersonField, listed
from riskloop.loop.models import Measure, MeasureKind, QuasiEvent
from riskloop.organisation.forms import day, words


def _offer_owners(form: EventForm) -> None:
    cast("PersonField", form.fields["owner"]).queryset = possible_owners(form.event)


class MeasureForm(EventForm):
    name = "set_measure"
    action = actions.SetMeasure
    title = _("Set a measure")
    button = _("Set the measure")
    key = "m"
    done = _("The measure is set.")
    kind = forms.ChoiceField(label=_("Kind of measure"))
    description = words(_("What is to be done"))
    owner = PersonField(_("Owner"))
    due_on = day(_("Due on"))

    def prepare(self) -> None:
        self.offer("kind", listed(MeasureKind))
        _offer_owners(self)
        latest = last_day(self.event)
        self.fields["due_on"].initial = latest
        self.fields["due_on"].help_text = _("At the latest %(day)s, by the limit of the grade.") % {
            "day": latest.isoformat()
        }


class CloseForm(EventForm):
    name = "close"
    action = actions.Close
    title = _("Close the event")
    button = _("Close the event")
    key = "c"
    look = "btn-success"
    done = _("The event is closed.")


class SetOwnerForm(PartForm):
    name = "set_owner"
    action = actions.SetOwner
    title = _("Set another owner")
    button = _("Set another owner")
    look = ""
    done = _("The measure has a new owner.")
    owner = PersonField(_("Owner"))

    def prepare(self) -> None:
        _offer_owners(self)


class ReportDoneForm(PartForm):
    name = "report_done"
    action = actions.ReportDone
    title = _("Report done")
    button = _("Report done")
    done = _("The measure is reported done; someone else verifies it.")
    note = words(_("What was done"))
    proof = FilesField(label=_("Proof"), required=False)

    def prepare(self) -> None:
        field = self.fields["proof"]
        field.widget.attrs["accept"] = ACCEPTED
        if cast("Measure", self.part).kind.needs_proof:
            field.help_text = _("A measure of this kind needs a file that shows it.")

    def act_on(self, event: QuasiEvent) -> None:  # noqa: ARG002 — the measure's own
        given = self.cleaned_data
        actions.report_done(cast("Measure", self.part), self.user, given["note"], incoming_of(given["proof"]))


class VerifyForm(PartForm):
    name = "verify"
    action = actions.Verify
    title = _("Verify")
    button = _("Verify")
    key = "v"
    done = _("The measure is verified.")


class SendMeasureBackForm(PartForm):
    name = "send_measure_back"
    action = actions.SendMeasureBack
    title = _("Send the measure back")
    button = _("Send the measure back")
    look = ""
    done = _("The measure is sent back to its owner.")
    why = words(_("What will not do"))


FORMS = (MeasureForm, CloseForm)
ON_MEASURE = (SetOwnerForm, ReportDoneForm, VerifyForm, SendMeasureBackForm)
