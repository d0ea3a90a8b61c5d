"""The widgets that are written at once say what Django's own templates say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.test.html import parse_html

from riskloop.organisation.widgets import WrittenAtOnce

GROUPS = [("", "全部"), ("A", '一 <b>"&'), (2, "二"), (None, "无"), ("组 &", [("x", "甲"), ("y", "乙")])]
ATTRS = [{}, {"class": "form-select", "required": True, "id": "id_x", "hidden": False, "data-n": '"<&'}]


def same(widget: forms.Widget, value: Any, attrs: dict[str, Any]) -> str:
    """What is drawn, once it is what Django draws."""
    drawn = widget.render("x", value, attrs, WrittenAtOnce())
    theirs = widget.render("x", value, attrs, TemplatesSetting())
    assert parse_html(drawn) == parse_html(theirs)
    assert "<b>" not in drawn
    return drawn


@pytest.mark.parametrize("value", ["", "A", 2, "2", "y", None, "nothing of them"])
@pytest.mark.parametrize("attrs", ATTRS)
def test_a_select_says_what_djangos_says(value: Any, attrs: dict[str, Any]) -> None:
    same(forms.Select(choices=GROUPS), value, attrs)


@pytest.mark.parametrize("value", [None, "", 0, '<b>"&', "一", dt.date(2024, 3, 15)])
@pytest.mark.parametrize("attrs", ATTRS)
@pytest.mark.parametrize(
    "kind",
    [
        forms.TextInput,
        forms.NumberInput,
        forms.EmailInput,
        forms.HiddenInput,
        forms.PasswordInput,
        forms.DateInput,
        forms.Textarea,
        forms.CheckboxInput,
        forms.ClearableFileInput,
        forms.RadioSelect,
    ],
)
def test_so_does_every_other(kind: type[forms.Widget], value: Any, attrs: dict[str, Any]) -> None:
    same(kind(), value, attrs)


def test_a_file_that_is_there_is_named() -> None:
    class There(str):
        url = "/there"

    assert "/there" in same(forms.ClearableFileInput(), There("there"), {})
