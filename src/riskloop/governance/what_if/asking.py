"""Asking what other values of a model would have done, and keeping what a job then answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.bank.errors import BadInput
from riskloop.bank.lake import Lake
from riskloop.detection.plan import business_days
from riskloop.detection.whatif import MOST_STEPS, USUAL_STEPS, each_once, evenly, varies
from riskloop.governance.models import WhatIfQuestion, WhatIfState
from riskloop.governance.visibility import ASKERS
from riskloop.models.api import About
from riskloop.models.catalogue import AnyModel, parameters_of
from riskloop.organisation.action import Action, Refused, require
from riskloop.organisation.functions import PROPOSE_MODELS
from riskloop.organisation.models import Unit, User
from riskloop.organisation.models.units import Level
from riskloop.organisation.role_actions import head_office
from riskloop.organisation.scope import acting_role
from riskloop.outgoing.jobs import later

QUESTION = "what_if"
ANSWER = "governance.what_if"
"""The job that computes the answer."""
DAYS, MOST_DAYS = 90, 400
"""So many business days, the newest, where nobody says which; and so many at most."""
MOST_UNFINISHED = 5
"""So many questions of one person are computed or wait: there are others who ask."""


@dataclass(frozen=True)
class Sweep:
    """One parameter at several values, as text: those `listed`, or evenly apart from `low` to `high`."""

    parameter: str
    listed: Sequence[str] = ()
    low: str = ""
    high: str = ""
    number: int = USUAL_STEPS


@dataclass
class AskWhatIf(Action):
    """Somebody who works on changes of models asks what other values would have done.

    Args:
        values: by parameter as text, which hold in every alternative.
        sweep: whose every value is an alternative of its own.
        branch: in whose units alone they are tried; None: in the whole bank.
        first, last: of the business days; None: so that they are the newest `DAYS`.
    """

    user: User  # pyright: ignore[reportIncompatibleVariableOverride] — people ask
    model: AnyModel
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    sweep: Sweep | None = None
    branch: Unit | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    question: WhatIfQuestion = field(init=False)
    name = "ask_what_if"
    object_type = QUESTION

    def __post_init__(self) -> None:
        self.question = WhatIfQuestion(model=self.model.code, unit=self.branch, asked_by=self.user)

    @property
    def function(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] — the person's own
        return next((f for f in ASKERS if acting_role(self.user, f, self.unit_id)), PROPOSE_MODELS)

    @property
    def unit_id(self) -> str | None:
        return head_office() if self.branch is None else self.branch.pk

    @property
    def touched(self) -> WhatIfQuestion:
        return self.question

    def check(self) -> None:
        super().check()
        branch = self.branch is None or self.branch.level == str(Level.TIER1_BRANCH)
        require(branch, "level", _("Only a first-level branch has values of its own."))
        require(bool(self.values or self.sweep), "nothing", _("Say which values are to be tried."))
        for name, given in self.values.items():
            require_value(self.model, name, given)
        self.question.values = dict(self.values)
        if self.sweep is not None:
            self.question.swept = self.sweep.parameter
            self.question.steps = self.steps_of(self.sweep)
        self.question.first, self.question.last = _period(self.first, self.last)
        unfinished = Q(state__in=(WhatIfState.WAITING, WhatIfState.RUNNING), asked_by=self.user)
        said = _("%(number)d of your questions are not answered yet: wait for them.")
        many = WhatIfQuestion.objects.filter(unfinished).count()
        require(many < MOST_UNFINISHED, "waiting", said % {"number": many})

    def steps_of(self, sweep: Sweep) -> list[str]:
        """The values of a sweep, each of which the parameter may have."""
        name = sweep.parameter
        _about(self.model, name)
        varied = varies(self.model, name)
        require(varied, "sweep", _("%(name)s is no number that could be varied.") % {"name": name})
        twice = _("%(name)s cannot be varied and have one value as well.") % {"name": name}
        require(name not in self.values, "sweep", twice)
        span = bool(sweep.low.strip() or sweep.high.strip())
        given = bool(sweep.listed) != span
        require(given, "sweep", _("Give the values from, to and how many, or a list of them: one of both."))
        steps = self.evenly(sweep) if span else [one for one in each_once(sweep.listed) if one]
        many = _("Give 2 to %(number)d different values.") % {"number": MOST_STEPS}
        require(1 < len(steps) <= MOST_STEPS, "sweep", many)
        for step in steps:
            require_value(self.model, name, step)
        return sorted(steps, key=Decimal)

    def evenly(self, sweep: Sweep) -> list[str]:
        try:
            low, high = Decimal(sweep.low.strip()), Decimal(sweep.high.strip())
        except InvalidOperation:
            raise Refused("sweep", _("From and to must be numbers.")) from None
        # Before they are laid apart: what is out of bounds may be too large to reckon with.
        for end in (sweep.low, sweep.high):
            require_value(self.model, sweep.parameter, end.strip())
        require(low < high and sweep.number > 1, "sweep", _("The values must rise, in at least 2 steps."))
        return evenly(self.model, sweep.parameter, low, high, sweep.number)

    def execute(self) -> None:
        self.question.save()
        later(ANSWER, question=self.question.pk)


def _about(model: AnyModel, name: str) -> About:
    about = model.about().get(name)
    if about is None:
        said = _("Model %(model)s has no parameter %(name)s; it has %(names)s.")
        told = {"model": model.code, "name": name, "names": _(", ").join(model.about())}
        raise Refused("parameter", said % told)
    return about


def require_value(model: AnyModel, name: str, given: str) -> None:
    """Refuses a value that the parameter may not have, and says what it may."""
    about = _about(model, name)
    try:
        parameters_of(model, {name: given})
    except BadInput:
        low, high = f"{about.low:,f}", f"{about.high:,f}"
        told = {"name": name, "given": given, "low": low, "high": high}
        said = {
            "flag": _("%(name)s cannot be %(given)s: it is true or false."),
            "codes": _("%(name)s cannot be %(given)s: it lists %(low)s to %(high)s codes."),
        }.get(about.unit, _("%(name)s cannot be %(given)s: it is a number from %(low)s to %(high)s."))
        if isinstance(getattr(parameters_of(model), name), int) and about.unit != "flag":
            said = _("%(name)s cannot be %(given)s: it is a whole number from %(low)s to %(high)s.")
        raise Refused("values", said % told) from None


def _period(first: dt.date | None, last: dt.date | None) -> tuple[dt.date, dt.date]:
    """The first and the last business day, of those that the bank has data for."""
    try:
        days = business_days(Lake(settings.HOME), None, None)
    except BadInput:
        raise Refused("period", _("There are no data of any day.")) from None
    within = [day for day in days if (first or day) <= day <= (last or day)]
    if first is None:
        within = within[-DAYS:]
    there = {"first": days[0], "last": days[-1]}
    none = _("There are data of no day of this period; there are from %(first)s to %(last)s.") % there
    require(bool(within), "period", none)
    many = {"number": len(within), "most": MOST_DAYS}
    said = _("These are %(number)d business days; at most %(most)d are computed.") % many
    require(len(within) <= MOST_DAYS, "period", said)
    return within[0], within[-1]


@dataclass
class _OnQuestion(Action):
    """What the system notes of a question while it computes the answer."""

    user: User | None
    question: WhatIfQuestion
    function = PROPOSE_MODELS
    object_type = QUESTION

    @property
    def unit_id(self) -> str | None:
        return self.question.unit_id or head_office()

    @property
    def touched(self) -> WhatIfQuestion:
        return self.question

    def noted(self) -> dict[str, Any]:
        # The answer stands with the question; the history says that it was given.
        return {name: value for name, value in super().noted().items() if name != "answer"}

    def lock(self) -> None:
        self.question.refresh_from_db(from_queryset=WhatIfQuestion.objects.select_for_update())

    def check(self) -> None:
        super().check()
        done = self.question.state == str(WhatIfState.DONE)
        require(not done, "answered", _("It was answered already."))


@dataclass
class BeginWhatIf(_OnQuestion):
    name = "begin_what_if"

    def execute(self) -> None:
        self.question.state = WhatIfState.RUNNING
        self.question.began_at, self.question.ended_at = timezone.now(), None
        self.question.problem = ""
        self.question.save()


@dataclass
class KeepAnswer(_OnQuestion):
    told: dict[str, Any]
    versions: dict[str, Any]
    name = "answer_what_if"

    def execute(self) -> None:
        self.question.state, self.question.ended_at = WhatIfState.DONE, timezone.now()
        self.question.answer, self.question.versions = self.told, self.versions
        self.question.save()


@dataclass
class KeepProblem(_OnQuestion):
    """Why there is no answer."""

    problem: str
    name = "fail_what_if"

    def execute(self) -> None:
        self.question.state, self.question.ended_at = WhatIfState.FAILED, timezone.now()
        self.question.problem = self.problem
        self.question.save()
