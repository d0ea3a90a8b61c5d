"""The states of an event and every way from one to another: what actions, pages and documents read.

甄别 (new, assigned), 认定 (suspected, rated), 闭环 (determined), and the two ends. An action that is not in
the table cannot change a state, and none leads past a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an event stands: excluded and closed are its two ends."""

    NEW = "new", _("New")
    ASSIGNED = "assigned", _("Assigned")
    SUSPECTED = "suspected", _("Suspected")
    RATED = "rated", _("To be approved")
    DETERMINED = "determined", _("Determined")
    EXCLUDED = "excluded", _("Excluded")
    CLOSED = "closed", _("Closed")


UNDECIDED = (State.NEW, State.ASSIGNED, State.SUSPECTED, State.RATED)
"""Nobody has said yet, with effect, what the event is."""
IN_HAND = (State.ASSIGNED, State.SUSPECTED)
"""A person has it and is to conclude it."""
OPEN = (*UNDECIDED, State.DETERMINED)
ENDED = (State.EXCLUDED, State.CLOSED)
FOUND = (State.DETERMINED, State.CLOSED)
"""It was determined, with effect, to be something: confirmed."""
CONCLUDED = (State.EXCLUDED, *FOUND)


@dataclass(frozen=True)
class Transition:
    """From which states an action may be done, and where it leads; nowhere: the event stays where it is."""

    states: tuple[State, ...]
    to: tuple[State, ...] = ()


TRANSITIONS: Mapping[str, Transition] = MappingProxyType(
    {
        # 甄别
        "assign": Transition((State.NEW,), (State.ASSIGNED,)),
        "assign_by_rule": Transition((State.NEW,), (State.ASSIGNED,)),
        "take": Transition((State.NEW,), (State.ASSIGNED,)),
        "hand_over": Transition(IN_HAND),
        "hand_back": Transition(IN_HAND, (State.NEW,)),
        "released": Transition(IN_HAND, (State.NEW,)),
        "snooze": Transition(IN_HAND),
        "wake": Transition(IN_HAND),
        "exclude": Transition(IN_HAND, (State.EXCLUDED,)),
        "pass_on": Transition((State.ASSIGNED,), (State.SUSPECTED,)),
        # 认定
        "determine": Transition((State.SUSPECTED,), (State.DETERMINED, State.RATED)),
        "approve": Transition((State.RATED,), (State.DETERMINED,)),
        "send_back": Transition((State.RATED,), (State.SUSPECTED, State.NEW)),
        # 闭环
        "set_measure": Transition((State.DETERMINED,)),
        "set_owner": Transition((State.DETERMINED,)),
        "report_done": Transition((State.DETERMINED,)),
        "send_measure_back": Transition((State.DETERMINED,)),
        "verify": Transition((State.DETERMINED,)),
        "close": Transition((State.DETERMINED,), (State.CLOSED,)),
        # What can be said against a conclusion.
        "appeal": Transition((State.DETERMINED, State.CLOSED)),
        "withdraw_appeal": Transition((State.DETERMINED, State.CLOSED)),
        "reject_appeal": Transition((State.DETERMINED, State.CLOSED)),
        "uphold_appeal": Transition((State.DETERMINED, State.CLOSED), (State.NEW,)),
        "ask_reopening": Transition(ENDED),
        "refuse_reopening": Transition(ENDED),
        "reopen": Transition(ENDED, (State.NEW,)),
        # 督办
        "urge": Transition(OPEN),
        # 监理: what was excluded wrongly begins anew.
        "check_exclusion": Transition((State.EXCLUDED,), (State.NEW,)),
        "check_determination": Transition((State.DETERMINED, State.CLOSED)),
        # 查询书
        "ask": Transition(IN_HAND),
        "ask_again": Transition(IN_HAND),
        # An event that was handed back meanwhile leaves its queries where they are.
        "answer": Transition((State.NEW, *IN_HAND)),
        "forward": Transition((State.NEW, *IN_HAND)),
        "accept_answer": Transition(IN_HAND),
        "withdraw_query": Transition(IN_HAND),
    }
)
