"""The select that writes its options at once says what Django's own says."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.test.html import parse_html

from riskloop.organisation.widgets import PlainSelect

CHOICES = [("", "全部"), ("A", '一 <b>"&'), (2, "二"), (None, "无")]


@pytest.mark.parametrize("value", ["", "A", 2, "2", None, "nothing of them"])
@pytest.mark.parametrize(
    "attrs", [{}, {"class": "form-select", "required": True, "id": "id_x", "hidden": False}]
)
def test_it_says_what_djangos_says(value: Any, attrs: dict[str, Any]) -> None:
    ours, theirs = PlainSelect(attrs=attrs, choices=CHOICES), forms.Select(attrs=attrs, choices=CHOICES)
    drawn = ours.render("x", value, {"data-n": "1"})
    assert parse_html(drawn) == parse_html(theirs.render("x", value, {"data-n": "1"}))
    assert "<b>" not in drawn
