"""What every action on an event has in common."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.loop.history import EVENT
from riskloop.loop.models import QuasiEvent, State
from riskloop.loop.states import TRANSITIONS
from riskloop.organisation import action
from riskloop.organisation.action import require
from riskloop.organisation.functions import DISCRIMINATE
from riskloop.organisation.models import User
from riskloop.organisation.recusal import Finding, Task, recused, sentence


def finding_of(event: QuasiEvent) -> Finding:
    """What recusal has to know of an event, its continuations included."""
    handled, authorised, customers = event.named("teller_ids", "authoriser_ids", "customer_ids")
    return Finding(event.unit_id, handled, authorised, customers)


@dataclass
class Action(action.Action):
    """One write by one person on one event, or on something that hangs on it.

    It is checked in three steps: who acts (`check_person`), where the event stands (`check_event`), and what
    was filled in (`check_given`). A page asks the first two before it offers the form.
    """

    event: QuasiEvent
    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — the machine's operator does no business
    function: ClassVar[str] = DISCRIMINATE
    object_type: ClassVar[str] = EVENT
    task: ClassVar[Task] = Task.JUDGE
    by_assignee: ClassVar[bool] = False
    on_withdrawn: ClassVar[bool] = False

    @property
    def states(self) -> Collection[str]:
        """Those in which the event allows the action."""
        return TRANSITIONS[self.name].states

    @property
    def unit_id(self) -> str | None:
        return self.event.unit_id

    @property
    def object_id(self) -> uuid.UUID:
        return self.event.pk

    def lock(self) -> None:
        # The caller's object takes on the locked row, so that checks see what is true now.
        self.event.refresh_from_db(from_queryset=QuasiEvent.objects.select_for_update())

    def check(self) -> None:
        """Refuses what the person may not do, what the event is not ready for, or what is not filled in."""
        self.check_person()
        self.check_event()
        self.check_given()

    def check_person(self) -> None:
        """Refuses a person who may not, whatever the form says."""
        super().check()
        self.check_recusal()
        if self.by_assignee:
            require(
                self.event.assignee_id == self.user.pk,
                "assignee",
                _("Only the person who has taken the event may do this."),
                who=True,
            )

    def check_recusal(self) -> None:
        ground = recused(self.user, finding_of(self.event), self.task)
        require(ground is None, "recusal", sentence(ground) if ground else "", who=True)

    def check_event(self) -> None:
        """Refuses what the event, as it stands, is not ready for."""
        require(
            self.on_withdrawn or self.event.withdrawn_on is None,
            "withdrawn",
            _("New data no longer supports this event; it can only be handed back or excluded."),
        )
        require(
            self.event.state in self.states,
            "state",
            _("The event is not in a state that allows this."),
        )

    def check_given(self) -> None:
        """Refuses what was filled in where it will not do."""

    def move(self, state: State) -> None:
        """Takes the event on to a state that this action may lead to. Unsaved."""
        move(self.event, state, self.name)


class OnEvent(Action):
    """One that changes the event itself."""

    @property
    def touched(self) -> QuasiEvent:
        return self.event


def move(event: QuasiEvent, state: State, by: str) -> None:
    """Takes the event on to a state by an action of the table. Unsaved.

    Raises:
        ValueError: the table knows no such way.
    """
    way = TRANSITIONS[by]
    if event.state not in way.states or state not in way.to:
        raise ValueError(f"{by} does not lead from {event.state} to {state}")
    event.state = state
    event.stage_since = timezone.now()
