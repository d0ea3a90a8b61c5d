"""Settings of the web shell. What an installation decides comes from its home and environment."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from django.contrib.messages import ERROR
from django.utils.translation import gettext_lazy as _

from riskloop.bank.home import Home
from riskloop.outgoing.logs import configuration
from riskloop.web import elsewhere
from riskloop.web.environment import choice, needed, number
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
    "riskloop.bulletin",
    "riskloop.exposure",
    "riskloop.governance",
    "riskloop.loop",
    "riskloop.outgoing",
    "riskloop.organisation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "axes",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "procrastinate.contrib.django",
    "rules.apps.AutodiscoverRulesConfig",
]
MIDDLEWARE = [
    "riskloop.outgoing.probes.probes",
    "riskloop.outgoing.observing.observed",
    "django.middleware.security.SecurityMiddleware",
    "riskloop.web.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "riskloop.web.middleware.kept_nowhere",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "riskloop.web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "riskloop.web.first_things.SignedInOnly",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "riskloop.web.sessions.SessionLimits",
    "riskloop.web.middleware.by_token",
    "riskloop.web.middleware.as_the_person",
    "riskloop.web.first_things.FirstThingsFirst",
    "axes.middleware.AxesMiddleware",
]
LDAP = elsewhere.directory()
LDAP_BACKEND = elsewhere.DIRECTORY
AUTHENTICATION_BACKENDS = [
    # First of all: a locked name is refused before any password is looked at.
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    *([LDAP_BACKEND] if LDAP else []),
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
# Our own widgets have their templates among the others; Django's are written without theirs.
FORM_RENDERER = "riskloop.organisation.widgets.WrittenAtOnce"

# So long a person sees an object in clear that he asked for (`organisation.unmasking`).
UNMASKED_MINUTES = 30

# Attachments: one file, and all files of an event together, in MB. A request brings no more than those.
ATTACHMENT_MB = number("RISKLOOP_ATTACHMENT_MB", 20)
ATTACHMENTS_MB = number("RISKLOOP_ATTACHMENTS_MB", 200)
FILE_UPLOAD_HANDLERS = ["riskloop.loop.attachments.uploads.IntoTheHome"]

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
ACCOUNT_ADAPTER = "riskloop.web.accounts.ClosedDoor"
ACCOUNT_FORMS = {"change_password": "riskloop.web.accounts.AnotherPassword"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Axes counts the attempts at one name, in the database, and an administrator can take its lock off; allauth's
# own limit for one name stands behind it, its limits for one address stay as they are.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,20/300s/key"}
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name", "staff_id", "email")},
    },
]

# Sessions: one ends with the browser, after so many hours at the latest, and after so many idle minutes.
ACCOUNT_SESSION_REMEMBER = False
SESSION_HOURS = number("RISKLOOP_SESSION_HOURS", 8)
# Seconds after which an open page asks what has changed; 0: it does not ask.
LIVE_SECONDS = number("RISKLOOP_LIVE_SECONDS", 20, least=0)
IDLE_MINUTES = number("RISKLOOP_IDLE_MINUTES", 30)
SESSIONS_AT_ONCE = number("RISKLOOP_SESSIONS", 3)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
# Behind a proxy the pages are reached by https alone; without one, on this machine's loopback address alone.
PROXIES = number("RISKLOOP_PROXIES", 0, least=0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PROXIES > 0

# Lock-out: a name after so many failed attempts, for so many minutes.
LOCK_MINUTES = number("RISKLOOP_LOCK_MINUTES", 30)
AXES_FAILURE_LIMIT = number("RISKLOOP_LOCK_AFTER", 5)
AXES_COOLOFF_TIME = timedelta(minutes=LOCK_MINUTES)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "riskloop.web.accounts.counted_name"
AXES_LOCKOUT_CALLABLE = "riskloop.web.accounts.locked_page"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["login", "username", "code", "credential", "csrfmiddlewaretoken"]

# The second factor.
SECOND_FACTOR = choice("RISKLOOP_SECOND_FACTOR", "optional", ("optional", "administrators", "all"))
MFA_ADAPTER = "riskloop.web.second_factor.SecondFactors"
MFA_FORMS = {"authenticate": "riskloop.web.accounts.SecondFactor"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "riskloop"
MFA_TOTP_TOLERANCE = 1

# Those who vouch for people elsewhere.
SINGLE_SIGN_ON = elsewhere.single_sign_on()
SOCIALACCOUNT_ADAPTER = "riskloop.web.single_sign_on.BankAccounts"
# A link and no form: the policy lets forms go to this installation alone, also where they are sent on.
SOCIALACCOUNT_LOGIN_ON_GET = True
globals().update(LDAP)

# E-mail: none without a server.
EMAIL_HOST = os.environ.get("RISKLOOP_EMAIL_HOST", "")
EMAIL_SECURITY = choice("RISKLOOP_EMAIL_SECURITY", "starttls", ("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_PORT = number("RISKLOOP_EMAIL_PORT", {"starttls": 587, "tls": 465, "none": 25}[EMAIL_SECURITY])
EMAIL_HOST_USER = os.environ.get("RISKLOOP_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("RISKLOOP_EMAIL_PASSWORD", "")
EMAIL_TIMEOUT = 10
# From whom e-mails come, and where the links in them lead.
DEFAULT_FROM_EMAIL = needed("RISKLOOP_EMAIL_FROM", "RISKLOOP_EMAIL_HOST") if EMAIL_HOST else ""
ADDRESS = needed("RISKLOOP_ADDRESS", "RISKLOOP_EMAIL_HOST").rstrip("/") if EMAIL_HOST else ""

# By which certificates the receivers of webhooks prove themselves; the common ones unless a file is named.
WEBHOOK_CA = os.environ.get("RISKLOOP_WEBHOOK_CA", "")

LOGGING = configuration(choice("RISKLOOP_LOG", "quiet", ("json", "text", "quiet")))
# Who brings it reads the metrics; without one only this machine does.
METRICS_TOKEN = os.environ.get("RISKLOOP_METRICS_TOKEN", "")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "riskloop.web.views.stale_form"
# Bootstrap's word for what Django calls an error.
MESSAGE_TAGS = {ERROR: "danger"}

DJANGO_TABLES2_TEMPLATE = "web/table.html"
# A branch sits behind one address: locking addresses would lock out whole branches (docs/sign-in.md).
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
