"""Django's own widgets, written at once and not by a template each.

A queue offers models and units by the hundred, and the page of an event has a dozen forms: the templates of
their widgets took a third of the time of these pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]
"""What Django hands to the template of a widget."""


class WrittenAtOnce(TemplatesSetting):
    """Says of each widget what Django's template says; of others than Django's own, by their template."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> Any:
        kind = template_name.removeprefix("django/forms/widgets/").removesuffix(".html")
        write = _WRITERS.get(kind)
        # A file that is there already is named beside its input.
        if write is None or context["widget"].get("is_initial"):
            return super().render(template_name, context, request)
        return write(context["widget"])


def _input(widget: Widget) -> SafeString:
    value = widget["value"]
    given = "" if value is None else format_html(' value="{}"', str(value))
    return format_html(
        '<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], given, flatatt(widget["attrs"])
    )


def _file(widget: Widget) -> SafeString:
    return _input({**widget, "value": None})


def _textarea(widget: Widget) -> SafeString:
    return format_html(
        '<textarea name="{}"{}>\n{}</textarea>',
        widget["name"],
        flatatt(widget["attrs"]),
        widget["value"] or "",
    )


def _select(widget: Widget) -> SafeString:
    groups = format_html_join(
        "",
        "{}",
        (
            (_group(name, _options(options)) if name else _options(options),)
            for name, options, _n in widget["optgroups"]
        ),
    )
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), groups)


def _group(name: Any, options: SafeString) -> SafeString:
    return format_html('<optgroup label="{}">{}</optgroup>', name, options)


def _options(options: list[Widget]) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((str(one["value"]), flatatt(one["attrs"]), one["label"]) for one in options),
    )


_WRITERS: Mapping[str, Callable[[Widget], SafeString]] = {
    **dict.fromkeys(("text", "number", "email", "hidden", "password", "date", "checkbox"), _input),
    "clearable_file_input": _file,
    "textarea": _textarea,
    "select": _select,
}
