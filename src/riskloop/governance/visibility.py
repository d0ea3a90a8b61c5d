"""The one gate through which changes of the models reach a person."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from riskloop.governance.asking import ASKERS
from riskloop.governance.models import ModelChange, WhatIfQuestion
from riskloop.organisation.functions import ADMIT_MODELS, PROPOSE_MODELS, READ_MODELS, REVIEW_MODELS
from riskloop.organisation.scope import Person, authority_of, within

READERS = (READ_MODELS, PROPOSE_MODELS, REVIEW_MODELS, ADMIT_MODELS)
"""With any of these a person sees changes of models."""


def changes_seen_by(user: Person) -> QuerySet[ModelChange]:
    """The whole bank's, those of the branches that he reaches, and those of the branch that he works in."""
    grants = authority_of(user).having(READERS)
    steps = [grant.path.split("/") for grant in grants]
    above = {"/".join(step[:n]) for step in steps for n in range(1, len(step) + 1)}
    reach = within(user, *READERS) | Q(unit__path__in=above)
    found = ModelChange.objects.filter(reach | Q(unit=None)) if grants else ModelChange.objects.none()
    return found.select_related("unit", "proposed_by", "decided_by")


def what_ifs_seen_by(user: Person) -> QuerySet[WhatIfQuestion]:
    """Those of the branches where he works on changes of models; the whole bank's where he does so for it."""
    reached = WhatIfQuestion.objects.filter(within(user, *ASKERS))
    return reached.select_related("unit", "asked_by")
