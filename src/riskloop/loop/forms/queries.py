"""查询书: what is asked, of whom, and what is answered."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from riskloop.loop import actions
from riskloop.loop.actions.queries import current_round
from riskloop.loop.attachments.forms import ACCEPTED, FilesField
from riskloop.loop.attachments.uploads import incoming_of
from riskloop.loop.forms.base import AtOnce, EventForm, PartForm, listed
from riskloop.loop.models import (
    QuasiEvent,
    Query,
    QueryFault,
    QueryKind,
    QueryTemplate,
    VerificationMethod,
)
from riskloop.loop.queries.addressing import addressees, below
from riskloop.organisation.forms import ActionForm, words
from riskloop.organisation.models import Unit, User


class AskedUnitField(forms.ModelChoiceField):  # pyright: ignore[reportMissingTypeArgument]
    """One of the units in which somebody answers."""

    iterator = AtOnce

    def __init__(self, label: Any, **how: Any) -> None:
        super().__init__(Unit.objects.none(), label=label, **how)

    def offer(self, units: list[Unit]) -> None:
        """Sets the units that may be chosen."""
        self.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("path")

    def to_python(self, value: Any) -> Unit | None:
        """Any unit that there is: whether it may be asked, the action says."""
        if value in self.empty_values:
            return None
        found = Unit.objects.filter(pk=str(value)).first()
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} {obj.pk}"


class AskForm(EventForm):
    name = "ask"
    action = actions.Ask
    title = _("Send a query")
    button = _("Send the query")
    key = "i"
    look = "btn-secondary"
    hint = _("It goes to the verifier of the right level by grade; the other kinds go to a department.")
    done = _("The query is sent.")
    kind = forms.ChoiceField(label=_("Kind of query"), choices=QueryKind.choices)
    template = forms.ChoiceField(label=_("Template"), required=False)
    unit = AskedUnitField(_("Sent to"), required=False, empty_label=_("The right level by grade"))
    words = words(_("What you want to know"), required=False)

    def prepare(self) -> None:
        language = get_language()
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in QueryTemplate.objects.filter(retired_on=None).order_by("code"):
            choice = (one.pk, one.name.in_language(language))
            groups.setdefault(str(QueryKind(one.kind).label), []).append(choice)
        cast("forms.ChoiceField", self.fields["template"]).choices = [("", "—"), *groups.items()]
        # A department is never lower than who verifies: these are the units for all kinds.
        cast("AskedUnitField", self.fields["unit"]).offer(addressees(self.event, QueryKind.QUERY))


class AskAgainForm(PartForm):
    name = "ask_again"
    action = actions.AskAgain
    title = _("Refuse the answer and ask again")
    button = _("Ask again")
    look = "btn-secondary"
    done = _("The query is sent again.")
    fault = forms.ChoiceField(label=_("Fault of the answer"))
    words = words(_("What is missing"))

    def prepare(self) -> None:
        self.offer("fault", listed(QueryFault))


class AcceptForm(PartForm):
    name = "accept_answer"
    action = actions.AcceptAnswer
    title = _("Accept the answer")
    button = _("Accept the answer")
    key = "g"
    look = "btn-success"
    done = _("The answer is accepted.")


class WithdrawForm(PartForm):
    name = "withdraw_query"
    action = actions.WithdrawQuery
    title = _("Withdraw the query")
    button = _("Withdraw the query")
    look = ""
    done = _("The query is withdrawn.")
    why = words(_("Why"))


class ForwardForm(PartForm):
    name = "forward"
    action = actions.Forward
    title = _("Forward to a unit below")
    button = _("Forward")
    key = "f"
    look = ""
    done = _("The query is forwarded.")
    to = AskedUnitField(_("Unit"))
    words = words(_("What the unit is to find out"))

    def prepare(self) -> None:
        cast("AskedUnitField", self.fields["to"]).offer(below(cast("Query", self.part)))


class AnswerForm(ActionForm):
    """Everything that an answer says, and its files, in one form."""

    name = "answer"
    done = _("The query is answered.")
    findings = words(_("What you found"))
    method = forms.ChoiceField(label=_("How you found it out"), widget=forms.RadioSelect)
    chosen = FilesField(label=_("Files"), required=False)

    def __init__(
        self, user: User, event: QuasiEvent, query: Query, given: Any = None, uploads: Any = None
    ) -> None:
        self.event, self.query = event, query
        self.questions = current_round(query).questions
        super().__init__(user, given)
        if uploads is not None:
            self.files = uploads

    def prepare(self) -> None:
        language = get_language() or ""
        tongue = "zh" if language.startswith("zh") else "en"
        asked = {
            f"answer_{n}": words(f"{n + 1}. {one[tongue]}", required=one["required"])
            for n, one in enumerate(self.questions)
        }
        cast("forms.ChoiceField", self.fields["method"]).choices = listed(VerificationMethod)
        # The files last: where one of them is too large, what follows it is not read any more.
        self.fields = asked | self.fields
        self.fields["chosen"].widget.attrs["accept"] = ACCEPTED

    def act(self) -> None:
        given = self.cleaned_data
        answers = [given[f"answer_{n}"] for n in range(len(self.questions))]
        incoming = incoming_of(given["chosen"])
        actions.answer(self.query, self.user, given["findings"], given["method"], answers, incoming)


FORMS = (AskForm,)
ON_QUERY = (AcceptForm, AskAgainForm, WithdrawForm, ForwardForm)
