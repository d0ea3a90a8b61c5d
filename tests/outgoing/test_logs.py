"""What the log says, and that it says nothing of anybody."""

from __future__ import annotations

import ast
import json
import logging
import logging.config
import sys
from pathlib import Path
from typing import Any

import pytest

from riskloop.outgoing.logs import FACTS, JsonLines, TextLines, configuration, facts, request_id

PACKAGE = Path(__file__).parents[2] / "src" / "riskloop"
NAME, NUMBER = "张小明", "6222000099990017"


def record(name: str, message: Any, *args: Any, failure: bool = False, **extra: Any) -> logging.LogRecord:
    """A record as a logger makes it; with a failure that names a person, behind another."""
    info: Any = None
    if failure:
        try:
            try:
                raise KeyError(NAME)
            except KeyError as first:
                raise ValueError(f"{NAME} {NUMBER}") from first
        except ValueError:
            info = sys.exc_info()
    return logging.getLogger(name).makeRecord(
        name, logging.ERROR, __file__, 1, message, args, info, "f", extra
    )


def test_a_line_of_ours_tells_its_facts() -> None:
    line = json.loads(
        JsonLines().format(record("riskloop.request", "request", view="ninja:api_me", status=200, account=7))
    )
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "error",
        "logger": "riskloop.request",
        "message": "request",
        "view": "ninja:api_me",
        "status": 200,
        "account": 7,
    }


@pytest.mark.parametrize("form", [JsonLines(), TextLines()])
@pytest.mark.parametrize(
    "told",
    [
        record("riskloop.sign_in", "%s user=%r", "signed_in", NAME),
        record("riskloop.sign_in", "x", name_of_person=NAME, customer=NUMBER),
        record("riskloop.request", "request", view=NAME, method=NUMBER, request_id=NAME),
        record("riskloop.request", "request", view=f"/people/{NUMBER}/", event=f"{NAME} x"),
        record("riskloop.job", "job", failure=True),
        record("riskloop.job", ValueError(NAME)),
        record("django.request", "%s: %s", "Internal Server Error", f"/staff/{NUMBER}/"),
        record("django.security.DisallowedHost", f"Invalid header {NAME}"),
        record("procrastinate.worker", f"Job x(name={NAME})", failure=True),
        record("elsewhere", {"name": NAME}),
    ],
)
def test_no_personal_data_gets_in(form: logging.Formatter, told: logging.LogRecord) -> None:
    line = form.format(told)
    assert NAME not in line
    assert NAME.encode("ascii", "backslashreplace").decode() not in line
    assert NUMBER not in line


def test_a_failure_says_of_which_kind_and_where() -> None:
    told = facts(record("riskloop.job", "job", failure=True))
    assert told["failure"] == ["builtins.ValueError", "builtins.KeyError"]
    assert told["places"][-1].startswith("tests/outgoing/test_logs.py:")
    text = TextLines().format(record("riskloop.job", "job", failure=True))
    assert text.splitlines()[1].strip() == told["places"][0]


def test_within_a_request_every_line_bears_its_number() -> None:
    token = request_id.set("0" * 32)
    try:
        assert facts(record("riskloop.x", "x"))["request_id"] == "0" * 32
    finally:
        request_id.reset(token)
    assert "request_id" not in facts(record("riskloop.x", "x"))


def calls() -> list[tuple[str, ast.Call]]:
    """The calls of loggers in the package."""
    return [
        (path.name, node)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "logger", "logging"}
        and node.func.attr in {"debug", "info", "warning", "error", "critical", "exception", "log"}
    ]


def test_what_our_own_code_logs_are_constants() -> None:
    """A message with something put into it would be told whole."""
    found = calls()
    assert len(found) > 5
    for name, call in found:
        place = 1 if isinstance(call.func, ast.Attribute) and call.func.attr == "log" else 0
        assert isinstance(call.args[place], ast.Constant), f"{name}:{call.lineno}"


def test_what_is_given_besides_is_known() -> None:
    """A name that no line tells would be given in vain."""
    given = {
        key.value
        for _name, call in calls()
        for keyword in call.keywords
        if keyword.arg == "extra"
        for dicts in ast.walk(keyword.value)
        if isinstance(dicts, ast.Dict)
        for key in dicts.keys
        if isinstance(key, ast.Constant)
    }
    assert given <= set(FACTS)


@pytest.mark.parametrize(("form", "lines"), [("json", 2), ("text", 2), ("quiet", 1)])
def test_quiet_tells_only_what_must_be_known(form: str, lines: int, capsys: Any) -> None:
    names = ("", "riskloop", "django", "django.server", "procrastinate.worker", "django.request")
    before = {n: (logging.getLogger(n).level, list(logging.getLogger(n).handlers)) for n in names}
    try:
        logging.config.dictConfig(dict(configuration(form)))
        logging.getLogger("riskloop.request").info("request")
        logging.getLogger("riskloop.ready").warning("not ready")
        logging.getLogger("django.request").warning("%s", NAME)
        logging.getLogger("procrastinate.worker").error(NAME)
        assert len(capsys.readouterr().err.splitlines()) == lines
    finally:
        for name, (level, handlers) in before.items():
            logging.getLogger(name).setLevel(level)
            logging.getLogger(name).handlers = handlers
