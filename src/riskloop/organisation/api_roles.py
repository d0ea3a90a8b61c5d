"""The operations on roles: what they may do at each level, and the decisions on that."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Schema

from riskloop.organisation.action import do
from riskloop.organisation.functions import DECIDE_ROLES, PROPOSE_ROLES
from riskloop.organisation.models import Role, RoleDecision
from riskloop.organisation.operations import (
    Id,
    Label,
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    Words,
    day_of,
    label,
    paged,
    person_ref,
    signed_in,
)
from riskloop.organisation.role_actions import Decide, ProposeDecision, ProposeRole
from riskloop.organisation.role_scope import READERS, decisions_seen_by, roles_seen_by
from riskloop.organisation.roles import functions_in_force
from riskloop.organisation.scope import units_of

router = Operations(tags=["roles"])
RoleName = Annotated[str, Field(max_length=100)]


class RoleOut(Schema):
    """A role with what it may do by level. `owner` is the branch whose own role it is."""

    code: str
    name: Label
    owner: str | None
    modelled_on: str | None
    functions: dict[str, list[str]]


class DecisionOut(Schema):
    """What a role is to be allowed at a level; `approved` is null until it is decided."""

    id: int
    role: str
    level: str
    functions: list[str]
    effective_from: dt.date
    reason: str
    proposed_by: PersonRef | None
    proposed_at: dt.datetime
    decided_by: PersonRef | None
    decided_at: dt.datetime | None
    approved: bool | None


class NewRoleIn(Schema):
    """A first-level branch's own role, modelled on one of the 14."""

    owner: Id
    code: Id
    name_zh: RoleName
    name_en: RoleName
    modelled_on: Id


class ProposalIn(Schema):
    """What a role is to be allowed at a level from a day on. No functions: it does not exist there."""

    role: Id
    level: str
    functions: Annotated[list[str], Field(max_length=100)]
    effective_from: dt.date
    why: Words


class DecideIn(Schema):
    """`why` is needed to reject."""

    approve: bool
    why: Words = ""


@router.reads("/roles", *READERS, answers=list[RoleOut])
def list_roles(request: HttpRequest, day: dt.date | None = None) -> list[RoleOut]:
    """Roles with what they may do at each level on a day. Today unless another is given."""
    allowed = functions_in_force(day_of("day", day, timezone.localdate()))
    return [_role(role, allowed) for role in roles_seen_by(signed_in(request)).order_by("code")]


@router.reads("/decisions", *READERS, answers=Page[DecisionOut])
def list_decisions(
    request: HttpRequest, role: str = "", pending: bool = False, limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Decisions on roles, the newest first. With `pending` those that wait to be decided."""
    rows = decisions_seen_by(signed_in(request)).select_related("proposed_by", "decided_by")
    rows = rows.filter(role_id=role) if role else rows
    rows = rows.filter(approved=None) if pending else rows
    return paged(rows.order_by("-proposed_at", "-pk"), limit, offset, _decision)


@router.does("/roles", PROPOSE_ROLES, answers=RoleOut)
def propose_role(request: HttpRequest, given: NewRoleIn) -> RoleOut:
    """Proposes a role of a first-level branch's own."""
    user = signed_in(request)
    owner = get_object_or_404(units_of(user, PROPOSE_ROLES), pk=given.owner)
    modelled_on = get_object_or_404(roles_seen_by(user), pk=given.modelled_on)
    action = ProposeRole(user, owner, given.code, given.name_zh, given.name_en, modelled_on)
    return _role(do(action).role, {})


@router.does("/decisions", PROPOSE_ROLES, answers=DecisionOut)
def propose_decision(request: HttpRequest, given: ProposalIn) -> DecisionOut:
    """Proposes what a role is to be allowed."""
    user = signed_in(request)
    role = get_object_or_404(roles_seen_by(user), pk=given.role)
    day = day_of("effective_from", given.effective_from, given.effective_from)
    return _decision(do(ProposeDecision(user, role, given.level, given.functions, day, given.why)).decision)


@router.does("/decisions/{decision_id}/decide", DECIDE_ROLES, answers=DecisionOut)
def decide(request: HttpRequest, decision_id: Number, given: DecideIn) -> DecisionOut:
    """Approves or rejects a proposal. By someone else than who proposed it."""
    user = signed_in(request)
    decision = get_object_or_404(decisions_seen_by(user), pk=decision_id)
    return _decision(do(Decide(user, decision, given.approve, given.why)).decision)


def _role(role: Role, allowed: dict[tuple[str, str], frozenset[str]]) -> RoleOut:
    return RoleOut(
        code=role.pk,
        name=label(role.name),
        owner=role.owner_id,
        modelled_on=role.modelled_on_id,
        functions={level: sorted(f) for (code, level), f in allowed.items() if code == role.pk and f},
    )


def _decision(decision: RoleDecision) -> DecisionOut:
    return DecisionOut(
        id=decision.pk,
        role=decision.role_id,
        level=decision.level,
        functions=decision.functions,
        effective_from=decision.effective_from,
        reason=decision.reason,
        proposed_by=person_ref(decision.proposed_by),
        proposed_at=decision.proposed_at,
        decided_by=person_ref(decision.decided_by),
        decided_at=decision.decided_at,
        approved=decision.approved,
    )
