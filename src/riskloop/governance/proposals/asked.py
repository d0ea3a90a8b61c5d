"""What may be asked for of a model, for good or on trial: the rules that a change and a trial share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from riskloop.bank.errors import BadInput
from riskloop.governance.in_force import InForce
from riskloop.governance.models import ADMISSION, Asked, Kind, Trial, TrialState
from riskloop.models.catalogue import AnyModel, catalogue, parameters_of
from riskloop.models.hits import plain, plain_values
from riskloop.models.own import has_passed, is_own
from riskloop.organisation.action import Refused, require
from riskloop.organisation.models.units import Level


def check_asked(asked: Asked, model: AnyModel, values: Mapping[str, Any]) -> None:
    """Refuses what cannot be asked for, and takes the values into it as they are kept.

    Args:
        values: by parameter, as they were given.
    """
    require(bool(asked.reason.strip()), "why", _("Say why."))
    if asked.kind == str(Kind.VALUES):
        _take_values(asked, model, values)
    else:
        require(asked.unit is None, "level", _("A model is under supervision for the whole bank."))
        require(not values, "values", _("An admission or an exit brings no values."))
    check_admission(asked)


def _take_values(asked: Asked, model: AnyModel, values: Mapping[str, Any]) -> None:
    branch = asked.unit is None or asked.unit.level == str(Level.TIER1_BRANCH)
    require(branch, "level", _("Only a first-level branch has values of its own."))
    for name, given in values.items():
        try:
            parameters_of(model, {name: given})
        except BadInput:
            said = _("%(name)s cannot be %(given)s.") % {"name": name, "given": given}
            raise Refused("values", said) from None
    read = plain_values(parameters_of(model, values))
    asked.values = {name: read[name] for name in values}
    there = InForce().parameters(model, asked.effective_from, asked.unit_id)
    differs = any(plain(getattr(there, name)) != value for name, value in asked.values.items())
    require(differs, "same", _("These values are in force on that day anyway."))


def check_admission(asked: Asked) -> None:
    """A model can only enter supervision from outside, and only leave it from inside."""
    if asked.kind not in {str(kind) for kind in ADMISSION}:
        return
    inside = InForce().supervised(asked.model, asked.effective_from)
    entering = asked.kind == str(Kind.ADMIT)
    there = _("The model is under supervision on that day already.")
    gone = _("The model is not under supervision on that day.")
    require(inside != entering, "admission", there if entering else gone)
    if entering and is_own(asked.model):
        model = catalogue().get(asked.model)
        require(model is not None, "model", _("The model's file is not there any more."))
        require(
            model is not None and has_passed(model),
            "untested",
            _("Its tests are not on record as passed: riskloop models test --record."),
        )


def check_evidence(asked: Asked, trial: Trial, model: AnyModel) -> None:
    """A trial speaks for what it tried: the same model, scope and values, and nothing beside them."""
    tried = {str(TrialState.APPROVED), str(TrialState.WITHDRAWN)}
    require(
        trial.decided_at is not None and trial.state in tried,
        "trial",
        _("The trial was never approved, or was made real already."),
    )
    there = plain_values(InForce().parameters(model, asked.effective_from, asked.unit_id))
    same = (asked.model, asked.kind, asked.unit_id) == (trial.model, trial.kind, trial.unit_id)
    same &= there | asked.values == there | trial.values
    require(same, "trial", _("The trial was of something else: propose what it tried, or without it."))
