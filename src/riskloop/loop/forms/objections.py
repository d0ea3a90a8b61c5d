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


class _WithNote(PartForm):
    """What is done about an objection is done with a reason."""

    look = ""
    note = words(_("Why"))


class WithdrawAppealForm(_WithNote):
    name = "withdraw_appeal"
    action = actions.WithdrawAppeal
    title = _("Withdraw the appeal")
    button = _("Withdraw the appeal")
    done = _("The appeal is withdrawn.")


class RejectAppealForm(_WithNote):
    name = "reject_appeal"
    action = actions.RejectAppeal
    title = _("Reject the appeal")
    button = _("Reject the appeal")
    done = _("The appeal is rejected; the determination stands.")


class UpholdAppealForm(_WithNote):
    name = "uphold_appeal"
    action = actions.UpholdAppeal
    title = _("Uphold the appeal")
    button = _("Uphold the appeal: the event begins anew")
    look = "btn-danger"
    done = _("The appeal is upheld; the event is in the queue again.")


class RefuseReopeningForm(_WithNote):
    name = "refuse_reopening"
    action = actions.RefuseReopening
    title = _("Refuse the reopening")
    button = _("Refuse the reopening")
    done = _("The reopening is refused.")


class ReopenForm(_WithNote):
    name = "reopen"
    action = actions.Reopen
    title = _("Reopen the event")
    button = _("Reopen: the event begins anew")
    look = "btn-danger"
    done = _("The event is in the queue again.")


FORMS = (AppealForm, AskReopeningForm)
ON_OBJECTION = (WithdrawAppealForm, RejectAppealForm, UpholdAppealForm, RefuseReopeningForm, ReopenForm)
