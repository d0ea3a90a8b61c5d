"""Who answers for an event, each with his level: the people behind it are offered, others by staff number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from riskloop.loop.forms.base import CHOOSE

MORE = 2
"""Lines for people who are not behind the event."""


class ResponsibleWidget(forms.Widget):
    """A choice of level for each person behind the event, and lines for others."""

    template_name = "loop/responsible.html"

    def __init__(self) -> None:
        super().__init__()
        self.people: Mapping[str, str] = {}
        self.levels: Sequence[tuple[str, str]] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:  # noqa: ARG002
        """By staff id the code of the level. Programs send it as it is, the page line by line."""
        given = data.get(name)
        if isinstance(given, Mapping):
            return {str(person): str(level) for person, level in cast("Mapping[Any, Any]", given).items()}
        known = {person: str(data.get(f"{name}-{person}", "")) for person in self.people}
        others = {
            str(data.get(f"{name}-other-{place}", "")).strip(): str(data.get(f"{name}-level-{place}", ""))
            for place in range(MORE)
        }
        return {
            person: level
            for person, level in (known | others).items()
            if person and (level or person in others)
        }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002
        return False

    def id_for_label(self, id_: str) -> str:  # noqa: ARG002 — the label is of the whole group
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen: Mapping[str, str] = value or {}
        strangers = [(person, level) for person, level in chosen.items() if person not in self.people]
        strangers += [("", "")] * (MORE - len(strangers))
        context["people"] = [
            {"id": person, "name": full_name, "level": chosen.get(person, "")}
            for person, full_name in self.people.items()
        ]
        context["others"] = [{"id": person, "level": level} for person, level in strangers]
        context["levels"] = [CHOOSE, *self.levels]
        return context


class ResponsibleField(forms.Field):
    """By staff id the code of the level of responsibility."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, widget=ResponsibleWidget())

    def offer(self, people: Mapping[str, str], levels: Sequence[tuple[str, str]]) -> None:
        """Sets who is offered, and the levels."""
        widget = cast("ResponsibleWidget", self.widget)
        widget.people, widget.levels = people, levels

    def clean(self, value: Any) -> dict[str, str]:
        given: dict[str, str] = value or {}
        if any(not level for level in given.values()):
            raise forms.ValidationError(_("Choose a level of responsibility for everyone you name."))
        return given
