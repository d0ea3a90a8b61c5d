"""One's own tokens: issued, shown once, revoked; and the list of what can be done with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from riskloop.organisation.action import Refused, do
from riskloop.organisation.functions import FUNCTIONS
from riskloop.organisation.gate import needs
from riskloop.organisation.models import Token
from riskloop.organisation.operations import FUNCTIONS as NAMED
from riskloop.organisation.request import SignedIn
from riskloop.organisation.scope import authority_of
from riskloop.organisation.tokens import (
    NAME_LENGTH,
    IssueToken,
    RevokeToken,
    kind_of,
    longest_life,
    tokens_of,
)
from riskloop.web.api import CONFLICT, FORBIDDEN, UNPROCESSABLE, schema

USUAL_DAYS = 30
TAGS = {
    "organisation": gettext_lazy("Units and staff"),
    "people": gettext_lazy("Accounts and roles held"),
    "roles": gettext_lazy("Roles and decisions on them"),
    "tokens": gettext_lazy("Access tokens"),
    "history": gettext_lazy("History"),
    "looks": gettext_lazy("Looks at personal data"),
    "events": gettext_lazy("Quasi-risk events"),
    "queries": gettext_lazy("Queries"),
    "exceptions": gettext_lazy("Exception reports"),
    "oversight": gettext_lazy("Oversight"),
    "statistics": gettext_lazy("Statistical monitoring"),
    "exposure": gettext_lazy("Risk exposure"),
    "bulletins": gettext_lazy("Bulletins"),
    "inspection samples": gettext_lazy("Inspection samples"),
    "notices": gettext_lazy("Notices"),
    "webhooks": gettext_lazy("Webhooks"),
    "models and runs": gettext_lazy("Models, runs and imports"),
    "schema": gettext_lazy("Schema"),
}


class TokenForm(forms.Form):
    """What a new token is for, how long it lives, and what may be done with it."""

    name = forms.CharField(label=gettext_lazy("Name of the token"), max_length=NAME_LENGTH)
    days = forms.IntegerField(label=gettext_lazy("Life in days"), min_value=1, initial=USUAL_DAYS)
    functions = forms.MultipleChoiceField(label=gettext_lazy("What may be done with it"))

    def __init__(self, given: Any, request: SignedIn) -> None:
        super().__init__(given)
        language = get_language()
        longest = longest_life(kind_of(request.user), timezone.localdate())
        days, functions = self.fields["days"], self.fields["functions"]
        days.widget.attrs.update({"class": "form-control", "max": longest})
        self.fields["name"].widget.attrs["class"] = "form-control"
        assert isinstance(functions, forms.MultipleChoiceField)  # noqa: S101
        functions.choices = [
            (code, FUNCTIONS[code].name.in_language(language))
            for code in FUNCTIONS
            if code in authority_of(request.user).functions
        ]
        self.longest = longest

    @property
    def chosen(self) -> list[str]:
        """The functions that were chosen, also in a form that is not accepted."""
        return list(self["functions"].value() or [])


@needs()
@require_http_methods(["GET", "POST"])
def tokens(request: SignedIn) -> HttpResponse:
    """The reader's tokens. A new one's secret is on the answer to its issue, and nowhere afterwards."""
    form = TokenForm(request.POST if request.method == "POST" else None, request)
    secret, status = "", 200
    if request.method == "POST":
        secret, status = _issue(request, form)
    if secret:
        form = TokenForm(None, request)
    context = {
        "title": _("Access tokens"),
        "form": form,
        "tokens": [(token, _named(token.functions)) for token in tokens_of(request.user)],
        "secret": secret,
    }
    return render(request, "web/tokens.html", context, status=status)


def _named(functions: Iterable[str]) -> list[str]:
    language = get_language()
    return [FUNCTIONS[code].name.in_language(language) for code in functions if code in FUNCTIONS]


def _issue(request: SignedIn, form: TokenForm) -> tuple[str, int]:
    if not form.is_valid():
        messages.error(request, _("Not done: something is missing or cannot be read; see the form."))
        return "", UNPROCESSABLE
    given = form.cleaned_data
    try:
        issued = do(IssueToken(request.user, request.user, given["name"], given["functions"], given["days"]))
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
        return "", FORBIDDEN if refused.who else CONFLICT
    return issued.secret, 200


@needs()
@require_POST
def revoke(request: SignedIn, token_id: int) -> HttpResponse:
    """Revokes one of the reader's own tokens."""
    token = get_object_or_404(Token.objects.filter(user=request.user), pk=token_id)
    try:
        do(RevokeToken(request.user, token))
        messages.success(request, _("The token is revoked."))
    except Refused as refused:
        messages.error(request, _("Not done: %(reason)s") % {"reason": refused})
    return redirect("tokens")


@needs()
@require_safe
def operations(request: SignedIn) -> HttpResponse:
    """Every operation of the API, from its own schema."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in schema()["paths"].items():
        for method, told in methods.items():
            does = told["description"]
            line = {
                "method": method.upper(),
                "address": address,
                "does": gettext(does),
                "needed": _named(told[NAMED]),
            }
            groups.setdefault(str(TAGS[told["tags"][0]]), []).append(line)
    context = {"title": _("Programming interface"), "groups": groups.items()}
    return render(request, "web/operations.html", context)
