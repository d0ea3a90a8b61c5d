"""What changes and trials of the models are called in the history (`telling`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from riskloop.governance.actions import CHANGE
from riskloop.governance.models import ChangeState, Kind, TrialState
from riskloop.governance.notices import TRIAL
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

VOCABULARY = Vocabulary(
    objects={CHANGE: _("Change of a model"), TRIAL: _("Trial of a model")},
    fields={CHANGE: FIELDS, TRIAL: TRIAL_FIELDS},
    actions={
        "propose_model_change": Deed(_("Change of a model proposed"), "ti-adjustments-plus"),
        "estimate_model_change": Deed(_("Its effect estimated"), "ti-calculator"),
        "decide_model_change": Deed(_("Change of a model decided"), "ti-gavel"),
        "withdraw_model_change": Deed(_("Change of a model taken back"), "ti-arrow-back-up"),
        "propose_model_trial": Deed(_("Trial of a model proposed"), "ti-test-pipe"),
        "decide_model_trial": Deed(_("Trial of a model decided"), "ti-gavel"),
        "withdraw_model_trial": Deed(_("Trial of a model taken back"), "ti-arrow-back-up"),
        "make_trial_real": Deed(_("Trial of a model made real"), "ti-check"),
    },
)
