"""Whom a change of a model is told: who may decide on it, and who asked for it."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from riskloop.governance.models import ModelChange
from riskloop.loop.notices import models
from riskloop.organisation.models import User
from riskloop.outgoing.notices import Kind, tell


def _page(change_id: str) -> str:
    return reverse("model_change", args=[change_id])


OBJECT = "model_change"
"""Of what the notices tell, as the history calls it."""
_NAMED = {"model": models}
PROPOSED = Kind(
    "model_change_proposed",
    _("A change of a model awaits a decision: %(model)s."),
    "ti-adjustments-plus",
    _page,
    _NAMED,
)
DECIDED = Kind(
    "model_change_decided",
    _("Your change of a model was decided on: %(model)s."),
    "ti-gavel",
    _page,
    _NAMED,
)
KINDS = (PROPOSED, DECIDED)


def tell_proposed(change: ModelChange, people: Iterable[User]) -> None:
    """Those who may decide are told that a change waits for them; not who asked for it."""
    _tell([one for one in people if one.pk != change.proposed_by_id], PROPOSED, change)


def tell_decided(change: ModelChange) -> None:
    """Who asked for it is told that it was decided on."""
    _tell([change.proposed_by_id], DECIDED, change)


def _tell(people: Iterable[User | int], kind: Kind, change: ModelChange) -> None:
    tell(people, kind.code, OBJECT, change.pk, model=change.model)
