"""The fifty people of `load.py`, for locust: PEOPLE_SESSIONS are their sessions, PEOPLE_HOSTS the servers."""

from __future__ import annotations

import itertools
import json
import os
import re
from random import Random

from locust import HttpUser, between, task

VERIFIERS = 10
CHANCE = Random(1)  # noqa: S311 — the same people every time
HOSTS = os.environ["PEOPLE_HOSTS"].split()
SESSIONS: list[str] = json.loads(os.environ["PEOPLE_SESSIONS"])
EVENT = re.compile(r'<tr data-href="(/events/[0-9a-f-]+/)"')
QUERY = re.compile(r'<tr data-href="(/queries/\d+/)"')


class Person(HttpUser):
    """Turns a page every three to ten seconds."""

    abstract = True
    wait_time = between(3, 10)
    host = HOSTS[0]

    def come_in(self, number: int) -> None:
        self.client.base_url = HOSTS[number % len(HOSTS)]
        self.client.cookies.set("sessionid", SESSIONS[number])
        # A page's libraries come once; what is measured is the page.
        self.client.headers["Accept-Language"] = "zh-Hans"


class Monitor(Person):
    """Opens the queue, narrows it, and looks at one event after the other.

    With an event his browser asks for the two parts that the page brings in once it stands. No page stays
    open for the twenty seconds after which it would ask what has changed.
    """

    fixed_count = len(SESSIONS) - VERIFIERS
    numbers = itertools.count(VERIFIERS)

    def on_start(self) -> None:
        self.events: list[str] = []
        self.come_in(next(self.numbers))

    @task(2)
    def queue(self) -> None:
        query = CHANCE.choice(["", "&grade=key_attention", "&model=A11", "&due=overdue", "&sort=-amount"])
        page = self.client.get(f"/events/?state=open&withdrawn=no{query}", name="queue")
        self.events = EVENT.findall(page.text)

    @task(5)
    def event(self) -> None:
        if self.events:
            address = CHANCE.choice(self.events)
            self.client.get(address, name="event")
            for part in ("usual", "earlier"):
                self.client.get(f"{address}{part}/", name=part)
        else:
            self.queue()


class Verifier(Person):
    """Opens the list of what he owes, and the queries in it."""

    fixed_count = VERIFIERS
    numbers = itertools.count()

    def on_start(self) -> None:
        self.queries: list[str] = []
        self.come_in(next(self.numbers))

    @task(1)
    def owed(self) -> None:
        self.queries = QUERY.findall(self.client.get("/queries/", name="queries").text)

    @task(3)
    def query(self) -> None:
        if self.queries:
            self.client.get(CHANCE.choice(self.queries), name="query")
        else:
            self.owed()
