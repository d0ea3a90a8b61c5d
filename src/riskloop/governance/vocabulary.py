"""What changes and trials of the models are called in the history (`telling`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from riskloop.governance.models import ChangeState, Kind, TrialState, WhatIfState
from riskloop.governance.notices import CHANGE, TRIAL
from riskloop.governance.what_if.asking import QUESTION
from riskloop.organisation.naming import choices, moments, people, units
from riskloop.organisation.telling import Deed, Field, Fields, Vocabulary, for_machines

_ASKED: Fields = {
    "model": Field(_("Model")),
    "kind": Field(_("What is asked for"), choices(Kind.choices)),
    "unit_id": Field(_("Of which branch alone"), units),
    "values": Field(_("Values"), by_item=True),
    "effective_from": Field(_("In force from")),
    "proposed_by_id": Field(_("Proposed by"), people, for_auditors=True),
    "proposed_at": Field(_("Proposed at"), moments, for_auditors=True),
    "decided_by_id": Field(_("Decided by"), people, for_auditors=True),
    "decided_at": Field(_("Decided at"), moments, for_auditors=True),
}
# The reasons stand in the lines' own words.
_WORDS = for_machines("id", "reason", "decision_note")
FIELDS: Fields = {
    **_ASKED,
    "missed": Field(_("Confirmed events that would have been missed")),
    "state": Field(_("State"), choices(ChangeState.choices)),
    "trial_id": Field(_("Trial that it makes real")),
    **_WORDS,
    **for_machines("estimate"),
}
TRIAL_FIELDS: Fields = {
    **_ASKED,
    "effective_from": Field(_("First day")),
    "effective_until": Field(_("Last day")),
    "state": Field(_("State"), choices(TrialState.choices)),
    "change": Field(_("Change that makes it real")),
    **_WORDS,
}

WHAT_IF: Fields = {
    "model": Field(_("Model")),
    "values": Field(_("Values"), by_item=True),
    "swept": Field(_("Parameter that is varied")),
    "steps": Field(_("Its values")),
    "unit_id": Field(_("Of which branch alone"), units),
    "first": Field(_("First business day")),
    "last": Field(_("Last business day")),
    "state": Field(_("State"), choices(WhatIfState.choices)),
    "problem": Field(_("Why it could not be computed")),
    "asked_by_id": Field(pgettext_lazy("what-if", "Asked by"), people, for_auditors=True),
    "asked_at": Field(_("Asked at"), moments, for_auditors=True),
    "began_at": Field(_("Begun at"), moments, for_auditors=True),
    "ended_at": Field(_("Ended at"), moments, for_auditors=True),
    # What it was computed on stands on its page.
    **for_machines("id", "answer", "versions"),
}

VOCABULARY = Vocabulary(
    objects={CHANGE: _("Change of a model"), QUESTION: _("What-if"), TRIAL: _("Trial of a model")},
    fields={CHANGE: FIELDS, QUESTION: WHAT_IF, TRIAL: TRIAL_FIELDS},
    actions={
        "propose_model_change": Deed(_("Change of a model proposed"), "ti-adjustments-plus"),
        "estimate_model_change": Deed(_("Its effect estimated"), "ti-calculator"),
        "decide_model_change": Deed(_("Change of a model decided"), "ti-gavel"),
        "ask_what_if": Deed(_("What-if asked"), "ti-flask"),
        "begin_what_if": Deed(_("What-if begun"), "ti-player-play"),
        "answer_what_if": Deed(_("What-if computed"), "ti-calculator"),
        "fail_what_if": Deed(_("What-if failed"), "ti-alert-triangle"),
        "withdraw_model_change": Deed(_("Change of a model taken back"), "ti-arrow-back-up"),
        "propose_model_trial": Deed(_("Trial of a model proposed"), "ti-test-pipe"),
        "decide_model_trial": Deed(_("Trial of a model decided"), "ti-gavel"),
        "withdraw_model_trial": Deed(_("Trial of a model taken back"), "ti-arrow-back-up"),
        "make_trial_real": Deed(_("Trial of a model made real"), "ti-check"),
    },
)
