"""What a change would have done over the days before: computed once it is proposed, and kept with it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings

from riskloop.bank.errors import BadInput
from riskloop.bank.lake import Lake
from riskloop.detection.plan import business_days
from riskloop.detection.run import silent
from riskloop.governance.changes.actions import KeepEstimate
from riskloop.governance.in_force import InForce
from riskloop.governance.models import ChangeState, ModelChange
from riskloop.governance.what_if.computing import compare
from riskloop.governance.what_if.results import for_readers
from riskloop.models.catalogue import model_of
from riskloop.organisation.action import Refused, do

DAYS = 90
"""So many business days, the newest, are looked at."""


def estimate(change_id: int) -> None:
    """Computes and keeps the estimate of a change that still waits. Done twice it says the same.

    Where nothing can be computed the reason is kept in its place.
    """
    change = ModelChange.objects.filter(pk=change_id, state=ChangeState.PROPOSED).first()
    if change is None:
        return
    try:
        told = _estimate(change)
    except BadInput as problem:
        told = {"problem": str(problem)}
    with suppress(Refused):
        # Decided meanwhile: what it was decided by stays as it was.
        do(KeepEstimate(None, change, told))


def _estimate(change: ModelChange) -> dict[str, Any]:
    first = business_days(Lake(settings.HOME), None, None)[-DAYS:][0]
    tried = [({}, InForce()), (change.values, InForce(supposed=change))]
    answer = compare(settings.HOME, model_of(change.model), tried, first, None, silent)
    told = answer.as_dict()
    (after,) = told.pop("alternatives")
    for_readers(after)
    return told | {"after": after}
