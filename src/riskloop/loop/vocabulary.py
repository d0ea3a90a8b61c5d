"""What the loop's actions, objects and fields are called in the history (`telling`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.loop.actions.assignment import SKILL
from riskloop.loop.actions.exceptions import EXCEPTION
from riskloop.loop.actions.oversight import PLAN
from riskloop.loop.history import EVENT
from riskloop.loop.models import (
    Driver,
    EventType,
    ExclusionReason,
    FaultCode,
    Grade,
    LiabilityLevel,
    MajorCriterion,
    MeasureKind,
    Outcome,
    Purpose,
    QueryFault,
    QueryKind,
    QueryState,
    State,
    SuspicionReason,
    Verdict,
)
from riskloop.loop.models.catalogues import Listed
from riskloop.loop.shown import read
from riskloop.models.labels import CATEGORY_NAMES
from riskloop.organisation.masking import masked_text
from riskloop.organisation.naming import choices, each, moments, numbers, people, units
from riskloop.organisation.telling import Deed, Field, Fields, Vocabulary, for_machines


def drivers(keys: Collection[Any]) -> Mapping[Any, str]:
    """Risk drivers by key, their code before the name."""
    language = get_language()
    found = Driver.objects.in_bulk(keys)
    return {key: f"{driver.code} {driver.name.in_language(language)}" for key, driver in found.items()}


def drivers_by_code(codes: Collection[Any]) -> Mapping[Any, str]:
    """Risk drivers by code, as they were named last."""
    language = get_language()
    found = Driver.objects.filter(code__in=codes).order_by("effective_from")
    return {driver.code: f"{driver.code} {driver.name.in_language(language)}" for driver in found}


def of_list(kind: type[Listed]) -> Callable[[Collection[Any]], Mapping[Any, str]]:
    """The lines of a maintained list by code."""

    def names(codes: Collection[Any]) -> Mapping[Any, str]:
        language = get_language()
        found = kind.objects.in_bulk(codes)
        return {code: line.name.in_language(language) for code, line in found.items()}

    return names


def category_name(code: str) -> str:
    """A category of models."""
    return read(CATEGORY_NAMES[code]) if code in CATEGORY_NAMES else code


def answering(keys: Collection[Any]) -> Mapping[Any, str]:
    """Who answers for an event, from "staff id, level"."""
    language = get_language()
    levels = LiabilityLevel.objects.in_bulk()
    told: dict[Any, str] = {}
    for key in keys:
        staff_id, _space, code = str(key).partition(" ")
        level = levels.get(code)
        told[key] = f"{staff_id} {level.name.in_language(language) if level else code}"
    return told


EVENT_AND_MEASURES: Fields = {
    "state": Field(_("State"), choices(State.choices)),
    "assignee_id": Field(_("Assignee"), people),
    "outcome": Field(_("Outcome"), choices(Outcome.choices)),
    "exclusion_reason_id": Field(_("Reason"), of_list(ExclusionReason)),
    "driver_id": Field(_("Risk driver"), drivers),
    "grade": Field(_("Grade"), choices(Grade.choices)),
    "score": Field(_("Risk score"), numbers),
    "controllable": Field(_("Controllable")),
    "suspicion_id": Field(_("Why it is suspected"), of_list(SuspicionReason)),
    "snoozed_until": Field(_("Put aside until")),
    "number": Field(_("No.")),
    "fault_id": Field(_("Fault of the answer"), of_list(QueryFault)),
    # What a determination says, on its own line: it may still await approval.
    "proposed_outcome": Field(_("Outcome"), choices(Outcome.choices)),
    "proposed_grade": Field(_("Grade"), choices(Grade.choices)),
    "event_type_id": Field(_("Event type"), of_list(EventType)),
    "drivers": Field(_("Risk drivers"), drivers_by_code),
    "responsible": Field(_("Who answers for it"), answering),
    "loss": Field(_("Loss, CNY"), numbers),
    "recovered": Field(_("Recovered, CNY"), numbers),
    "near_miss": Field(_("Near miss, CNY"), numbers),
    "kind_id": Field(_("Kind of measure"), of_list(MeasureKind)),
    "description": Field(_("What is to be done")),
    "owner_id": Field(_("Owner"), people),
    "due_on": Field(_("Due on")),
    "amount": Field(_("Amount, CNY"), numbers),
    "count": Field(_("Facts behind it"), numbers),
    "unit_id": Field(_("Unit"), units),
    "last_on": Field(_("Last hit")),
    "continued_on": Field(_("Later hit of"), for_auditors=True),
    "withdrawn_on": Field(_("Withdrawn at"), moments, for_auditors=True),
    "bundle": Field(_("Bundle"), for_auditors=True),
    "concluded_by_id": Field(_("Concluded by"), people, for_auditors=True),
    "concluded_at": Field(_("Concluded at"), moments, for_auditors=True),
    "closed_by_id": Field(_("Closed by"), people, for_auditors=True),
    "closed_at": Field(_("Closed at"), moments, for_auditors=True),
    "done_by_id": Field(_("Done by"), people, for_auditors=True),
    "done_at": Field(_("Done at"), moments, for_auditors=True),
    "verified_by_id": Field(_("Verified by"), people, for_auditors=True),
    "verified_at": Field(_("Verified at"), moments, for_auditors=True),
    "sent_back_by_id": Field(_("Sent back by"), people, for_auditors=True),
    "sent_back_at": Field(_("Sent back at"), moments, for_auditors=True),
    "lapsed": Field(_("Measures that lapsed"), numbers),
    "in_hand_before": Field(_("Events in hand before"), numbers),
    "most_in_hand": Field(_("Events in hand at most"), numbers),
    "verdict": Field(_("The conclusion is"), choices(Verdict.choices)),
    "faults": Field(_("Faults"), of_list(FaultCode)),
    "model_version": Field(_("Version of the model"), for_auditors=True),
    "parameter_version": Field(_("Version of the parameters"), for_auditors=True),
    "parameters": Field(_("Parameters"), for_auditors=True),
    "entry_ids": Field(_("Entries"), for_auditors=True),
    "teller_ids": Field(_("Tellers"), for_auditors=True),
    "authoriser_ids": Field(_("Authorisers"), for_auditors=True),
    "account_ids": Field(_("Accounts behind it"), for_auditors=True),
    "customer_ids": Field(_("Customers"), for_auditors=True),
    "evidence": Field(_("Values compared"), for_auditors=True),
    # The event is the line's object, and its notes are the line's own words.
    **for_machines("id", "event_id", "conclusion_note", "suspicion_note", "done_note", "sent_back_note"),
    **for_machines("lapsed_at"),
    **for_machines("stage_since", "clock_from"),
    # What an event is known by: no line changes it.
    **for_machines("model", "subject_kind", "subject_id", "booked_on", "found_at"),
}

OF_ATTACHMENT: Fields = {
    "name": Field(_("File"), each(masked_text)),
    "size": Field(_("Size in bytes"), numbers),
    "purpose": Field(_("Belongs to"), choices(Purpose.choices)),
    "about": Field(_("About the files")),
    "media_type": Field(_("Kind of file"), for_auditors=True),
    "sha256": Field(_("SHA-256"), for_auditors=True),
    "struck_at": Field(_("Struck through at"), moments, for_auditors=True),
    # The event is the line's object, its actor the uploader, its time and words those of the file.
    **for_machines("id", "event_id", "object_id", "uploaded_by_id", "uploaded_at", "struck_reason"),
}

OF_QUERY: Fields = {
    "kind": Field(_("Kind of query"), choices(QueryKind.choices)),
    "state": Field(_("State"), choices(QueryState.choices)),
    "unit_id": Field(_("Unit"), units),
    "asked_by_id": Field(_("Asked by"), people, for_auditors=True),
    "asked_at": Field(_("Asked at"), moments, for_auditors=True),
    "ended_by_id": Field(_("Ended by"), people, for_auditors=True),
    "ended_at": Field(_("Ended at"), moments, for_auditors=True),
    # The event is the line's object, and its words are those of whoever ended it.
    **for_machines("id", "event_id", "end_note"),
}

OF_EXCEPTION: Fields = {
    "criterion_id": Field(_("Criterion of a major event"), of_list(MajorCriterion)),
    "known_on": Field(_("Known since")),
    "reported_on": Field(_("Reported on")),
    "reference": Field(_("Number of the report")),
    "acknowledged_by_id": Field(_("Acknowledged by"), people, for_auditors=True),
    "acknowledged_at": Field(_("Acknowledged at"), moments, for_auditors=True),
    "made_by_id": Field(_("Reported by"), people, for_auditors=True),
    "made_at": Field(_("Reported at"), moments, for_auditors=True),
    "reported_by_id": Field(_("Reported to the regulator by"), people, for_auditors=True),
    "reported_at": Field(_("Reported to the regulator at"), moments, for_auditors=True),
    "event_id": Field(_("Quasi-risk event"), for_auditors=True),
    # What was written is for whoever receives the report, and stands in no line.
    **for_machines("id", "words", "acknowledged_note"),
}

OF_PLAN: Fields = {
    "unit_id": Field(_("Unit"), units),
    "month": Field(_("Month")),
    "confidence": Field(_("Confidence"), numbers),
    "margin": Field(_("Margin"), numbers),
    "expected": Field(_("Expected error rate"), numbers),
    "key_models": Field(_("Key models")),
    "key_categories": Field(_("Key business"), each(category_name)),
    "key_people": Field(_("Key people"), people),
    "population": Field(_("Excluded in the month"), numbers),
    "drawn": Field(_("Drawn"), numbers),
    "seed": Field(_("Seed of the draw"), for_auditors=True),
    "drawn_by_id": Field(_("Drawn by"), people, for_auditors=True),
    "drawn_at": Field(_("Drawn at"), moments, for_auditors=True),
    **for_machines("id"),
}

OF_SKILL: Fields = {
    "person_id": Field(_("Monitor"), people),
    "categories": Field(_("Businesses"), each(category_name)),
    "highest_grade": Field(_("Highest grade"), choices(Grade.choices)),
    "most_in_hand": Field(_("Events in hand at most"), numbers),
}

VOCABULARY = Vocabulary(
    objects={
        EVENT: _("Quasi-risk event"),
        EXCEPTION: _("Exception report"),
        PLAN: _("Sampling plan"),
        SKILL: _("Skill of a monitor"),
    },
    fields={EVENT: EVENT_AND_MEASURES, EXCEPTION: OF_EXCEPTION, PLAN: OF_PLAN, SKILL: OF_SKILL},
    actions={
        "found": Deed(_("Found by the model"), "ti-radar-2"),
        "opened": Deed(_("Opened as a finding"), "ti-flag"),
        "refreshed": Deed(_("Found again with other values"), "ti-refresh"),
        "withdrawn": Deed(_("Withdrawn: new data no longer supports it"), "ti-eye-off"),
        "returned": Deed(_("Found again after it was withdrawn"), "ti-eye"),
        "continued": Deed(_("Found again: the situation goes on"), "ti-arrow-forward-up"),
        "discontinued": Deed(_("A later hit withdrawn: new data no longer supports it"), "ti-eye-off"),
        "bundled": Deed(_("Joined with what shares its object, and graded"), "ti-packages"),
        "take": Deed(_("Taken"), "ti-hand-grab"),
        "assign": Deed(_("Assigned to a monitor"), "ti-user-plus"),
        "assign_by_rule": Deed(_("Assigned by the rule"), "ti-arrows-split-2"),
        "set_skill": Deed(_("Skill of a monitor set"), "ti-adjustments"),
        "hand_over": Deed(_("Handed over"), "ti-user-share"),
        "snooze": Deed(_("Put aside"), "ti-zzz"),
        "wake": Deed(_("Taken up again"), "ti-sun"),
        "pass_on": Deed(_("Passed on to determination"), "ti-arrow-big-right"),
        "approve": Deed(_("Determination approved"), "ti-checks"),
        "send_back": Deed(_("Determination sent back"), "ti-arrow-back"),
        "hand_back": Deed(_("Handed back"), "ti-arrow-back-up"),
        "released": Deed(_("Given back: its person may no longer do it"), "ti-user-off"),
        "exclude": Deed(_("Excluded"), "ti-circle-x"),
        "determine": Deed(_("Determined"), "ti-gavel"),
        "set_measure": Deed(_("Measure set"), "ti-clipboard-plus"),
        "set_owner": Deed(_("Another owner set"), "ti-user-share"),
        "report_done": Deed(_("Measure reported done"), "ti-clipboard-check"),
        "verify": Deed(_("Measure verified"), "ti-rosette-discount-check"),
        "send_measure_back": Deed(_("Measure sent back"), "ti-clipboard-x"),
        "close": Deed(_("Closed"), "ti-lock-check"),
        "report_exception": Deed(_("Exception reported"), "ti-alert-triangle"),
        "acknowledge_exception": Deed(_("Exception report acknowledged"), "ti-eye-check"),
        "report_to_regulator": Deed(_("Reported to the regulator"), "ti-building-bank"),
        "draw_sample": Deed(_("Sample drawn"), "ti-dice-5"),
        "check_exclusion": Deed(_("Exclusion looked at once more"), "ti-zoom-check"),
        "check_determination": Deed(_("Determination looked at once more"), "ti-zoom-check"),
        "urge": Deed(_("Urged on"), "ti-urgent"),
        "appeal": Deed(_("Appealed"), "ti-message-report"),
        "withdraw_appeal": Deed(_("Appeal withdrawn"), "ti-message-off"),
        "reject_appeal": Deed(_("Appeal rejected"), "ti-message-x"),
        "uphold_appeal": Deed(_("Appeal upheld: the event begins anew"), "ti-message-check"),
        "ask_reopening": Deed(_("Reopening asked for"), "ti-lock-question"),
        "refuse_reopening": Deed(_("Reopening refused"), "ti-lock-x"),
        "reopen": Deed(_("Reopened: the event begins anew"), "ti-lock-open"),
        "ask": Deed(_("Query sent"), "ti-mail", OF_QUERY),
        "ask_again": Deed(_("Answer refused, asked again"), "ti-mail-exclamation", OF_QUERY),
        "answer": Deed(_("Query answered"), "ti-mail-opened", OF_QUERY),
        "forward": Deed(_("Query forwarded"), "ti-mail-forward", OF_QUERY),
        "accept_answer": Deed(_("Answer accepted"), "ti-mail-check", OF_QUERY),
        "withdraw_query": Deed(_("Query withdrawn"), "ti-mail-off", OF_QUERY),
        "attach": Deed(_("File attached"), "ti-paperclip", OF_ATTACHMENT),
        "strike": Deed(_("File struck through"), "ti-strikethrough", OF_ATTACHMENT),
    },
)
