"""Every page there is, so that what must hold everywhere is tried everywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from riskloop.loop.models import Measure, QuasiEvent, State
from riskloop.organisation.models import User

PUBLIC = {"account_login", "account_inactive", "set_language", "demo"}
"""What can be opened without having signed in."""
ORGANISATION = {
    "person": ["user_id"],
    "act_on_person": ["user_id", "action"],
    "role": ["code"],
    "propose_decision": ["code"],
    "decide_on_role": ["decision_id"],
    "unit": ["unit_id"],
    "units_below": ["unit_id"],
    "change_unit": ["unit_id", "action"],
    "staff_member": ["staff_id"],
}
"""What the pages of people, roles and units ask for in their addresses."""
ACTING = {
    "act",
    "act_on_measure",
    "attachment",
    "strike_attachment",
    "open_finding",
    "act_on_person",
    "propose_decision",
    "decide_on_role",
    "change_unit",
    "history_export",
    "revoke_token",
    "bulk",
    "save_filter",
    "delete_filter",
}
"""Where something is done by a POST, or a file is handed out."""
MODELS = {"model": ("A10", "B02", "B14", "C12"), "statistic": ("C03", "C12", "C18")}
"""Of each shape one: what a model's file says is tried on all of them (test_models_pages)."""


def names() -> Iterator[str]:
    """The names of all addresses."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if pattern.app_name == "ninja":
                    continue  # The API's operations are tried in test_api: they lead nobody to the sign-in.
                yield from walk(pattern.url_patterns)
            else:
                assert pattern.name, f"{pattern} has no name"
                yield pattern.name

    yield from walk(get_resolver().url_patterns)


def of(name: str) -> list[str]:
    """The addresses of this name in the bank of the tests."""
    if name == "event":
        return [reverse("event", args=[_event(state).pk]) for state in State]
    if name in {"event_earlier", "event_usual", "attachments", "evidence_file"}:
        return [reverse(name, args=[_event(State.NEW).pk])]
    if name == "act":
        return [reverse("act", args=[_event(State.NEW).pk, "take"])]
    if name in {"attachment", "strike_attachment"}:
        return [reverse(name, args=[uuid.UUID(int=1)])]
    if name == "act_on_measure":
        return [reverse("act_on_measure", args=[Measure.objects.earliest("pk").pk, "verify"])]
    if name in {"model", "statistic"}:
        return [reverse(name, args=[code]) for code in MODELS[name]]
    if name in {"delete_filter", "revoke_token"}:
        return [reverse(name, args=[1])]
    if name == "open_finding":
        return [reverse("open_finding", args=["C12"])]
    if name in {"mfa_remove_webauthn", "mfa_edit_webauthn"}:
        return [reverse(name, args=[1])]
    if name in ORGANISATION:
        person = User.objects.get(username="wang")
        known = {"user_id": person.pk, "code": "R04", "unit_id": "111", "staff_id": "H1111", "decision_id": 1}
        action = {"act_on_person": "deactivate", "change_unit": "rename_unit"}
        given = [known.get(what, action.get(name)) for what in ORGANISATION[name]]
        return [reverse(name, args=given)]
    if name == "excel":
        return [f"{reverse(name)}?page=/events/"]
    if name == "demo":
        return [reverse("demo", args=["token"])]
    return [reverse(name)]


def readable() -> list[str]:
    """All pages that are read by a GET."""
    asked = [n for n in names() if n not in ACTING | {"set_language", "demo"}]
    return [address for name in asked for address in of(name) if not name.startswith("account_")]


def _event(state: str) -> QuasiEvent:
    return QuasiEvent.objects.filter(state=state).earliest("pk")
