"""分派: what a monitor is given by the rule."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.models import Grade, MonitorSkill
from riskloop.models.labels import CATEGORY_NAMES
from riskloop.organisation.action import do
from riskloop.organisation.forms import ActionForm, reason
from riskloop.organisation.models import User


class SetSkillForm(ActionForm):
    """What the rule gives to one person; shown as it stands."""

    name = "set_skill"
    done = _("What the rule gives to this monitor is set.")
    categories = forms.MultipleChoiceField(
        label=_("Businesses"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every business."),
    )
    highest_grade = forms.ChoiceField(label=_("Highest grade"), choices=Grade.choices)
    most_in_hand = forms.IntegerField(
        label=_("Events in hand at most"),
        required=False,
        min_value=0,
        help_text=_("Empty: as many as the rule says. 0: nothing for the time being."),
    )
    why = reason()

    def __init__(self, user: User, person: User, given: Any = None) -> None:
        self.person = person
        super().__init__(user, given)

    def prepare(self) -> None:
        language = get_language()
        names = [(code, name.in_language(language)) for code, name in CATEGORY_NAMES.items()]
        cast("forms.MultipleChoiceField", self.fields["categories"]).choices = names
        skill = MonitorSkill.objects.filter(person=self.person).first() or MonitorSkill()
        for name in ("categories", "highest_grade", "most_in_hand"):
            self.fields[name].initial = getattr(skill, name)

    def act(self) -> None:
        do(actions.SetSkill(self.user, self.person, **self.cleaned_data))
