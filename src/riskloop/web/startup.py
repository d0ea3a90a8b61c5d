"""Getting the web floors ready, and looking whether they are."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import django
from django.core.management import call_command
from django.db import connection, transaction

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home

if TYPE_CHECKING:
    from riskloop.organisation.models import Unit, User

_MIGRATING = 0x6D696772


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
    from riskloop.organisation.row_security import read_everything

    # A command is the operator's; the requests that `serve` answers have threads, and reaches, of their own.
    read_everything()
    with _one_at_a_time():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _one_at_a_time() -> Generator[None]:
    """Pages and worker are often started at once: the second waits until the first has migrated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def findings(home: Home) -> list[Finding]:
    """What an operator wants to know before he lets people in."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    from riskloop.detection.run import gaps
    from riskloop.governance.in_force import InForce
    from riskloop.loop.attachments import reading as attachments
    from riskloop.organisation import traces
    from riskloop.organisation.history import is_append_only

    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), rolsuper FROM pg_roles WHERE rolname = current_user")
        version, superuser = cursor.fetchone()
    libraries = ("tabler/css/tabler.min.css", "htmx/htmx.min.js", "echarts/echarts.min.js")
    lacking = [name for name in libraries if not finders.find(f"vendor/{name}")]
    own = _own_models()
    # Without the models nobody can say what should have run.
    open_cells = gaps(home, InForce()) if home.lake.is_dir() and own.ok else []
    looked = (
        f"{len(open_cells)} cells missing, stale or failed" if own.ok else "not looked at: see the models"
    )
    return [
        Finding("home", home.path.is_dir(), str(home.path)),
        Finding("database", True, str(version)),
        Finding("application role is no superuser", not superuser, settings.DATABASES["default"]["USER"]),
        Finding("history is append-only", is_append_only(), "triggers refuse UPDATE, DELETE, TRUNCATE"),
        Finding(
            "traces are append-only", traces.is_append_only(), "triggers refuse UPDATE, DELETE, TRUNCATE"
        ),
        Finding(
            "attachments are append-only", attachments.is_append_only(), "triggers refuse DELETE and TRUNCATE"
        ),
        _history(home),
        _attachments(home),
        _row_security(),
        Finding("pages' libraries", not lacking, ", ".join(lacking) or "all found"),
        Finding("lake", home.lake.is_dir(), str(home.lake)),
        own,
        Finding("no gaps in the ledger", own.ok and not open_cells, looked),
    ]


def _own_models() -> Finding:
    """Whether the bank's own models load, and stand as they were recorded when they passed their tests."""
    from riskloop.models.own import has_passed, look

    own = look()
    wrong = [*own.problems, *own.outdated]
    if not wrong:
        untested = [code for code, model in own.models.items() if not has_passed(model)]
        wrong = [f"{code} is not recorded as having passed its tests" for code in untested]
    return Finding("models of the bank's own", not wrong, "; ".join(wrong) or f"{len(own.models)} found")


def _history(home: Home) -> Finding:
    """Walks along the whole history, and keeps where it ends today for the next walk."""
    from riskloop.organisation.history import verify

    book = home.path / "history-seen.jsonl"
    lines = book.read_text().splitlines() if book.exists() else []
    seen = [json.loads(line) for line in lines]
    chain = verify({one["line"]: one["digest"] for one in seen})
    if chain.broken is not None:
        return Finding("history holds", False, f"line {chain.broken.line_id} {chain.broken.why}")
    if chain.lines and (not seen or seen[-1]["line"] != chain.last_id):
        book.touch(mode=0o600)
        with book.open("a") as file:
            file.write(json.dumps({"line": chain.last_id, "digest": chain.digest}) + "\n")
    return Finding("history holds", True, f"{chain.lines} lines, each with the digest of the one before")


def _attachments(home: Home) -> Finding:
    """Whether the content of every attachment lies where its hash says, and has this hash."""
    from riskloop.loop.attachments.reading import all_hashes, damaged

    hashes = all_hashes()
    lacking = damaged(home, hashes)
    detail = f"gone or changed: {', '.join(lacking)}" if lacking else f"{len(hashes)}, each with its hash"
    return Finding("attachments' files", not lacking, detail)


def _row_security() -> Finding:
    """Whether the database itself keeps rows from those who do not reach them."""
    from riskloop.organisation.row_security import SECURED, unsecured

    lacking = unsecured()
    detail = f"off for {', '.join(lacking)}" if lacking else f"forced on {len(SECURED)} tables"
    return Finding("row-level security", not lacking, detail)


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
    from riskloop.organisation.account_actions import create_user
    from riskloop.organisation.action import Refused
    from riskloop.organisation.assignment_actions import assign_role
    from riskloop.organisation.models import Role, User

    roles = list(Role.objects.order_by("code").values_list("code", flat=True))
    if role not in roles:
        raise BadInput(f"--role is {role}, and must be one of {', '.join(roles)}")
    unit = _unit(unit_id)
    if User.objects.filter(username__iexact=username).exists():
        raise BadInput(f"there is already a user {username}")
    _hold_to_rules(password, User(username=username, display_name=display_name, staff_id=staff_id))
    try:
        person = create_user(
            username=username,
            password=password or None,
            display_name=display_name,
            staff_id=staff_id,
            unit=unit,
            must_change_password=must_change_password and bool(password),
        )
        assign_role(person, role, unit)
    except Refused as refused:
        raise BadInput(str(refused)) from None
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
