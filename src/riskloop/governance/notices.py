"""Whom a change or a trial of a model is told: who may decide on it, and who asked for it."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from riskloop.governance.models import Asked, ModelChange, Trial
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


def _trial_page(trial_id: str) -> str:
    return reverse("model_trial", args=[trial_id])


TRIAL = "model_trial"
TRIAL_PROPOSED = Kind(
    "model_trial_proposed",
    _("A trial of a model awaits a decision: %(model)s."),
    "ti-test-pipe",
    _trial_page,
    _NAMED,
)
TRIAL_DECIDED = Kind(
    "model_trial_decided",
    _("Your trial of a model was decided on: %(model)s."),
    "ti-gavel",
    _trial_page,
    _NAMED,
)
KINDS = (PROPOSED, DECIDED, TRIAL_PROPOSED, TRIAL_DECIDED)


def tell_proposed(change: ModelChange, people: Iterable[User]) -> None:
    """Those who may decide are told that a change waits for them; not who asked for it."""
    _tell(_others(people, change), PROPOSED, OBJECT, change)


def tell_decided(change: ModelChange) -> None:
    """Who asked for it is told that it was decided on."""
    _tell([change.proposed_by_id], DECIDED, OBJECT, change)


def tell_trial_proposed(trial: Trial, people: Iterable[User]) -> None:
    """As of a change."""
    _tell(_others(people, trial), TRIAL_PROPOSED, TRIAL, trial)


def tell_trial_decided(trial: Trial) -> None:
    """As of a change."""
    _tell([trial.proposed_by_id], TRIAL_DECIDED, TRIAL, trial)


def _others(people: Iterable[User], asked: Asked) -> list[User]:
    return [one for one in people if one.pk != asked.proposed_by_id]


def _tell(people: Iterable[User | int], kind: Kind, object_type: str, asked: Asked) -> None:
    tell(people, kind.code, object_type, asked.pk, model=asked.model)
