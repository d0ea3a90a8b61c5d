"""Every page there is, so that what must hold everywhere is tried everywhere."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from riskloop.exposure.models import InspectionSample
from riskloop.governance.models import ModelChange, Trial, WhatIfQuestion
from riskloop.loop import actions
from riskloop.loop.models import Measure, QuasiEvent, SamplingPlan, State
from riskloop.organisation.models import User
from riskloop.outgoing.models import Delivery, Endpoint
from riskloop.outgoing.signing import new_secret, seal
from tests.web import api_cases

PUBLIC = {"account_login", "account_inactive", "set_language", "demo", "bell"}
"""What can be opened without having signed in; the bell then tells nothing."""
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
    "act_on_objection",
    "act_on_sample",
    "draw_inspection",
    "act_on_exception",
    "act_on_query",
    "attachment",
    "strike_attachment",
    "open_finding",
    "act_on_person",
    "propose_decision",
    "decide_on_role",
    "act_on_model_change",
    "ask_what_if_again",
    "act_on_model_trial",
    "change_unit",
    "history_export",
    "revoke_token",
    "bulk",
    "save_filter",
    "delete_filter",
    "read_notice",
    "read_notices",
    "choose_notices",
    "change_webhook",
    "renew_webhook_secret",
    "test_webhook",
    "send_webhook_again",
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
    if name in ORGANISATION:
        return [reverse(name, args=_of_organisation(name))]
    if name == "excel":
        return [f"{reverse(name)}?page=/events/"]
    given = GIVEN.get(name)
    return [reverse(name, args=args) for args in given()] if given else [reverse(name)]


def _of_organisation(name: str) -> list[Any]:
    person = User.objects.get(username="wang")
    known = {"user_id": person.pk, "code": "R04", "unit_id": "111", "staff_id": "H1111", "decision_id": 1}
    action = {"act_on_person": "deactivate", "change_unit": "rename_unit"}
    return [known.get(what, action.get(name)) for what in ORGANISATION[name]]


def readable() -> list[str]:
    """All pages that are read by a GET."""
    asked = [n for n in names() if n not in ACTING | {"set_language", "demo"}]
    return [address for name in asked for address in of(name) if not name.startswith("account_")]


def _delivery() -> Delivery:
    """A message that was given up; it and its webhook go with the test."""
    found = Delivery.objects.first()
    if found is None:
        endpoint = Endpoint.objects.create(
            name="工单系统",
            url="https://orders.bank.example/in",
            events=["event.opened"],
            sealed=seal(new_secret()),
        )
        found = endpoint.deliveries.create(
            kind="event.opened", body="{}", state="given_up", attempts=8, most=8
        )
    return found


def _event(state: str) -> QuasiEvent:
    return QuasiEvent.objects.filter(state=state).earliest("pk")


def _new() -> list[list[Any]]:
    return [[_event(State.NEW).pk]]


def _query() -> list[list[Any]]:
    """A query; it goes with the test."""
    event = _event(State.ASSIGNED)
    found = event.queries.first() or actions.ask(event, event.assignee, "1_transaction", "请核实。")
    return [[found.pk]]


def _sample() -> list[list[Any]]:
    """A sample that is drawn for the test; it goes with it."""
    found = SamplingPlan.objects.first() or api_cases.sample()
    return [[found.pk]]


def _inspection() -> list[list[Any]]:
    """A sample for inspection; it goes with the test."""
    found = InspectionSample.objects.first() or api_cases.inspection()
    return [[found.pk]]


def _model_change() -> list[list[Any]]:
    """A change that waits; it goes with the test."""
    found = ModelChange.objects.first() or api_cases.model_change()
    return [[found.pk]]


def _what_if() -> list[list[Any]]:
    """A what-if that is answered; it goes with the test."""
    found = WhatIfQuestion.objects.first() or api_cases.what_if()
    return [[found.pk]]


def _model_trial() -> list[list[Any]]:
    """A trial that waits; it goes with the test."""
    found = Trial.objects.first() or api_cases.model_trial()
    return [[found.pk]]


def _endpoint() -> list[list[Any]]:
    return [[_delivery().endpoint_id]]


def _first() -> list[list[Any]]:
    return [[1]]


def _uuid() -> list[list[Any]]:
    return [[uuid.UUID(int=1)]]


GIVEN: dict[str, Callable[[], list[list[Any]]]] = {
    "event": lambda: [[_event(state).pk] for state in State],
    "event_earlier": _new,
    "event_usual": _new,
    "attachments": _new,
    "evidence_file": _new,
    "query": _query,
    "act_on_query": lambda: [[*_query()[0], "accept_answer"]],
    "act": lambda: [[_event(State.NEW).pk, "take"]],
    "attachment": _uuid,
    "strike_attachment": _uuid,
    "act_on_measure": lambda: [[Measure.objects.earliest("pk").pk, "verify"]],
    "act_on_exception": lambda: [[1, "acknowledge_exception"]],
    "act_on_sample": lambda: [[1, "check_exclusion"]],
    "sample": _sample,
    "inspection_sample": _inspection,
    "monitor": lambda: [[User.objects.get(username="lin").pk]],
    "act_on_objection": lambda: [[1, "reopen"]],
    "model_change": _model_change,
    "model_health": lambda: [["A10"], ["C12"]],
    "act_on_model_change": lambda: [[*_model_change()[0], "decide"]],
    "propose_model_change": lambda: [["A11"], ["B02"]],
    "what_if": _what_if,
    "ask_what_if_again": _what_if,
    "ask_what_if": lambda: [["A11"], ["B02"]],
    "model_trial": _model_trial,
    "act_on_model_trial": lambda: [[*_model_trial()[0], "decide"]],
    "propose_model_trial": lambda: [["A11"], ["B02"]],
    "model": lambda: [[code] for code in MODELS["model"]],
    "statistic": lambda: [[code] for code in MODELS["statistic"]],
    "delete_filter": _first,
    "revoke_token": _first,
    "read_notice": _first,
    "mfa_remove_webauthn": _first,
    "mfa_edit_webauthn": _first,
    "open_finding": lambda: [["C12"]],
    "webhook": _endpoint,
    "change_webhook": _endpoint,
    "renew_webhook_secret": _endpoint,
    "test_webhook": _endpoint,
    "send_webhook_again": lambda: [[_delivery().endpoint_id, _delivery().pk]],
    "demo": lambda: [["token"]],
}
"""By name of an address, what stands in it."""
