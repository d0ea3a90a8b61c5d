"""What the forms of actions share. A form reads the words; whether they will do, the action says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.organisation.action import Refused
from riskloop.organisation.models import Unit, User
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import units_of

OK, FORBIDDEN, CONFLICT, TOO_LARGE, UNPROCESSABLE = 200, 403, 409, 413, 422
MANY_UNITS = 400
"""More are not offered in a list; their number is written."""


class ActionForm(forms.Form):
    """The form of one action by one person; the prefix keeps the fields of a page's forms apart."""

    name: ClassVar[str]
    done: ClassVar[Any]
    """What the page says once the action is done."""

    def __init__(self, user: User, given: Any = None, *, prefix: str = "") -> None:
        self.user = user
        super().__init__(given, prefix=prefix or self.name)
        self.prepare()
        for field in self.fields.values():
            if isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
                continue
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"

    def prepare(self) -> None:
        """Fills in what may be chosen."""

    def act(self) -> None:
        """Does the action. Raises `Refused` when it may not be done."""
        raise NotImplementedError


F = TypeVar("F", bound=ActionForm)
Page = Callable[[F, int], HttpResponse]
"""Draws the page again, with a form that was not accepted and the status that says why."""


def answer(request: SignedIn, form: F, page: Page[F], onward: Callable[[], str]) -> HttpResponse:
    """Acts and goes on; a refusal shows the page again, with its reason and status."""
    if not form.is_valid():
        messages.error(request, _("Not done: something is missing or cannot be read; see the form."))
        return page(form, UNPROCESSABLE)
    try:
        form.act()
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        told = page(form, FORBIDDEN if refused.who else CONFLICT)
        # For programs and logs; people read the message.
        told.headers["X-Refused"] = refused.code
        return told
    messages.success(request, str(form.done))
    return redirect(onward())


def words(label: Any, *, required: bool = True) -> forms.CharField:
    """What somebody says, in his own words."""
    return forms.CharField(
        label=label, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


def reason(*, required: bool = True) -> forms.CharField:
    """Why somebody does it."""
    return words(gettext_lazy("Reason"), required=required)


def day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


class VerdictForm(ActionForm):
    """Approves or rejects what somebody else proposed."""

    name = "decide"
    done = gettext_lazy("The decision is made.")
    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("approve", gettext_lazy("Approve")), ("reject", gettext_lazy("Reject"))],
        widget=forms.RadioSelect,
    )
    why = reason(required=False)

    @property
    def approves(self) -> bool:
        return self.cleaned_data["verdict"] == "approve"


def read_day(text: str) -> dt.date | None:
    """The day that a text names; None where it names none."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def read_word(text: str) -> str:
    """What was asked for, without what no text of the database can hold."""
    return text.replace("\x00", "").strip()


def today() -> str:
    return timezone.localdate().isoformat()


class UnitField(forms.ModelChoiceField):  # pyright: ignore[reportMissingTypeArgument]
    """One of the units within reach: from a list, or of a large bank by its number."""

    def __init__(self, label: Any) -> None:
        super().__init__(Unit.objects.none(), label=label)

    def offer(self, units: QuerySet[Unit]) -> None:
        """Sets the units that may be chosen."""
        self.queryset = units.order_by("path")
        if units.count() > MANY_UNITS:
            self.widget = forms.TextInput(attrs={"placeholder": _("Unit number")})

    def label_from_instance(self, obj: Any) -> str:
        return "\u2003" * obj.path.count("/") + f"{obj.name} {obj.pk}"


def open_units(user: User, function: str) -> QuerySet[Unit]:
    """The units where he may do this, and which have not closed."""
    return units_of(user, function).filter(Q(closed_on=None) | Q(closed_on__gt=timezone.localdate()))
