"""Tokens: issued, revoked, and whom a secret lets in.

With a token its person may do what he may do himself today, as far as the token carries it: what he loses,
his tokens lose at once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from riskloop.organisation import leaving
from riskloop.organisation.action import Action, do, require
from riskloop.organisation.functions import FUNCTIONS, MANAGE_PEOPLE
from riskloop.organisation.models import History, Token, TokenLife, User
from riskloop.organisation.models.tokens import Kind
from riskloop.organisation.scope import Narrowing, authority_of, narrowing

MARK = "rl_"
"""What every secret begins with, so that a lost one is recognised where it lies."""
SHOWN = len(MARK) + 6
"""So much of a secret stays readable: too little to guess the rest by."""
_USES_NOTED = dt.timedelta(minutes=1)
NAME_LENGTH = 100


def kind_of(person: User) -> Kind:
    return Kind.SERVICE if person.is_service else Kind.PERSONAL


def longest_life(kind: Kind, day: dt.date) -> int:
    """How many days a token issued on the day lives at most.

    Raises:
        LookupError: nothing is in force.
    """
    lives = TokenLife.objects.filter(kind=kind, effective_from__lte=day).order_by("-effective_from")
    life = lives.first()
    if life is None:
        raise LookupError(f"there is no life of {kind} tokens in force")
    return life.days


def tokens_of(user: User) -> list[Token]:
    """The person's own tokens, the newest first."""
    return list(Token.objects.filter(user=user).select_related("user").order_by("-created_at", "-pk"))


def digest_of(secret: str) -> str:
    """SHA-256, in hexadecimal: the secret is 256 random bits, which no slower digest would make safer."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def person_of(secret: str) -> Token | None:
    """The token, with its active person, that a secret belongs to; None when it lets nobody in."""
    now = timezone.now()
    running = Token.objects.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)
    token = running.filter(digest=digest_of(secret)).select_related("user").first()
    if token is not None:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - _USES_NOTED)
        Token.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
    return token


def narrowing_of(token: Token) -> Narrowing:
    return Narrowing(token.user_id, frozenset(token.functions), token.expires_at)


@dataclass
class IssueToken(Action):
    """A token for oneself, or for a service account of the units where one manages people.

    The secret is on the action once it is done, and nowhere afterwards.
    """

    user: User | None
    person: User
    label: str
    functions: Sequence[str]
    days: int
    token: Token = field(init=False)
    secret: str = field(init=False, repr=False)
    name = "issue_token"
    function = MANAGE_PEOPLE
    object_type = "token"

    def __post_init__(self) -> None:
        self.secret = MARK + secrets.token_urlsafe(32)
        self.token = Token(
            user=self.person,
            name=self.label.strip(),
            functions=sorted(set(self.functions)),
            prefix=self.secret[:SHOWN],
            digest=digest_of(self.secret),
        )

    @property
    def unit_id(self) -> str | None:
        return self.person.unit_id

    @property
    def touched(self) -> Token:
        return self.token

    @property
    def _own(self) -> bool:
        return self.user is not None and self.user.pk == self.person.pk

    def lock(self) -> None:
        self.person.refresh_from_db(from_queryset=User.objects.select_for_update())

    def check(self) -> None:
        if not self._own:
            super().check()
            require(
                self.person.is_service,
                "personal",
                _("A person's token is issued by himself only."),
                who=True,
            )
            # Else an administrator could read business by way of a program that he made up.
            require(
                not self._gave_its_roles(),
                "same_person",
                _("Who gave the service account its roles does not issue its token as well."),
                who=True,
            )
        require(self.person.is_active, "inactive", _("The account is inactive."))
        named = 0 < len(self.token.name) <= NAME_LENGTH
        require(named, "name", _("Give the token a name of at most %(number)d characters.") % {"number": 100})
        self.check_functions()
        self.check_life()

    def _gave_its_roles(self) -> bool:
        given = History.objects.filter(
            actor=self.user, action="assign_role", object_type="user", object_id=str(self.person.pk)
        )
        return given.exists()

    def check_functions(self) -> None:
        require(bool(self.functions), "functions", _("Choose what may be done with the token."))
        known = set(self.functions) <= FUNCTIONS.keys()
        require(known, "functions", _("Choose functions from the list."))
        require(
            set(self.functions) <= authority_of(self.person).functions,
            "beyond",
            _("A token may do no more than its person."),
        )

    def check_life(self) -> None:
        longest = longest_life(kind_of(self.person), timezone.localdate())
        require(
            1 <= self.days <= longest,
            "life",
            _("The token must live between 1 and %(number)d days.") % {"number": longest},
        )
        # Else a token that was stolen could go on for ever.
        came_by = narrowing()
        require(
            came_by is None or self._end() <= came_by.until,
            "life",
            _("A token issued by way of a token ends no later than that one."),
        )

    def _end(self) -> dt.datetime:
        return self.token.created_at + dt.timedelta(days=self.days)

    def execute(self) -> None:
        self.token.expires_at = self._end()
        self.token.save()


@dataclass
class RevokeToken(Action):
    """The token lets nobody in any more."""

    user: User | None
    token: Token
    why: str = ""
    name = "revoke_token"
    function = MANAGE_PEOPLE
    object_type = "token"

    @property
    def unit_id(self) -> str | None:
        return self.token.user.unit_id

    @property
    def touched(self) -> Token:
        return self.token

    @property
    def reason(self) -> str:
        return self.why

    def lock(self) -> None:
        self.token.refresh_from_db(from_queryset=Token.objects.select_for_update())

    def check(self) -> None:
        if self.user is None or self.user.pk != self.token.user_id:
            super().check()
        require(self.token.revoked_at is None, "revoked", _("The token was revoked already."))

    def execute(self) -> None:
        self.token.revoked_at = timezone.now()
        self.token.save(update_fields=["revoked_at"])


def revoke_of_inactive(person: User | None, why: str) -> int:
    """Revokes the tokens of the person (None: of anybody) whose account is inactive; returns how many.

    Else they would let him in again when the account is activated one day.
    """
    left = Token.objects.filter(revoked_at=None, user__is_active=False).select_related("user")
    tokens = list(left if person is None else left.filter(user=person))
    for token in tokens:
        do(RevokeToken(None, token, why))
    return len(tokens)


def register() -> None:
    leaving.register(revoke_of_inactive)
