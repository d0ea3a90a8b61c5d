"""A worker killed at every step of a delivery and of an e-mail: nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.outgoing.receiver import Receiver, receiving
from tests.slow.conftest import start

PATIENCE = 60
STAGE = Path(__file__).with_name("worker_stage.py")
DELIVER, SEND = "outgoing.deliver", "outgoing.send_mail"


def until(reached: Callable[[], Any]) -> None:
    """Waits for something; fails when it takes too long."""
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


class Home:
    """A home with its database; a process of its own does and looks at what it is asked to."""

    def __init__(self, path: Path, mails: int) -> None:
        self.path = path
        own = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | {
            "RISKLOOP_HOME": str(path),
            "RISKLOOP_EMAIL_HOST": "127.0.0.1",
            "RISKLOOP_EMAIL_PORT": str(mails),
            "RISKLOOP_EMAIL_SECURITY": "none",
            "RISKLOOP_EMAIL_FROM": "riskloop@bank.example",
            "RISKLOOP_ADDRESS": "https://riskloop.bank.example",
        }
        self._errors = path.with_name("errors")
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, str(STAGE)],
                env=own,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def ask(self, what: str, *given: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([what, *given]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self._errors.read_text()
        return json.loads(answer)

    def done(self, job: str) -> bool:
        return self.ask("state")["jobs"].get(job) == "succeeded"

    def killed_at(self, step: str) -> dict[str, Any]:
        """What there is after a worker was killed at a step; others then take it for dead."""
        reached = self.path.with_name(step)
        worker = self.ask("work", step, str(reached))
        until(reached.exists)
        self.ask("end", worker, True)
        state = self.ask("state")
        self.ask("pass_time")
        return state

    @contextmanager
    def worker(self) -> Iterator[None]:
        worker = self.ask("work", "", "")
        try:
            yield
        finally:
            assert self.ask("end", worker, False) == 0

    def close(self) -> None:
        self._process.communicate(timeout=PATIENCE)


class Mails(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is sent: as much of SMTP as Python's client speaks."""

    daemon_threads = allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.got: list[str] = []


class _Smtp(socketserver.StreamRequestHandler):
    server: Mails

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines: list[bytes] = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                self.server.got.append(b"".join(lines).decode())
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


@pytest.fixture(scope="module")
def _mails() -> Iterator[Mails]:
    with Mails() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def _receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, _mails: Mails, _receiver: Receiver) -> Iterator[Home]:
    """A person who is told by e-mail, and a webhook."""
    made = Home(tmp_path_factory.mktemp("workers") / "home", _mails.server_address[1])
    try:
        made.ask("stage", _receiver.url)
        yield made
    finally:
        made.close()


@pytest.fixture
def mails(_mails: Mails) -> Mails:
    _mails.got.clear()
    return _mails


@pytest.fixture
def receiver(_receiver: Receiver) -> Receiver:
    _receiver.got.clear()
    return _receiver


STEPS = ("begun", "sent", "noted")
"""Where a worker is killed: before it sends; after it sent; after it noted that, its job not yet done."""


@pytest.mark.parametrize("step", STEPS)
def test_a_webhook_is_delivered_though_its_worker_is_killed(
    home: Home, receiver: Receiver, step: str
) -> None:
    home.ask("announce")
    left = home.killed_at(f"deliver:{step}")
    assert left["jobs"][DELIVER] == "doing"
    assert left["delivery"] == (["delivered", 1] if step == "noted" else ["waiting", 0])
    with home.worker():
        until(lambda: home.done(DELIVER))
    assert home.ask("state")["delivery"] == ["delivered", 1]
    # Only what was sent and not noted goes out once more, and the receiver knows it by its number.
    assert len(receiver.got) == (2 if step == "sent" else 1)
    assert len({(headers["webhook-id"], body) for headers, body in receiver.got}) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_mail_is_sent_though_its_worker_is_killed(home: Home, mails: Mails, step: str) -> None:
    home.ask("tell")
    left = home.killed_at(f"send_mail:{step}")
    assert left["jobs"][SEND] == "doing"
    assert left["mail"] is (step == "noted")
    with home.worker():
        until(lambda: home.done(SEND))
    assert home.ask("state")["mail"] is True
    numbers = [line for mail in mails.got for line in mail.splitlines() if line.startswith("Message-ID")]
    assert len(numbers) == (2 if step == "sent" else 1)
    assert len(set(numbers)) == 1


@pytest.mark.parametrize("command", [("worker",), ("serve", "--port", 8950)])
def test_jobs_are_done_until_the_command_is_told_to_end(
    home: Home, receiver: Receiver, command: tuple[object, ...]
) -> None:
    """By a worker of its own or beside the pages; told to end, it takes leave of the other workers."""
    home.ask("announce")
    process = start(*command, "--home", home.path)
    try:
        until(lambda: home.done(DELIVER) or process.poll() is not None)
    finally:
        process.terminate()
        printed, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, printed
    assert len(receiver.got) == 1
    assert home.ask("state")["workers"] == 0
