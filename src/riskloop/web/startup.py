"""Getting the web floors ready, and looking whether they are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import django
from django.core.management import call_command
from django.db import connection, transaction

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home

if TYPE_CHECKING:
    from riskloop.organisation.models import Unit, User


@dataclass(frozen=True)
class Finding:
    """One thing looked at by `riskloop check`."""

    what: str
    ok: bool
    detail: str


def prepare(home: Home) -> None:
    """Starts Django over this home and brings the database to the newest shape; quick when it has it."""
    os.environ["RISKLOOP_HOME"] = str(home.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "riskloop.web.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def findings(home: Home) -> list[Finding]:
    """What an operator wants to know before he lets people in."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    from riskloop.detection.run import gaps
    from riskloop.loop.history import is_append_only

    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), rolsuper FROM pg_roles WHERE rolname = current_user")
        version, superuser = cursor.fetchone()
    libraries = ("tabler/css/tabler.min.css", "htmx/htmx.min.js", "echarts/echarts.min.js")
    lacking = [name for name in libraries if not finders.find(f"vendor/{name}")]
    open_cells = gaps(home) if home.lake.is_dir() else []
    return [
        Finding("home", home.path.is_dir(), str(home.path)),
        Finding("database", True, str(version)),
        Finding("application role is no superuser", not superuser, settings.DATABASES["default"]["USER"]),
        Finding("history is append-only", is_append_only(), "triggers refuse UPDATE, DELETE, TRUNCATE"),
        Finding("pages' libraries", not lacking, ", ".join(lacking) or "all found"),
        Finding("lake", home.lake.is_dir(), str(home.lake)),
        Finding("no gaps in the ledger", not open_cells, f"{len(open_cells)} cells missing, stale or failed"),
    ]


@transaction.atomic
def create_account(
    username: str,
    password: str,
    role: str,
    unit_id: str,
    display_name: str,
    staff_id: str,
    *,
    must_change_password: bool = False,
) -> str:
    """A person with one role over the unit that is returned, the head office where none is named.

    Without a password the account opens by single sign-on or LDAP alone.

    Raises:
        BadInput: names the option that does not hold.
    """
    from riskloop.organisation.actions import assign_role, create_user
    from riskloop.organisation.models import User
    from riskloop.organisation.roles import ROLES

    if role not in ROLES:
        raise BadInput(f"--role is {role}, and must be one of {', '.join(ROLES)}")
    unit = _unit(unit_id)
    if User.objects.filter(username__iexact=username).exists():
        raise BadInput(f"there is already a user {username}")
    _hold_to_rules(password, User(username=username, display_name=display_name, staff_id=staff_id))
    person = create_user(username=username, password=password, display_name=display_name, staff_id=staff_id)
    if not password:
        person.set_unusable_password()
    person.must_change_password = must_change_password and bool(password)
    person.save(update_fields=["password", "must_change_password"])
    assign_role(person, role, unit)
    return str(unit.pk)


def _unit(unit_id: str) -> Unit:
    from riskloop.organisation.models import Unit

    named = {"pk": unit_id} if unit_id else {"parent": None}
    unit = Unit.objects.filter(**named).order_by("pk").first()
    if unit is None:
        named_unit = unit_id or "not given, and the head office not known"
        raise BadInput(f"--unit is {named_unit}: units come with `riskloop detect`")
    return unit


def _hold_to_rules(password: str, person: User) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if not password:
        return
    try:
        validate_password(password, person)
    except ValidationError as problem:
        raise BadInput(f"--password: {' '.join(problem.messages)}") from None


def is_first_account() -> bool:
    """Whether nobody has an account yet."""
    from riskloop.organisation.models import User

    return not User.objects.exists()


def account(username: str) -> User:
    """The account of this name. BadInput when there is none."""
    from riskloop.organisation.models import User

    found = User.objects.filter(username__iexact=username).first()
    if found is None:
        raise BadInput(f"there is no user {username}")
    return found
