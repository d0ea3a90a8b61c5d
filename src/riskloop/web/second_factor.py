"""The second factor: whom it is required of, how its secrets are kept, and taking it off who lost his."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from riskloop.organisation.models import User
from riskloop.organisation.scope import authority_of
from riskloop.organisation.sealing import box
from riskloop.web.sign_in_events import note

ADMINISTRATORS = ("R01", "R02", "R03")
_PURPOSE = "second factor"
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor: recovery codes alone are none."""


def is_required_of(user: User) -> bool:
    """Whether the installation's policy asks this person for a second factor."""
    if settings.SECOND_FACTOR == "administrators":
        return any(grant.role in ADMINISTRATORS for grant in authority_of(user).grants)
    return settings.SECOND_FACTOR == "all"


def is_lacking(user: User) -> bool:
    """Whether this person must set a second factor up before anything else."""
    return is_required_of(user) and not is_mfa_enabled(user, KINDS)


def forget_second_factor(user: User, request: HttpRequest | None = None) -> bool:
    """Takes app, passkeys and recovery codes off a person who has lost them; false when he had none."""
    factors = Authenticator.objects.filter(user=user)
    for factor in factors:
        note("second_factor_removed", user, request, kind=factor.type, by="administrator")
    return factors.delete()[0] > 0


class SecondFactors(DefaultMFAAdapter):
    """allauth's second factors with their secrets sealed, and in the words of the pages."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not right. Codes of an app change every 30 seconds."),
        "cannot_delete_authenticator": gettext_lazy(
            "You need a second factor: set up another one before you take this one away."
        ),
    }

    def encrypt(self, text: str) -> str:
        return box(_PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box(_PURPOSE).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor of who needs one stays."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=KINDS)
        return not is_required_of(authenticator.user) or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,
        type: Authenticator.Type,  # noqa: A002 — allauth's name
    ) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}
