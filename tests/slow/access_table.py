"""Who may call what: every operation, and the functions that each role has at each level.

This table is written by hand from `roles.md`, beside the application and not out of it: where the two differ,
the walk over all cells (test_access_table) says in which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from riskloop.organisation import functions as f

LEVELS = ("head_office", "tier1_branch", "tier2_branch", "sub_branch", "outlet")
TOP3, ALL = LEVELS[:3], LEVELS
READERS = {"R04": TOP3, "R05": LEVELS[1:3], "R06": TOP3, "R09": TOP3, "R13": TOP3, "R14": ALL}
VERIFIERS = {"R07": LEVELS[4:], "R08": LEVELS[3:4], "R09": TOP3}
WORKERS = {
    "R01": TOP3,
    "R02": LEVELS[:2],
    "R03": LEVELS[:2],
    "R04": TOP3,
    "R05": LEVELS[1:3],
    "R06": TOP3,
    "R07": LEVELS[4:],
    "R08": LEVELS[3:4],
    "R09": TOP3,
    "R10": TOP3,
    "R11": TOP3,
    "R12": LEVELS[1:4],
    "R13": TOP3,
    "R14": ALL,
}
"""The levels at which each role exists."""
WHO: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    f.READ_EVENTS: READERS | {"R07": LEVELS[4:], "R08": LEVELS[3:4]},
    f.READ_STATISTICS: READERS,
    f.READ_EXPOSURE: READERS | {"R08": LEVELS[3:4], "R11": TOP3},
    f.DISCRIMINATE: {"R04": TOP3},
    f.CLOSE: {"R04": TOP3},
    f.SET_MEASURES: {"R04": TOP3},
    f.VERIFY: {"R04": TOP3, "R09": TOP3},
    f.CARRY_OUT: VERIFIERS,
    f.READ_MODELS: WORKERS,
    f.READ_RUNS: {role: levels for role, levels in WORKERS.items() if role not in {"R07", "R08"}},
    f.UNMASK: {"R04": TOP3, "R05": LEVELS[1:3], "R06": TOP3} | VERIFIERS,
    f.EXPORT: {"R04": TOP3, "R05": LEVELS[1:3], "R06": TOP3, "R09": TOP3, "R13": TOP3, "R14": ALL},
    f.READ_ORGANISATION: WORKERS,
    f.CHANGE_ORGANISATION: {"R01": LEVELS[:2]},
    f.MANAGE_PEOPLE: {"R01": TOP3},
    f.PROPOSE_ROLES: {"R01": LEVELS[:2]},
    f.DECIDE_ROLES: {"R01": LEVELS[:1]},
    f.REVIEW_TRACES: {"R06": TOP3},
    f.READ_HISTORY: {"R06": TOP3},
}
"""By function the roles that have it, each with the levels at which it does."""


@dataclass(frozen=True)
class At:
    """What an operation is tried on: the event, measure … of one unit."""

    unit_id: str
    event: Any
    measure: Any


@dataclass(frozen=True)
class Operation:
    """One thing that can be called.

    Args:
        name: of the address, and after a colon which of its actions.
        needs: the functions, all of which it takes; none: whoever has signed in.
        address: where it is, on what it is tried; the same everywhere for what belongs to no unit.
        of_unit: whether it is about something that belongs to a unit.
        given: what is posted; None: it is read.
    """

    name: str
    needs: tuple[str, ...]
    address: Callable[[At], str]
    of_unit: bool = False
    given: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def page(name: str, *needs: str, args: tuple[Any, ...] = ()) -> Operation:
    """A page that belongs to no unit."""
    return Operation(name, needs, lambda _at: reverse(name, args=args))


def on_event(action: str, function: str, **given: Any) -> Operation:
    """An action on an event."""
    posted = {f"{action}-{name}": value for name, value in given.items()}
    needs = (f.READ_EVENTS, function)
    return Operation(
        f"act:{action}", needs, lambda at: reverse("act", args=[at.event.pk, action]), True, posted
    )


def on_measure(action: str, function: str, **given: Any) -> Operation:
    """An action on a measure."""
    return Operation(
        f"act_on_measure:{action}",
        (f.READ_EVENTS, function),
        lambda at: reverse("act_on_measure", args=[at.measure.pk, action]),
        True,
        # The form's prefix bears the measure's number, which the walk fills in.
        {f"{action}-%m-{name}": value for name, value in given.items()},
    )


OPERATIONS = [
    page("overview"),
    page("events", f.READ_EVENTS),
    Operation("event", (f.READ_EVENTS,), lambda at: reverse("event", args=[at.event.pk]), True),
    on_event("take", f.DISCRIMINATE),
    on_event("hand_back", f.DISCRIMINATE, why="休假"),
    on_event("exclude", f.DISCRIMINATE, reason="genuine", note="属实"),
    on_event("determine", f.DISCRIMINATE, outcome="internal", driver="P1", grade="general", note="…"),
    on_event("set_measure", f.SET_MEASURES, description="整改", owner="%o", due_on="2024-04-01"),
    on_event("close", f.CLOSE),
    on_measure("set_owner", f.SET_MEASURES, owner="%o"),
    on_measure("report_done", f.CARRY_OUT, note="已改"),
    on_measure("verify", f.VERIFY),
    page("statistics", f.READ_STATISTICS),
    page("statistic", f.READ_STATISTICS, args=("C12",)),
    page("exposure", f.READ_EXPOSURE),
    page("models", f.READ_MODELS),
    page("model", f.READ_MODELS, args=("A11",)),
    page("runs", f.READ_RUNS),
    page("gaps", f.READ_RUNS),
    page("history", f.READ_HISTORY),
    page("history_chain", f.READ_HISTORY),
    Operation("history_export", (f.READ_HISTORY, f.EXPORT), lambda _at: reverse("history_export"), given={}),
    Operation(
        "open_finding",
        (f.READ_STATISTICS, f.DISCRIMINATE),
        lambda _at: reverse("open_finding", args=["C12"]),
        of_unit=True,
        given={"day": "2024-03-15", "subject_id": "%u", "why": "…"},
    ),
]
OPEN_TO_ALL = {
    "account_login",
    "account_logout",
    "account_inactive",
    "set_language",
    "demo",
}
"""Addresses before the door, or the person's own way out: no role opens or shuts them."""
