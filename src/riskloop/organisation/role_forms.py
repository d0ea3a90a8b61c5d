"""The forms of the roles' pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import get_language, gettext_lazy

from riskloop.organisation import role_actions
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, VerdictForm, day, reason, today
from riskloop.organisation.functions import FUNCTIONS, PROPOSE_ROLES
from riskloop.organisation.models import Role, RoleDecision, Unit, User
from riskloop.organisation.models.units import Level
from riskloop.organisation.scope import units_of


class RoleField(forms.ModelChoiceField):  # pyright: ignore[reportMissingTypeArgument]
    """One of the roles, by its name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.pk} {obj.name.in_language(get_language())}"


class ProposeRoleForm(ActionForm):
    name = "propose_role"
    done = gettext_lazy("The role is proposed. Now propose what it may do, level by level.")
    owner = forms.ModelChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("First-level branch"),
        empty_label=gettext_lazy("Choose…"),
    )
    code = forms.CharField(label=gettext_lazy("Code"), max_length=20)
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=60)
    modelled_on = RoleField(
        Role.objects.none(), label=gettext_lazy("Part of the role"), empty_label=gettext_lazy("Choose…")
    )
    made: Role

    def prepare(self) -> None:
        branches = units_of(self.user, PROPOSE_ROLES).filter(level=Level.TIER1_BRANCH).order_by("path")
        cast("forms.ModelChoiceField[Unit]", self.fields["owner"]).queryset = branches
        wholes = cast("forms.ModelChoiceField[Role]", self.fields["modelled_on"])
        wholes.queryset = Role.objects.filter(modelled_on=None).order_by("code")

    def act(self) -> None:
        given = self.cleaned_data
        action = role_actions.ProposeRole(
            self.user, given["owner"], given["code"], given["name_zh"], given["name_en"], given["modelled_on"]
        )
        self.made = do(action).role


class ProposeDecisionForm(ActionForm):
    """What the role is to do at one level; ticked at first what it may do there now."""

    name = "propose_decision"
    done = gettext_lazy("The decision is proposed. Somebody else at the head office decides on it.")
    level = forms.ChoiceField(choices=Level.choices, widget=forms.HiddenInput)
    functions = forms.MultipleChoiceField(
        label=gettext_lazy("Functions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    effective_from = day(gettext_lazy("In force from"))
    why = reason()

    def __init__(
        self,
        user: User,
        role: Role,
        given: Any = None,
        *,
        level: str = "",
        may_now: frozenset[str] = frozenset(),
    ) -> None:
        self.role = role
        super().__init__(user, given)
        self.initial = {"level": level, "functions": sorted(may_now), "effective_from": today()}

    def prepare(self) -> None:
        offered = cast("forms.MultipleChoiceField", self.fields["functions"])
        offered.choices = [(code, code) for code in FUNCTIONS]

    def ticked(self) -> set[str]:
        """The functions that the page shows ticked."""
        return set(self["functions"].value() or ())

    def act(self) -> None:
        given = self.cleaned_data
        do(
            role_actions.ProposeDecision(
                self.user,
                self.role,
                given["level"],
                given["functions"],
                given["effective_from"],
                given["why"],
            )
        )


class DecideForm(VerdictForm):
    def __init__(self, user: User, decision: RoleDecision, given: Any = None) -> None:
        self.decision = decision
        super().__init__(user, given, prefix=f"{self.name}-{decision.pk}")

    def act(self) -> None:
        do(role_actions.Decide(self.user, self.decision, self.approves, self.cleaned_data["why"]))
