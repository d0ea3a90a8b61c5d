"""Settings of the web shell. What an installation decides comes from its home and environment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import django_stubs_ext
from django.contrib.messages import ERROR
from django.utils.translation import gettext_lazy as _

from riskloop.bank.home import Home
from riskloop.web.postgres import database

django_stubs_ext.monkeypatch()

HOME = Home.find()
WEB = Path(__file__).parent
NODE_MODULES = Path(os.environ.get("RISKLOOP_NODE_MODULES") or WEB.parents[2] / "node_modules")


def _secret_key(home: Home) -> str:
    """The installation's own key, made on first use and readable by its owner alone."""
    path = home.path / "secret_key"
    if not path.exists():
        home.path.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = _secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("RISKLOOP_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DATABASES = {"default": database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organisation.User"

INSTALLED_APPS = [
    "riskloop.web",
    "riskloop.exposure",
    "riskloop.loop",
    "riskloop.organisation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "rules.apps.AutodiscoverRulesConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "riskloop.web.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "riskloop.web.middleware.kept_nowhere",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "riskloop.web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "riskloop.web.middleware.as_the_person",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ROOT_URLCONF = "riskloop.web.urls"
WSGI_APPLICATION = "riskloop.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "riskloop.web.context.shell",
            ]
        },
    }
]

# So long a person sees an object in clear that he asked for (`organisation.unmasking`).
UNMASKED_MINUTES = 30

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [WEB / "locale"]
USE_I18N = True
# Business days are the bank's local days; nothing here crosses zones.
TIME_ZONE = os.environ.get("RISKLOOP_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

STATIC_URL = "static/"
# The pages' libraries come from npm by lock file and are served as they come, no bundler.
STATICFILES_DIRS = [
    (f"vendor/{name}", folder)
    for name, folder in (
        ("tabler", NODE_MODULES / "@tabler/core/dist"),
        ("icons", NODE_MODULES / "@tabler/icons-webfont/dist"),
        ("echarts", NODE_MODULES / "echarts/dist"),
        ("htmx", NODE_MODULES / "htmx.org/dist"),
    )
    if folder.is_dir()
]
WHITENOISE_USE_FINDERS = True

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# A session ends with the browser, and after eight hours at the latest.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "riskloop.web.accounts.ClosedDoor"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "riskloop.web.views.stale_form"
# Bootstrap's word for what Django calls an error.
MESSAGE_TAGS = {ERROR: "danger"}

DJANGO_TABLES2_TEMPLATE = "web/table.html"
SILENCED_SYSTEM_CHECKS: list[str] = []
