"""What the events of signing in are called in the history (`sign_in_events` writes them)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from riskloop.organisation.naming import choices
from riskloop.organisation.telling import Deed, Field, Vocabulary

FACTORS = {
    "password": _("Password"),
    "socialaccount": _("Single sign-on"),
    "totp": _("Authenticator app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Recovery codes"),
    "administrator": _("The administrator"),
}
STEPS = {
    "password": _("Password"),
    "second factor": _("Second factor"),
    "single sign-on": _("Single sign-on"),
    "while locked": _("While it was locked"),
}
ENDS = {
    "ended": _("By the administrator"),
    "by the person": _("By the person"),
    "password changed": _("The password was changed"),
    "too many at once": _("Too many sessions at once"),
    "no beginning": _("It had no beginning"),
    "too old": _("It was too old"),
    "left alone": _("It was left alone"),
    "ended meanwhile": _("It had ended meanwhile"),
}

VOCABULARY = Vocabulary(
    fields={
        "user": {
            "by": Field(_("By what or whom"), choices(FACTORS.items()), for_auditors=True),
            "kind": Field(_("Second factor"), choices(FACTORS.items()), for_auditors=True),
            "step": Field(_("At which step"), choices(STEPS.items()), for_auditors=True),
            "reason": Field(_("Why it ended"), choices(ENDS.items()), for_auditors=True),
            "problem": Field(_("What the provider said"), for_auditors=True),
        }
    },
    actions={
        "signed_in": Deed(_("Signed in"), "ti-login-2"),
        "sign_in_failed": Deed(_("Sign-in failed"), "ti-alert-triangle"),
        "locked": Deed(_("Locked after failed attempts"), "ti-lock"),
        "unlocked": Deed(_("Unlocked"), "ti-lock-open"),
        "signed_out": Deed(_("Signed out"), "ti-logout"),
        "session_ended": Deed(_("Session ended"), "ti-clock-x"),
        "password_changed": Deed(_("Password changed"), "ti-password"),
        "second_factor_added": Deed(_("Second factor added"), "ti-device-mobile-plus"),
        "second_factor_removed": Deed(_("Second factor removed"), "ti-device-mobile-off"),
        "second_factor_renewed": Deed(_("Recovery codes renewed"), "ti-refresh"),
    },
)
