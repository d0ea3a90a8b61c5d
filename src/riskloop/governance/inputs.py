"""What the pages of governance are given: a model, a branch and values of parameters."""

from __future__ import annotations

from typing import Annotated, Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field

from riskloop.models.api import About
from riskloop.models.catalogue import AnyModel, catalogue
from riskloop.organisation.models import Unit, User
from riskloop.organisation.models.units import Level
from riskloop.organisation.scope import units_of

VALUE = "value_"
"""What stands before the name of a parameter in the form's fields."""
Value = Annotated[str, Field(max_length=5000)]
"""A value of a parameter as an operation is given it."""


def known_model(code: str) -> AnyModel:
    """The model of an address; it is not there where there is none."""
    found = catalogue().get(code)
    if found is None:
        raise Http404
    return found


def branches_of(user: User, *functions: str) -> QuerySet[Unit]:
    """The first-level branches in which he has any of these functions."""
    return units_of(user, *functions).filter(level=Level.TIER1_BRANCH).order_by("path")


def shown(value: Any) -> str:
    """A value as text that `parameters_of` reads back."""
    if isinstance(value, list):
        return ", ".join(cast("list[str]", value))
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def value_field(about: About) -> forms.CharField:
    """Where a parameter's value is written, with what it may be."""
    text = about.name.in_language(get_language())
    bounds = {"low": f"{about.low:,f}", "high": f"{about.high:,f}"}
    help_text = {
        "flag": _("true or false"),
        "codes": _("Codes, with commas between"),
    }.get(about.unit, _("From %(low)s to %(high)s") % bounds)
    return forms.CharField(label=text, required=False, max_length=5000, help_text=help_text)
