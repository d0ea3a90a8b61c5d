"""The gates through which changes and trials of the models, and what trials hit, reach a person."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from riskloop.governance.models import ModelChange, Trial, WhatIfQuestion
from riskloop.models.catalogue import AnyModel
from riskloop.organisation.functions import (
    ADMIT_MODELS,
    PROPOSE_MODELS,
    READ_EVENTS,
    READ_MODELS,
    READ_STATISTICS,
    REVIEW_MODELS,
)
from riskloop.organisation.scope import Person, authority_of, units_of, within

READERS = (READ_MODELS, PROPOSE_MODELS, REVIEW_MODELS, ADMIT_MODELS)
"""With any of these a person sees changes of models."""
ASKERS = (PROPOSE_MODELS, REVIEW_MODELS, ADMIT_MODELS)
"""Who prepares a change of a model or decides on one asks, and reads what was asked where he may do so.

Nobody else: a question is work on a change that may never be asked for; what comes of it stands with the
change, for everybody who reads models.
"""


def changes_seen_by(user: Person) -> QuerySet[ModelChange]:
    """The whole bank's, those of the branches that he reaches, and those of the branch that he works in."""
    return ModelChange.objects.filter(_seen(user)).select_related(
        "unit", "proposed_by", "decided_by", "trial"
    )


def trials_seen_by(user: Person) -> QuerySet[Trial]:
    """As the changes. What a trial hit is seen unit by unit (`units_read`, `hits_read`)."""
    return Trial.objects.filter(_seen(user)).select_related("unit", "proposed_by", "decided_by")


def _seen(user: Person) -> Q:
    grants = authority_of(user).having(READERS)
    if not grants:
        return Q(pk__in=[])
    steps = [grant.path.split("/") for grant in grants]
    above = {"/".join(step[:n]) for step in steps for n in range(1, len(step) + 1)}
    return within(user, *READERS) | Q(unit__path__in=above) | Q(unit=None)


def what_ifs_seen_by(user: Person) -> QuerySet[WhatIfQuestion]:
    """Those of the branches where he works on changes of models; the whole bank's where he does so for it."""
    reached = WhatIfQuestion.objects.filter(within(user, *ASKERS))
    return reached.select_related("unit", "asked_by")


def units_read(user: Person) -> frozenset[str] | None:
    """The units of which he reads what models come to; None: all, also those that the bank does not know."""
    return _units(user, *READERS)


def hits_read(user: Person, model: AnyModel) -> frozenset[str] | None:
    """The units of which he sees the single hits of a model, as he sees those in force there."""
    return _units(user, reading_hits(model))


def reading_hits(model: AnyModel) -> str:
    """The function that opens single hits of a model."""
    return READ_EVENTS if model.handling == "itemised" else READ_STATISTICS


def _units(user: Person, *functions: str) -> frozenset[str] | None:
    if any(grant.whole_tree for grant in authority_of(user).having(functions)):
        return None
    return frozenset(units_of(user, *functions).values_list("pk", flat=True))
