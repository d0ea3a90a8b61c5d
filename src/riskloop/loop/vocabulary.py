"""What the loop's actions, objects and fields are called in the history (`telling`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.loop.history import EVENT
from riskloop.loop.models import Driver, ExclusionReason, Grade, Outcome, Purpose, State
from riskloop.organisation.masking import masked_text
from riskloop.organisation.naming import choices, each, moments, numbers, people, units
from riskloop.organisation.telling import Deed, Field, Fields, Vocabulary, for_machines


def drivers(keys: Collection[Any]) -> Mapping[Any, str]:
    """Risk drivers by key, their code before the name."""
    language = get_language()
    found = Driver.objects.in_bulk(keys)
    return {key: f"{driver.code} {driver.name.in_language(language)}" for key, driver in found.items()}


def exclusion_reasons(keys: Collection[Any]) -> Mapping[Any, str]:
    """Reasons for exclusion by code."""
    language = get_language()
    found = ExclusionReason.objects.in_bulk(keys)
    return {key: reason.name.in_language(language) for key, reason in found.items()}


EVENT_AND_MEASURES: Fields = {
    "state": Field(_("State"), choices(State.choices)),
    "assignee_id": Field(_("Assignee"), people),
    "outcome": Field(_("Outcome"), choices(Outcome.choices)),
    "exclusion_reason_id": Field(_("Reason"), exclusion_reasons),
    "driver_id": Field(_("Risk driver"), drivers),
    "grade": Field(_("Grade"), choices(Grade.choices)),
    "score": Field(_("Risk score"), numbers),
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
    **for_machines("id", "event_id", "conclusion_note", "done_note"),
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

VOCABULARY = Vocabulary(
    objects={EVENT: _("Quasi-risk event")},
    fields={EVENT: EVENT_AND_MEASURES},
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
        "hand_back": Deed(_("Handed back"), "ti-arrow-back-up"),
        "released": Deed(_("Given back: its person may no longer do it"), "ti-user-off"),
        "exclude": Deed(_("Excluded"), "ti-circle-x"),
        "determine": Deed(_("Determined"), "ti-gavel"),
        "set_measure": Deed(_("Measure set"), "ti-clipboard-plus"),
        "set_owner": Deed(_("Another owner set"), "ti-user-share"),
        "report_done": Deed(_("Measure reported done"), "ti-clipboard-check"),
        "verify": Deed(_("Measure verified"), "ti-rosette-discount-check"),
        "close": Deed(_("Closed"), "ti-lock-check"),
        "attach": Deed(_("File attached"), "ti-paperclip", OF_ATTACHMENT),
        "strike": Deed(_("File struck through"), "ti-strikethrough", OF_ATTACHMENT),
    },
)
