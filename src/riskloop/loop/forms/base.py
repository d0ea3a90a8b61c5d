"""What the forms of actions on an event, and on what hangs on it, share. Forms read; the actions judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.db import transaction
from django.forms.models import ModelChoiceIterator
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from riskloop.loop import actions
from riskloop.loop.models import QuasiEvent
from riskloop.loop.models.catalogues import Listed
from riskloop.loop.parts import Part
from riskloop.loop.visibility import bundle_of
from riskloop.organisation.forms import ActionForm
from riskloop.organisation.masking import masked_subject
from riskloop.organisation.models import User
from riskloop.organisation.scope import once

CHOOSE = ("", gettext_lazy("Choose…"))


class EventForm(ActionForm):
    """The form of one action on one event.

    A field is called what the action calls it; where the words differ, `given` says which is which.
    """

    action: ClassVar[type[actions.Action]]
    title: ClassVar[Any]
    """What one is about to do."""
    button: ClassVar[Any]
    key: ClassVar[str] = ""
    """The key that opens it, or that does it where nothing is to be filled in."""
    look: ClassVar[str] = "btn-primary"
    hint: ClassVar[Any] = ""
    on_bundle: ClassVar[bool] = False
    """Whether the reader may do it to all events of the bundle that stand where this one does."""

    def __init__(self, user: User, event: QuasiEvent, given: Any = None, *, prefix: str = "") -> None:
        self.event = event
        self.companions = _companions(event, user) if self.on_bundle else []
        super().__init__(user, given, prefix=prefix)
        if self.companions:
            self.fields["whole"] = forms.BooleanField(
                label=ngettext(
                    "For the whole bundle: %(number)d more event",
                    "For the whole bundle: %(number)d more events",
                    len(self.companions),
                )
                % {"number": len(self.companions)},
                required=False,
                initial=True,
            )

    @property
    def asks(self) -> bool:
        """Whether there is more to fill in than how many events it is for."""
        return any(name != "whole" for name in self.fields)

    def offer(self, name: str, choices: Sequence[Any]) -> None:
        """Sets what a field offers, with nothing chosen yet."""
        cast("forms.ChoiceField", self.fields[name]).choices = [CHOOSE, *choices]

    def given(self) -> dict[str, Any]:
        """What was filled in, by the names that the action has for it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "whole"}

    def act(self) -> None:
        """Does the action, to the whole bundle where that is asked for: to all or, if one refuses, to none.

        Raises:
            Refused: it may not be done; of another event of the bundle the reason names it.
        """
        with transaction.atomic():
            self.act_on(self.event)
            for other in self.companions if self.cleaned_data.get("whole") else ():
                try:
                    self.act_on(other)
                except actions.Refused as refused:
                    reason = _("%(event)s of the bundle: %(reason)s")
                    which = f"{other.model} {masked_subject(other.subject_kind, other.subject_id)}"
                    told = reason % {"event": which, "reason": refused}
                    raise actions.Refused(refused.code, told, who=refused.who) from None

    def act_on(self, event: QuasiEvent) -> None:
        """Does the action on one event. Raises `Refused` when it may not be done."""
        actions.do(self.action(event, self.user, **self.given()))


class PartForm(EventForm):
    """The form of an action on something that hangs on an event: a measure, a query, an appeal."""

    def __init__(self, user: User, event: QuasiEvent, part: Part, given: Any = None) -> None:
        self.part = part
        super().__init__(user, event, given, prefix=self.prefix_of(part.pk))

    @classmethod
    def prefix_of(cls, number: Any) -> str:
        """What the names of its fields begin with."""
        return f"{cls.name}-{number}"

    def act_on(self, event: QuasiEvent) -> None:
        part_action = cast("Any", self.action)
        actions.do(part_action(event, self.user, self.part, **self.given()))


def _companions(event: QuasiEvent, user: User) -> list[QuasiEvent]:
    """The events of the bundle, seen by the reader, that stand where this one does."""
    same = bundle_of(event, user).filter(state=event.state, assignee_id=event.assignee_id, withdrawn_on=None)
    # Every form of the page that may be for the whole bundle asks.
    return once(("companions", user.pk, event.pk, event.state, event.assignee_id), lambda: list(same))


def listed(kind: type[Listed]) -> list[tuple[str, str]]:
    """What a maintained list offers, in the reader's language."""
    language = get_language()
    return [(one.pk, one.name.in_language(language)) for one in kind.objects.filter(retired_on=None)]


class AtOnce(ModelChoiceIterator):  # pyright: ignore[reportMissingTypeArgument] — Django's is not generic
    """A list of choices in one question: Django's own opens a cursor for it, which takes three."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from (self.choice(one) for one in self.queryset)


class PersonField(forms.ModelChoiceField):  # pyright: ignore[reportMissingTypeArgument]
    """One of the people who may do it."""

    iterator = AtOnce

    def __init__(self, label: Any) -> None:
        super().__init__(User.objects.none(), label=label, empty_label=CHOOSE[1])
