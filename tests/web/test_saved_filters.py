"""One's own filters: saved, used, deleted, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.loop.models import SavedFilter
from riskloop.loop.saved_filters import DeleteFilter, SaveFilter, kept_of
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import History
from tests.web.stage import People

AsUser = Callable[..., Client]


def test_a_filter_is_saved_used_and_deleted(bank: People, as_user: AsUser) -> None:
    client = as_user(bank.monitor)
    answer = client.post(reverse("save_filter"), {"name": "大额", "query": "?state=new&model=A11&page=3"})
    assert answer.headers["Location"] == f"{reverse('events')}?model=A11&state=new"
    html = client.get(answer.headers["Location"]).content.decode()
    assert ">大额</a>" in html
    saved = SavedFilter.objects.get()
    client.post(reverse("delete_filter", args=[saved.pk]))
    assert not SavedFilter.objects.exists()
    lines = History.objects.filter(object_type="saved_filter").order_by("pk")
    assert [line.action for line in lines] == ["save_filter", "delete_filter"]
    assert {line.object_id for line in lines} == {str(saved.pk)}


def test_a_filter_is_its_persons_alone(bank: People, as_user: AsUser) -> None:
    saved = do(SaveFilter(bank.monitor, "大额", "model=A11")).saved
    client = as_user(bank.branch)
    assert ">大额</a>" not in client.get(reverse("events")).content.decode()
    assert client.post(reverse("delete_filter", args=[saved.pk])).status_code == 404
    with pytest.raises(SavedFilter.DoesNotExist):
        do(DeleteFilter(bank.branch, saved))
    assert SavedFilter.objects.filter(pk=saved.pk).exists()


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("", "model=A11", "name"),
        ("x" * 41, "model=A11", "name"),
        ("a", "page=2", "query"),
        ("大额", "a=1&state=new", "name"),
    ],
)
def test_what_cannot_be_saved(bank: People, name: str, query: str, code: str) -> None:
    do(SaveFilter(bank.monitor, "大额", "model=A11"))
    with pytest.raises(Refused) as refused:
        do(SaveFilter(bank.monitor, name, query))
    assert refused.value.code == code


def test_a_filter_keeps_only_what_the_queue_knows() -> None:
    assert kept_of("state=new&page=2&next=//elsewhere&sort=-amount&model=") == "sort=-amount&state=new"
