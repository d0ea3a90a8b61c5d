"""异常情况报告, 督办: told upwards, and urged on from above."""

from __future__ import annotations

from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.forms.base import EventForm, PartForm, listed
from riskloop.loop.models import MajorCriterion
from riskloop.organisation.forms import day, words


class ReportExceptionForm(EventForm):
    name = "report_exception"
    action = actions.ReportException
    title = _("Report an exception")
    button = _("Send the report")
    key = "u"
    look = "btn-danger"
    hint = _(
        "It goes to the operations department above, of a major event to the head of the bank; "
        "never to the outlet."
    )
    done = _("The report is sent.")
    words = words(_("What is out of order"))
    known_on = day(_("Known since"))
    criterion = forms.ChoiceField(label=_("Criterion of a major event"), required=False)

    def prepare(self) -> None:
        none = ("", _("not a major event"))
        cast("forms.ChoiceField", self.fields["criterion"]).choices = [none, *listed(MajorCriterion)]
        self.fields["known_on"].initial = timezone.localdate()


class UrgeForm(EventForm):
    name = "urge"
    action = actions.Urge
    title = _("Urge on")
    button = _("Urge on")
    key = "x"
    look = "btn-secondary"
    done = _("Whoever has the event is told.")
    words = words(_("What you expect, and by when"))


class AcknowledgeForm(PartForm):
    name = "acknowledge_exception"
    action = actions.AcknowledgeException
    title = _("Acknowledge")
    button = _("Acknowledge")
    done = _("The report is acknowledged.")
    note = words(_("What is done about it"))


class RegulatorForm(PartForm):
    name = "report_to_regulator"
    action = actions.ReportToRegulator
    title = _("Reported to the regulator")
    button = _("Keep the report's number")
    look = "btn-danger"
    done = _("The clock of the major event has stopped.")
    reported_on = day(_("Reported on"))
    reference = forms.CharField(label=_("Number of the report"), max_length=100)


FORMS = (ReportExceptionForm, UrgeForm)
ON_EXCEPTION = (AcknowledgeForm, RegulatorForm)
