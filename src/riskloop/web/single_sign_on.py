"""Single sign-on by OpenID Connect: the bank's own provider says who comes in, to an account that is here.

allauth walks the code flow. What is ours: a nonce and PKCE in every request, the signature of the ID token
checked even though it came by a direct connection, and the claim that names the person matched anew at every
sign-in, so that nothing of the provider's is kept here.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from requests import RequestException

from riskloop.organisation.models import User
from riskloop.web.elsewhere import PROVIDER
from riskloop.web.sign_in_events import note

SIGNATURES = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


class SignedTokens(OpenIDConnectOAuth2Adapter):
    """allauth's OpenID Connect with every ID token's signature checked against the provider's keys."""

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """The person as the provider knows him: what the token claims, and what it leaves to userinfo.

        Raises:
            OAuth2Error: no ID token, or one that the provider did not make for us.
        """
        given = kwargs["response"].get("id_token")
        if not given:
            raise OAuth2Error("the provider gave no ID token")
        claims = self._checked(app, given)
        data = {"id_token": claims}
        if app.settings["claim"] not in claims:
            data["userinfo"] = self._fetch_user_info(token.token)
            if data["userinfo"].get("sub") != claims["sub"]:
                raise OAuth2Error("userinfo is about somebody else")
        return self.get_provider().sociallogin_from_response(request, data)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002 — allauth's form
        return request.build_absolute_uri(reverse("single_sign_on_back"))

    def _checked(self, app: SocialApp, given: str) -> dict[str, Any]:
        try:
            alg, _key = jwtkit.fetch_key(given, self.openid_config["jwks_uri"], jwtkit.lookup_kid_jwk)
            if alg not in SIGNATURES:
                raise OAuth2Error(f"an ID token signed by {alg}")
            return jwtkit.verify_and_decode(
                credential=given,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (KeyError, ValueError) as problem:
            raise OAuth2Error("the ID token cannot be read") from problem


class BankProvider(OpenIDConnectProvider):
    """The bank's provider, asked with a nonce that its ID token must bear."""

    oauth2_adapter_class = SignedTokens

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {"nonce": nonce}
        kwargs["scope"] = self.get_scope()
        return super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)


class BankAccounts(DefaultSocialAccountAdapter):
    """Lets in whom the provider names, where the account exists and is open."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> BankProvider:
        return BankProvider(request, app=self.get_app(request, provider, client_id))

    def list_apps(
        self,
        request: HttpRequest,  # noqa: ARG002 — allauth's form
        provider: str | None = None,  # noqa: ARG002
        client_id: str | None = None,  # noqa: ARG002
    ) -> list[SocialApp]:
        """The one that the environment names; none comes from the database."""
        return [SocialApp(provider="openid_connect", **settings.SINGLE_SIGN_ON)]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The end of the flow: the account behind the claim signs in, as after a password."""
        claims = sociallogin.account.extra_data["id_token"]
        if claims.get("nonce") != sociallogin.state["nonce"]:
            raise OAuth2Error("the ID token answers another request")
        user = self._account(request, claims | sociallogin.account.extra_data.get("userinfo", {}))
        record_authentication(request, user, "socialaccount", provider=PROVIDER)
        sociallogin.user = user
        raise ImmediateHttpResponse(
            perform_login(
                request, user, redirect_url=sociallogin.get_redirect_url(request), email_verification="none"
            )
        )

    def _account(self, request: HttpRequest, claims: Mapping[str, Any]) -> User:
        options = settings.SINGLE_SIGN_ON["settings"]
        named = str(claims.get(options["claim"]) or "")
        how = "username__iexact" if options["match"] == "username" else "staff_id"
        found = list(User.objects.filter(**{how: named})[:2]) if named else []
        if len(found) == 1 and found[0].is_active:
            return found[0]
        note("sign_in_failed", found[0] if found else None, request, username=named, step="single sign-on")
        raise _refusal(
            request, _("You have no open account here. The system administrator can give you one or open it.")
        )

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ARG002 — allauth's form
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,  # noqa: ARG002
    ) -> None:
        """Whatever went wrong with the provider is one sentence to the reader, and a line in the log."""
        problem = repr(exception) if exception else str(error)
        note("sign_in_failed", None, request, step="single sign-on", problem=problem)
        sentence = _("Single sign-on did not succeed. Nothing was done; try again from the sign-in page.")
        raise _refusal(request, sentence)


def _refusal(request: HttpRequest, explanation: str) -> ImmediateHttpResponse:
    page = {"status": 403, "title": _("Not signed in"), "explanation": explanation}
    return ImmediateHttpResponse(render(request, "web/error.html", page, status=403))


@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """Leads to the bank's provider."""
    return _walk(OAuth2LoginView, request)


@login_not_required
def come_back(request: HttpRequest) -> HttpResponse:
    """Where the provider sends the person back to."""
    return _walk(OAuth2CallbackView, request)


def _walk(step: type[OAuth2LoginView] | type[OAuth2CallbackView], request: HttpRequest) -> HttpResponse:
    """One step of the flow. The provider may be out of reach at each of them."""
    try:
        return step.adapter_view(SignedTokens(request, PROVIDER))(request)
    except (RequestException, KeyError) as problem:
        return render_authentication_error(request, None, exception=problem)
