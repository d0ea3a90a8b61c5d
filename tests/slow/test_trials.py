"""A preview is what a trial then hits, on the simulated bank, hit by hit and value by value."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from riskloop.bank.home import Home
from riskloop.detection.run import DetectRequest, silent
from riskloop.detection.trials import trial_hits
from riskloop.detection.whatif import days_of, question
from riskloop.governance.in_force import InForce
from riskloop.governance.models import Trial
from riskloop.governance.trials.comparison import compare_trial
from riskloop.governance.what_if.computing import what_if
from riskloop.loop.models import QuasiEvent
from riskloop.models.catalogue import model_of
from riskloop.models.simulated import simulate_bank
from riskloop.organisation.account_actions import create_user
from riskloop.web.supervision import supervise

TRIED = {
    "A03": {"amount": "25000"},
    "A07": {"days": "2"},
    "A11": {"amount": "750000"},
    "B06": {"count": "1"},
    "B09": {"amount": "100000"},
}
"""Other values that hit more, fewer, or by another window."""


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    simulate_bank(home, outlets=2, days=4, per_day=200, seed=3)
    return home


def test_the_preview_is_what_the_trial_hits(simulated: Home, db: None, settings: Any) -> None:
    settings.HOME = simulated
    supervise(simulated, DetectRequest(codes=tuple(TRIED)), silent)
    before = list(QuasiEvent.objects.order_by("pk").values())
    maintainer = create_user(username="maintainer", password=None, display_name="…", staff_id="")
    asked = {"state": "approved", "kind": "values", "proposed_by": maintainer, "decided_at": timezone.now()}
    begins = dt.date(2020, 1, 1)
    trials = {
        code: Trial.objects.create(model=code, values=values, effective_from=begins, **asked)
        for code, values in TRIED.items()
    }
    done = supervise(simulated, DetectRequest(codes=tuple(TRIED)), silent).trials
    assert done["failed"] == []
    assert list(QuasiEvent.objects.order_by("pk").values()) == before
    for code, trial in trials.items():
        model = model_of(code)
        preview = question([f"{code}.{name}={value}" for name, value in trial.values.items()])
        decisions = preview.decisions(InForce())
        for day in days_of(simulated, model, decisions, None, None, silent):
            assert trial_hits(simulated, trial.pk, day.day).to_pylist() == day.hits[1].to_pylist(), code
        told, kept = what_if(simulated, preview, None, None, silent), compare_trial(simulated, trial, None)
        (one,) = told.alternatives
        for name in ("hits", "gained", "lost", "bundles_gained", "bundles_lost", "saved", "unjudged"):
            assert getattr(kept.trial, name) == getattr(one, name), (code, name)
        assert (kept.in_force.hits, kept.trial.by_unit) == (told.in_force.hits, one.by_unit), code
        assert kept.trial.gained or kept.trial.lost, code
