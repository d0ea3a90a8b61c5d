"""To see an event's personal data in clear, and to mask it again: for the reader alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from riskloop.loop import personal
from riskloop.loop.forms.base import EventForm
from riskloop.loop.models import QuasiEvent
from riskloop.organisation.forms import words


class UnmaskForm(EventForm):
    name = "unmask"
    title = _("Show personal data")
    done = _("You see the personal data of this event in clear for a while.")
    why = words(_("Why you need it"))

    def act_on(self, event: QuasiEvent) -> None:
        personal.unmask(event, self.user, self.cleaned_data["why"])


class HideAgainForm(EventForm):
    name = "hide_again"
    title = _("Hide again")
    done = _("Personal data is masked again.")

    def act_on(self, event: QuasiEvent) -> None:
        personal.hide_again(event, self.user)


FORMS = (UnmaskForm, HideAgainForm)
