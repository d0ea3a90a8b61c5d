"""申诉, 重开: what is said against a conclusion, and the decision on it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.forms.base import EventForm, PartForm
from riskloop.organisation.forms import words


class AppealForm(EventForm):
    name = "appeal"
    action = actions.Appeal
    title = _("Appeal against the determination")
    button = _("Appeal")
    key = "l"
    look = ""
    hint = _("Someone else decides on it. If it is upheld, the event begins anew.")
    done = _("The appeal is made; someone else decides on it.")
    words = words(_("What speaks against the determination"))


class AskReopeningForm(EventForm):
    name = "ask_reopening"
    action = actions.AskReopening
    title = _("Ask for a reopening")
    button = _("Ask for a reopening")
    key = "o"
    look = ""
    hint = _("Someone else decides on it. If he agrees, the event begins anew.")
    done = _("The reopening is asked for; someone else decides on it.")
    words = words(_("Why it is to be looked at once more"))


class WithdrawAppealForm(PartForm):
    name = "withdraw_appeal"
    action = actions.WithdrawAppeal
    title = _("Withdraw the appeal")
    button = _("Withdraw the appeal")
    look = ""
    done = _("The appeal is withdrawn.")
    note = words(_("Why"))


class RejectAppealForm(PartForm):
    name = "reject_appeal"
    action = actions.RejectAppeal
    title = _("Reject the appeal")
    button = _("Reject the appeal")
    look = ""
    done = _("The appeal is rejected; the determination stands.")
    note = words(_("Why"))


class UpholdAppealForm(PartForm):
    name = "uphold_appeal"
    action = actions.UpholdAppeal
    title = _("Uphold the appeal")
    button = _("Uphold the appeal: the event begins anew")
    look = "btn-danger"
    done = _("The appeal is upheld; the event is in the queue again.")
    note = words(_("Why"))


class RefuseReopeningForm(PartForm):
    name = "refuse_reopening"
    action = actions.RefuseReopening
    title = _("Refuse the reopening")
    button = _("Refuse the reopening")
    look = ""
    done = _("The reopening is refused.")
    note = words(_("Why"))


class ReopenForm(PartForm):
    name = "reopen"
    action = actions.Reopen
    title = _("Reopen the event")
    button = _("Reopen: the event begins anew")
    look = "btn-danger"
    done = _("The event is in the queue again.")
    note = words(_("Why"))


FORMS = (AppealForm, AskReopeningForm)
ON_OBJECTION = (WithdrawAppealForm, RejectAppealForm, UpholdAppealForm, RefuseReopeningForm, ReopenForm)
