"""Whom a change or a trial of a model is told: who may decide on it, and who asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from riskloop.governance.models import Asked, ModelChange, Trial
from riskloop.loop.notices import models
from riskloop.organisation.models import User
from riskloop.outgoing.notices import Kind, tell


def _page(change_id: str) -> str:
    return reverse("model_change", args=[change_id])


CHANGE = "model_change"
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


_PROPOSED: Mapping[type[Asked], Kind] = {ModelChange: PROPOSED, Trial: TRIAL_PROPOSED}
_DECIDED: Mapping[type[Asked], Kind] = {ModelChange: DECIDED, Trial: TRIAL_DECIDED}
_CALLED: Mapping[type[Asked], str] = {ModelChange: CHANGE, Trial: TRIAL}


def tell_proposed(asked: Asked, people: Iterable[User]) -> None:
    """Those who may decide are told that it waits for them; not who asked for it."""
    others = [one for one in people if one.pk != asked.proposed_by_id]
    _tell(others, _PROPOSED[type(asked)], asked)


def tell_decided(asked: Asked) -> None:
    """Who asked for it is told that it was decided on."""
    _tell([asked.proposed_by_id], _DECIDED[type(asked)], asked)


def _tell(people: Iterable[User | int], kind: Kind, asked: Asked) -> None:
    tell(people, kind.code, _CALLED[type(asked)], asked.pk, model=asked.model)
