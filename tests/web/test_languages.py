"""Chinese unless English was chosen, and each of them whole."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from riskloop.exposure.models import InspectionSample
from riskloop.loop.models import Determination, EvidenceRow, Measure, QuasiEvent, QueryRound
from riskloop.organisation.models import Staff, Unit, User
from tests.web import addresses
from tests.web.reading import Page
from tests.web.stage import People

AsUser = Callable[..., Client]
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}")
PUBLIC = ("account_login", "account_inactive")


def pages(client: Client, user: str) -> dict[str, Page]:
    there = {a: Page(client.get(a).content.decode()) for a in [*addresses.readable(), "/nowhere/"]}
    stranger = Client()
    stranger.cookies["django_language"] = client.cookies["django_language"].value
    return there | {n: Page(stranger.get(reverse(n)).content.decode()) for n in PUBLIC}


def data() -> set[str]:
    """Chinese that people or the bank wrote: it is not ours to translate."""
    written = {
        *Unit.objects.values_list("name", flat=True),
        *User.objects.values_list("display_name", flat=True),
        *Staff.objects.values_list("name", flat=True),
        *Staff.objects.values_list("post", flat=True),
        *QuasiEvent.objects.values_list("conclusion_note", flat=True),
        *QuasiEvent.objects.values_list("suspicion_note", flat=True),
        *Determination.objects.values_list("note", flat=True),
        *Measure.objects.values_list("description", flat=True),
        *Measure.objects.values_list("done_note", flat=True),
        *InspectionSample.objects.values_list("reason", flat=True),
        *QueryRound.objects.values_list("words", flat=True),
        *(str(v) for row in EvidenceRow.objects.values_list("row", flat=True) for v in row.values() if v),
        # … and what is left of it once it is masked.
        "江",
        "张",
        "江北市人",
        "公司",
    }
    return {w for text in written for w in CHINESE.findall(text)}


def test_an_english_page_speaks_english(bank: People, as_user: AsUser) -> None:
    # What hangs on an event comes about while the pages are opened.
    opened = pages(as_user(bank.monitor, "en"), "lin")
    allowed = data()
    strange = {
        (place, text)
        for place, page in opened.items()
        for text in page.said
        if any(found not in allowed for found in CHINESE.findall(text))
    }
    assert strange == set()


def test_a_chinese_page_speaks_chinese(bank: People, as_user: AsUser) -> None:
    strange = {
        (place, text)
        for place, page in pages(as_user(bank.monitor), "lin").items()
        for text in page.said
        if ENGLISH.search(text)
    }
    assert strange == set()


def test_chinese_is_the_default_whatever_the_browser_wishes(bank: People) -> None:
    answer = Client(headers={"accept-language": "en-US,en"}).get(reverse("account_login"))
    assert '<html lang="zh-Hans">' in answer.content.decode()


def test_the_switch_lasts(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    answer = client.post(reverse("set_language"), {"language": "en", "next": reverse("models")})
    assert answer.url == reverse("models")
    page = client.get(reverse("models")).content.decode()
    assert '<html lang="en">' in page
    assert "Supervision models" in page
    assert int(client.cookies["django_language"]["max-age"]) > 30 * 24 * 3600


def test_an_unknown_language_is_chinese(bank: People) -> None:
    client = Client()
    client.cookies["django_language"] = "xx"
    assert '<html lang="zh-Hans">' in client.get(reverse("account_login")).content.decode()
