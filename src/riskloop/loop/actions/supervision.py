"""督办: whoever supervises urges on what is overdue."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from riskloop.loop.actions.base import OnEvent
from riskloop.loop.deadlines import clock
from riskloop.loop.escalation import is_escalated_to
from riskloop.loop.models import QuasiEvent
from riskloop.loop.notices import tell_urged
from riskloop.organisation.action import do, require
from riskloop.organisation.functions import SUPERVISE
from riskloop.organisation.models import User


@dataclass
class Urge(OnEvent):
    """A supervisor tells who has the event, or who assigns it, what he expects. The event stays there."""

    words: str = ""
    name = "urge"
    function = SUPERVISE

    @property
    def reason(self) -> str:
        return self.words

    def check_event(self) -> None:
        super().check_event()
        require(
            is_escalated_to(self.event, self.user, clock()),
            "not_escalated",
            _("The event is not overdue for so long that it has come up to your level."),
        )

    def check_given(self) -> None:
        require(bool(self.words.strip()), "words", _("Say what you expect, and by when."))

    def execute(self) -> None:
        tell_urged(self.event, self.user)


def urge(event: QuasiEvent, user: User, words: str) -> None:
    do(Urge(event, user, words))
