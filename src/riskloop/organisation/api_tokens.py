"""The operations on tokens."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Schema

from riskloop.organisation.action import do
from riskloop.organisation.functions import MANAGE_PEOPLE
from riskloop.organisation.models import Token, User
from riskloop.organisation.operations import (
    Limit,
    Number,
    Offset,
    Operations,
    Page,
    PersonRef,
    Words,
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
