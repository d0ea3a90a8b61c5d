"""The operations on tokens, and the lines of the history."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Schema

from riskloop.organisation.action import do
from riskloop.organisation.functions import MANAGE_PEOPLE, READ_HISTORY
from riskloop.organisation.masking import masked_change
from riskloop.organisation.models import History, Token, User
from riskloop.organisation.operations import (
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    Words,
    day_of,
    paged,
    person_ref,
    signed_in,
)
from riskloop.organisation.scope import within
from riskloop.organisation.tokens import NAME_LENGTH, IssueToken, RevokeToken

router = Operations(tags=["tokens"])


class TokenOut(Schema):
    """A token. `kind` is `personal` or `service`, `state` is `running`, `expired` or `revoked`."""

    id: int
    name: str
    kind: str
    person: PersonRef | None
    functions: list[str]
    prefix: str
    state: str
    created_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None


class IssuedToken(TokenOut):
    """With its secret, which is told this once."""

    secret: str


class TokenIn(Schema):
    """For whom (oneself, or a service account by `person_id`), what for, and for how many days."""

    name: Annotated[str, Field(max_length=NAME_LENGTH)]
    functions: Annotated[list[str], Field(max_length=100)]
    days: Annotated[int, Field(ge=1, le=3650)]
    person_id: Number | None = None


class RevokeIn(Schema):
    why: Words = ""


class HistoryLine(Schema):
    """Who did what, as what and from where; the fields that changed, before and after, numbers masked."""

    id: int
    at: dt.datetime
    actor: PersonRef | None
    role: str
    channel: str
    address: str
    action: str
    object_type: str
    object_id: str
    unit_id: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    digest: str


class HistoryQuery(Schema):
    """Lines about one object, by one person, of one day in the bank's time."""

    object_type: str = ""
    object_id: str = ""
    actor: Number | None = None
    day: dt.date | None = None


@router.reads("/tokens", answers=Page[TokenOut])
def list_tokens(request: HttpRequest, limit: Limit = 100, offset: Offset = 0) -> dict[str, Any]:
    """One's own tokens, and those of the accounts that one manages. The newest first."""
    return paged(_seen(signed_in(request)).order_by("-created_at", "-pk"), limit, offset, _token)


@router.does("/tokens", answers=IssuedToken)
def issue_token(request: HttpRequest, given: TokenIn) -> IssuedToken:
    """Issues a token. The answer is the one place where its secret is ever told."""
    user = signed_in(request)
    person = user
    if given.person_id not in (None, user.pk):
        services = User.objects.filter(within(user, MANAGE_PEOPLE), is_service=True)
        person = get_object_or_404(services, pk=given.person_id)
    issued = do(IssueToken(user, person, given.name, given.functions, given.days))
    return IssuedToken(**_token(issued.token).dict(), secret=issued.secret)


@router.does("/tokens/{token_id}/revoke", answers=TokenOut)
def revoke_token(request: HttpRequest, token_id: Number, given: RevokeIn) -> TokenOut:
    """Revokes a token. At once."""
    user = signed_in(request)
    token = get_object_or_404(_seen(user), pk=token_id)
    return _token(do(RevokeToken(user, token, given.why)).token)


@router.reads("/history", READ_HISTORY, answers=Page[HistoryLine])
def list_history(
    request: HttpRequest, query: Query[HistoryQuery], limit: Limit = 100, offset: Offset = 0
) -> dict[str, Any]:
    """Lines of the history within reach, the newest first."""
    lines = History.objects.filter(within(signed_in(request), READ_HISTORY)).select_related("actor")
    named = {"object_type": query.object_type, "object_id": query.object_id, "actor_id": query.actor}
    lines = lines.filter(**{field: value for field, value in named.items() if value})
    if query.day is not None:
        day = day_of("day", query.day, query.day)
        begin = timezone.make_aware(dt.datetime.combine(day, dt.time()))
        lines = lines.filter(at__gte=begin, at__lt=begin + dt.timedelta(days=1))
    return paged(lines.order_by("-id"), limit, offset, _line)


@router.reads("/history/{line_id}", READ_HISTORY, answers=HistoryLine)
def get_history_line(request: HttpRequest, line_id: Number) -> HistoryLine:
    """One line of the history."""
    lines = History.objects.filter(within(signed_in(request), READ_HISTORY)).select_related("actor")
    line = lines.filter(pk=line_id).first()
    if line is None:
        raise Http404
    return _line(line)


def _seen(user: User) -> QuerySet[Token]:
    """His own, and those of the accounts that he manages: a lost one must be revoked at once."""
    managed = within(user, MANAGE_PEOPLE, field="user__unit_id")
    return Token.objects.filter(Q(user=user) | managed).select_related("user")


def _token(token: Token) -> TokenOut:
    return TokenOut(
        id=token.pk,
        name=token.name,
        kind=str(token.kind),
        person=person_ref(token.user),
        functions=token.functions,
        prefix=token.prefix,
        state=token.state,
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
    )


def _line(line: History) -> HistoryLine:
    return HistoryLine(
        id=line.pk,
        at=line.at,
        actor=person_ref(line.actor),
        role=line.role,
        channel=line.channel,
        address=line.address,
        action=line.action,
        object_type=line.object_type,
        object_id=line.object_id,
        unit_id=line.unit_id,
        before=masked_change(line.before),
        after=masked_change(line.after),
        reason=line.reason,
        digest=line.digest,
    )
