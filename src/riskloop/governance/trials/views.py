"""The pages of trials: what runs and what ran, asking for one, deciding on it, and what it comes to."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from riskloop.governance.inputs import known_model
from riskloop.governance.models import Kind, Trial, TrialState
from riskloop.governance.notices import TRIAL
from riskloop.governance.proposals.actions import scope_of
from riskloop.governance.proposals.views import SHOWN, act_on, compared_values, form_page, forms_on
from riskloop.governance.trials.comparison import MOST_DAYS, Comparison, compare_trial, gained_hits
from riskloop.governance.trials.forms import ON_TRIAL, TrialForm
from riskloop.governance.visibility import READERS, hits_read, reading_hits, trials_seen_by, units_read
from riskloop.loop.findings import compared
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.organisation.forms import OK, ActionForm, answer
from riskloop.organisation.functions import PROPOSE_MODELS, READ_EVENTS, READ_RUNS
from riskloop.organisation.gate import needs
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import LookKind, Unit, User
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import holds, may
from riskloop.organisation.telling import history_of, told
from riskloop.organisation.traces import trace, widest_unit

ROWS = 100
"""So many gained hits, the newest, are listed."""
MOST_UNITS = 100
"""So many units, those in which most differs, are listed."""


@needs(*READERS)
@require_safe
def trials(request: SignedIn) -> HttpResponse:
    """What waits to be decided, what runs, and what has ended, the latest first."""
    seen = list(trials_seen_by(request.user).order_by("-proposed_at", "-pk"))
    runs = {"waiting", "running"}
    ended = [one for one in seen if one.phase not in runs | {str(TrialState.PROPOSED)}]
    context = {
        "title": _("Trials of models"),
        "waiting": _named(one for one in seen if one.state == str(TrialState.PROPOSED)),
        "running": _named(one for one in seen if one.phase in runs),
        "ended": _named(ended[:SHOWN]),
    }
    return render(request, "governance/trials.html", context)


def _named(found: Any) -> list[dict[str, Any]]:
    return [{"trial": one, "model": catalogue().get(one.model)} for one in found]


@needs(PROPOSE_MODELS)
@require_http_methods(["GET", "HEAD", "POST"])
def propose_trial(request: SignedIn, code: str) -> HttpResponse:
    """Asks to run other values of a model, or a model outside supervision, beside what is in force."""
    model = known_model(code)
    page = form_page(request, model, "governance/propose_trial.html", _("Propose a trial of %(model)s"))
    if request.method != "POST":
        return page(TrialForm(request.user, model, branch=page.chosen()), OK)
    asked = request.POST.get(f"{TrialForm.name}-branch", "")
    form = TrialForm(request.user, model, request.POST, branch=asked)
    return answer(request, form, page, lambda: reverse("model_trial", args=[form.made.pk]))


@needs(*READERS)
@require_safe
def trial(request: SignedIn, trial_id: int) -> HttpResponse:
    """One trial: what it tries, who asked for it and decided, and what it comes to."""
    return _page(request, get_object_or_404(trials_seen_by(request.user), pk=trial_id))


@needs(*READERS)
@require_http_methods(["GET", "POST"])
def act_on_trial(request: SignedIn, trial_id: int, action: str) -> HttpResponse:
    """Decides on a trial, or takes it back; whoever only looks here is led to it."""
    return act_on(request, trials_seen_by, trial_id, ON_TRIAL.get(action), "model_trial", _page)


def _page(request: SignedIn, found: Trial, given: ActionForm | None = None, status: int = OK) -> HttpResponse:
    user, model = request.user, catalogue().get(found.model)
    context = {
        "title": _("Trial %(number)d of %(model)s") % {"number": found.pk, "model": found.model},
        "trial": found,
        "model": model,
        "values": compared_values(model, found) if model and found.kind == Kind.VALUES else [],
        "forms": forms_on(user, found, ON_TRIAL, given, withdraws=_may_withdraw(user, found)),
        "may_make_real": _may_make_real(user, found),
        "changes": found.changes.order_by("pk"),  # pyright: ignore[reportAttributeAccessIssue]
        "lines": told(history_of(TRIAL, found.pk)),
        "decided": found.state not in {str(TrialState.PROPOSED), str(TrialState.REJECTED)},
    }
    if model is not None and context["decided"]:
        context |= _outcome(request, model, found)
    return render(request, "governance/trial.html", context, status=status)


def _may_withdraw(user: User, found: Trial) -> bool:
    waits, own = found.state == str(TrialState.PROPOSED), found.proposed_by_id == user.pk
    goes_on = found.phase in {"waiting", "running"}
    return (goes_on or (waits and own)) and may(user, PROPOSE_MODELS, scope_of(found))


def _may_make_real(user: User, found: Trial) -> bool:
    tried = found.decided_at is not None
    tried &= found.state in {str(TrialState.APPROVED), str(TrialState.WITHDRAWN)}
    return tried and may(user, PROPOSE_MODELS, scope_of(found))


def _outcome(request: SignedIn, model: AnyModel, found: Trial) -> dict[str, Any]:
    """What it comes to in the reader's units, and the single hits gained where he may see such."""
    user = request.user
    comparison = compare_trial(settings.HOME, found, units_read(user))
    reads_hits = holds(user, reading_hits(model))
    rows, more = rows_gained(user, model, found, request.GET.urlencode()) if reads_hits else ([], False)
    by_unit = sorted(comparison.trial.by_unit.items(), key=lambda one: (-sum(vars(one[1]).values()), one[0]))
    names = dict(Unit.objects.filter(pk__in=[pk for pk, _c in by_unit]).values_list("pk", "name"))
    return {
        "comparison": comparison,
        "hours_gained": comparison.hours(comparison.trial.bundles_gained),
        "hours_lost": comparison.hours(comparison.trial.bundles_lost),
        "most_days": MOST_DAYS,
        "chart": _chart(comparison) if comparison.compared else None,
        "by_unit": [(pk, names.get(pk, ""), changed) for pk, changed in by_unit[:MOST_UNITS]],
        "more_units": len(by_unit) > MOST_UNITS,
        "reads_hits": reads_hits,
        "rows": rows,
        "more": more,
        "reads_events": holds(user, READ_EVENTS),
        "reads_runs": holds(user, READ_RUNS),
    }


def rows_gained(
    user: User, model: AnyModel, found: Trial, query: str, first: int = 0, number: int = ROWS
) -> tuple[list[dict[str, Any]], bool]:
    """Hits that only the trial has, in the units where he sees such, masked; that he looked is traced.

    Returns:
        So many from the `first` on, and whether there are more.
    """
    every = gained_hits(settings.HOME, found, hits_read(user, model))
    hits = list(itertools.islice(every, first, first + number + 1))
    more, hits = len(hits) > number, hits[:number]
    trace(
        user,
        LookKind.LOOK,
        reading_hits(model),
        TRIAL,
        found.pk,
        widest_unit(user, reading_hits(model)),
        customer_ids=[customer for hit in hits for customer in hit["customer_ids"]],
        rows=len(hits),
        query=query,
    )
    return [_row(model, hit) for hit in hits], more


def _row(model: AnyModel, hit: Mapping[str, Any]) -> dict[str, Any]:
    key = masked_subject(hit["subject_kind"], hit["subject_id"])
    return {"hit": hit, "key": key, "compared": compared(model, hit)}


def _chart(comparison: Comparison) -> dict[str, Any]:
    """An ECharts option: hits of both by business day, and what the trial gains and loses."""
    days = comparison.days

    def drawn(name: str, values: Sequence[int | None], colour: str) -> dict[str, Any]:
        return {"type": "line", "name": name, "data": list(values), "color": colour, "symbolSize": 5}

    def bar(name: str, values: Sequence[int | None], colour: str) -> dict[str, Any]:
        return {"type": "bar", "name": name, "data": list(values), "color": colour, "barMaxWidth": 12}

    return {
        "xAxis": {"type": "category", "data": [f"{one.day:%m-%d}" for one in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            drawn(_("In force"), [one.in_force for one in days], "--rl-closed"),
            drawn(_("Trial"), [one.hits if one.compared else None for one in days], "--rl-new"),
            bar(_("Gained"), [one.gained for one in days], "--rl-assigned"),
            bar(_("Lost"), [one.lost for one in days], "--rl-attention"),
        ],
    }
