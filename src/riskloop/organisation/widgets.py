"""Widgets of forms with many options."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class PlainSelect(forms.Select):
    """Django's own select, with its options written at once and not by a template each.

    A queue offers models and units by the hundred: their options took a third of the time of its page.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002 — Django's form
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = (option for _group, several, _index in widget["optgroups"] for option in several)
        written = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((_value(option), flatatt(option["attrs"]), option["label"]) for option in options),
        )
        attributes = flatatt({"name": widget["name"]} | widget["attrs"])
        return format_html("<select{}>{}</select>", attributes, written)


def _value(option: dict[str, Any]) -> str:
    return "" if option["value"] is None else str(option["value"])
