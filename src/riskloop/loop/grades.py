"""Grades by the tables in force on the event's day: by the model, raised by what hits have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from riskloop.loop.models import RANKS, ApprovalRule, Grade, GradeRule, ModelGrade
from riskloop.models.catalogue import catalogue


def grade_of_model(code: str, day: dt.date) -> str:
    """The grade of a model's events on `day`: what the bank has set, else what the model proposes."""
    versions = ModelGrade.objects.filter(model=code, effective_from__lte=day)
    own = versions.order_by("-effective_from").first()
    if own is not None:
        return own.grade
    model = catalogue().get(code)
    return model.grade if model else Grade.GENERAL


def features_for_key_attention(day: dt.date) -> int:
    """So many risk features or more raise a bundle to key attention on `day`."""
    return GradeRule.in_force(day).features


def needs_approval(grade: str, day: dt.date) -> bool:
    """Whether on `day` a determination of this grade counts only once a second person has approved it."""
    return RANKS[Grade(grade)] >= RANKS[Grade(ApprovalRule.in_force(day).grade)]


def grade_together(own: str, grades: Collection[str], features: int, needed: int) -> str:
    """The grade of one event of a bundle.

    Args:
        own: its grade by its model.
        grades: those of all events of the bundle, by their models. One of key attention, such as a
            teller's own business, raises the whole.
        features: how many different models the bundle's hits come from.
        needed: features_for_key_attention.
    """
    raised = features >= needed or Grade.KEY_ATTENTION in grades
    return Grade.KEY_ATTENTION if raised else own
