"""The form of a what-if: which values of one model, on which days, and where."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from riskloop.detection.whatif import MOST_STEPS, USUAL_STEPS, varies
from riskloop.governance.in_force import InForce
from riskloop.governance.inputs import VALUE, branches_of, shown, value_field
from riskloop.governance.models import WhatIfQuestion
from riskloop.governance.visibility import ASKERS
from riskloop.governance.what_if.asking import AskWhatIf, Sweep
from riskloop.models.catalogue import AnyModel, model_of
from riskloop.models.hits import plain_values
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, day
from riskloop.organisation.models import Unit, User


class WhatIfForm(ActionForm):
    """What is asked of one model; the values stand as they are in force, and what differs is tried.

    `branch` is the number of the branch in whose units alone they are tried; "" for the whole bank.
    """

    name = "ask_what_if"
    done = gettext_lazy("It is being computed; the page shows it as soon as it is there.")
    branch = forms.ModelChoiceField(Unit.objects.none(), required=False, widget=forms.HiddenInput)
    swept = forms.ChoiceField(label=gettext_lazy("Parameter that is varied"), required=False)
    low = forms.CharField(label=gettext_lazy("From"), required=False, max_length=40)
    high = forms.CharField(label=gettext_lazy("To"), required=False, max_length=40)
    number = forms.IntegerField(label=gettext_lazy("How many values"), required=False)
    listed = forms.CharField(label=gettext_lazy("Or these values"), required=False, max_length=2000)
    first = day(gettext_lazy("First business day"), required=False)
    last = day(gettext_lazy("Last business day"), required=False)
    made: WhatIfQuestion

    def __init__(
        self,
        user: User,
        model: AnyModel,
        given: Any = None,
        *,
        branch: str = "",
        period: tuple[dt.date, dt.date] | None = None,
        like: WhatIfQuestion | None = None,
    ) -> None:
        self.model = model
        on = period[1] if period else dt.date.max
        self.in_force = plain_values(InForce().parameters(model, on, branch or None))
        super().__init__(user, given)
        self.initial = {"branch": branch, "number": USUAL_STEPS}
        self.initial |= {VALUE + name: shown(value) for name, value in self.in_force.items()}
        if period:
            self.initial |= dict(zip(("first", "last"), period, strict=True))
        if like is not None:
            self.initial |= _as_asked(like)

    def prepare(self) -> None:
        cast("forms.ModelChoiceField[Unit]", self.fields["branch"]).queryset = branches_of(self.user, *ASKERS)
        language, about = get_language(), self.model.about()
        named = [(n, of.name.in_language(language)) for n, of in about.items() if varies(self.model, n)]
        cast("forms.ChoiceField", self.fields["swept"]).choices = [("", _("none")), *named]
        number = cast("forms.IntegerField", self.fields["number"])
        number.widget.attrs |= {"min": 2, "max": MOST_STEPS}
        self.fields["listed"].help_text = _("With commas between, instead of from and to")
        self.fields |= {VALUE + name: value_field(of) for name, of in about.items()}

    @property
    def value_fields(self) -> list[forms.BoundField]:
        return [self[VALUE + name] for name in self.in_force]

    @property
    def sweep_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("swept", "low", "high", "number", "listed")]

    @property
    def day_fields(self) -> list[forms.BoundField]:
        return [self["first"], self["last"]]

    def act(self) -> None:
        given = self.cleaned_data
        values = {n: given[VALUE + n] for n in self.in_force}
        asked = {n: v for n, v in values.items() if v and v != shown(self.in_force[n])}
        swept, sweep = given["swept"], None
        if swept or any(given[name] for name in ("low", "high", "listed")):
            listed = [one for one in given["listed"].split(",") if one.strip()]
            number = USUAL_STEPS if given["number"] is None else given["number"]
            sweep = Sweep(swept, listed, given["low"], given["high"], number)
        action = AskWhatIf(
            self.user, self.model, asked, sweep, given["branch"], given["first"], given["last"]
        )
        self.made = do(action).question


class AskAgainForm(ActionForm):
    """Asks the same once more: of the data and values as they are now."""

    name = "ask_what_if_again"
    done = WhatIfForm.done
    made: WhatIfQuestion

    def __init__(self, user: User, like: WhatIfQuestion, given: Any = None) -> None:
        self.like = like
        super().__init__(user, given)

    def act(self) -> None:
        like = self.like
        sweep = Sweep(like.swept, like.steps) if like.swept else None
        model = model_of(like.model)
        action = AskWhatIf(self.user, model, like.values, sweep, like.unit, like.first, like.last)
        self.made = do(action).question


def _as_asked(like: WhatIfQuestion) -> dict[str, Any]:
    """The fields of the form, as an earlier question would have been asked."""
    asked = {VALUE + name: value for name, value in like.values.items()}
    return asked | {
        "branch": like.unit_id or "",
        "swept": like.swept,
        "listed": ", ".join(like.steps),
        "first": like.first,
        "last": like.last,
    }
