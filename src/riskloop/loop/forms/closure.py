"""闭环: what is done about an event, by whom, until when."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.detail import possible_owners
from riskloop.loop.forms.base import EventForm, PartForm, PersonField
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
    description = words(_("What is to be done"))
    owner = PersonField(_("Owner"))
    due_on = day(_("Due on"))

    def prepare(self) -> None:
        _offer_owners(self)


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


class VerifyForm(PartForm):
    name = "verify"
    action = actions.Verify
    title = _("Verify")
    button = _("Verify")
    key = "v"
    done = _("The measure is verified.")


FORMS = (MeasureForm, CloseForm)
ON_MEASURE = (SetOwnerForm, ReportDoneForm, VerifyForm)
