"""The answer to a what-if: computed by a job, and kept with the question and with what it was computed on."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from contextlib import suppress
from typing import Any

from django.conf import settings

from riskloop.bank.errors import BadInput
from riskloop.bank.lake import Lake
from riskloop.detection.plan import DataVersions, business_days, ruled
from riskloop.detection.run import silent
from riskloop.detection.whatif import instead_of
from riskloop.governance.in_force import InForce
from riskloop.governance.models import WhatIfQuestion
from riskloop.governance.what_if.asking import BeginWhatIf, KeepAnswer, KeepProblem
from riskloop.governance.what_if.computing import compare
from riskloop.governance.what_if.results import for_readers
from riskloop.models.catalogue import AnyModel, model_of
from riskloop.models.hits import plain_values
from riskloop.organisation.action import Refused, do

MOST_MISSED = 200
"""So many missed events of an alternative, the earliest, are kept by name; all are counted."""


def answer(question_id: int) -> None:
    """Computes and keeps the answer to a question that has none. Done twice it says the same.

    Raises:
        Exception: what nobody foresaw. It is noted with the question, and the job is tried again.
    """
    question = WhatIfQuestion.objects.filter(pk=question_id).first()
    if question is None:
        return
    with suppress(Refused):
        # Answered meanwhile: the answer stands.
        do(BeginWhatIf(None, question))
        try:
            told, versions = _answer(question)
        except BadInput as problem:
            do(KeepProblem(None, question, str(problem)))
            return
        except Exception as problem:
            do(KeepProblem(None, question, f"{type(problem).__name__}: {problem}"))
            raise
        do(KeepAnswer(None, question, told, versions))


def _answer(question: WhatIfQuestion) -> tuple[dict[str, Any], dict[str, Any]]:
    model, branch, in_force = model_of(question.model), question.unit_id, InForce()
    reach = None if branch is None else (lambda day: in_force.units_of(branch, day))
    tried = [
        ({}, in_force),
        *((settings, instead_of(in_force, settings)) for settings in question.alternatives),
    ]
    found = compare(
        settings.HOME, model, tried, question.first, question.last, silent, swept=question.swept, reach=reach
    )
    told = found.as_dict()
    for estimate in (told["in_force"], *told["alternatives"]):
        estimate["missed_number"] = len(estimate["missed"])
        for_readers(estimate, MOST_MISSED)
    told["values"] = plain_values(in_force.parameters(model, question.last, branch))
    return told, _versions(model, in_force, question.first, question.last)


def _versions(model: AnyModel, in_force: InForce, first: dt.date, last: dt.date) -> dict[str, Any]:
    """Of the model, of the values in force in the period, in their order, and of the data that were read."""
    lake = Lake(settings.HOME)
    data, values, seen = DataVersions(lake), dict[str, None](), list[str]()
    for day in business_days(lake, first, last):
        decided = in_force(model, day)
        if decided is not None:
            item = ruled(model, decided, {})
            values[item.version] = None
            seen.append(data.of(model.needs, item.days, day))
    fingerprint = hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:12]
    return {"model": model.version, "values": list(values), "data": fingerprint}
