"""A list of exposure becomes a sample for inspection, with its figures of the moment and the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from riskloop.exposure.beside import ListAsked
from riskloop.exposure.models import InspectionSample, SampledRow
from riskloop.exposure.periods import Period
from riskloop.exposure.report import Subject
from riskloop.exposure.samples.actions import DrawInspection, MarkInspection
from riskloop.exposure.samples.reading import measures_of, samples_of
from riskloop.organisation.action import Refused, do
from riskloop.organisation.models import History, Unit, User
from tests.exposure.conftest import Determined, volume
from tests.exposure.test_page import BACKEND
from tests.loop.conftest import DAY

Person = Callable[..., User]
MARCH = Period(DAY.replace(day=1), DAY)
WHY = "异常集中，下月现场检查"


def drawing(user: User, unit_id: str = "B", by: Subject = Subject.UNIT, **of: Any) -> DrawInspection:
    given: dict[str, Any] = {"order": "-rer", "chosen": "first", "why": WHY, "number": 10} | of
    level = given.pop("level", "")
    asked = ListAsked(user, by, MARCH, [unit_id], level)
    return DrawInspection(user, Unit.objects.get(pk=unit_id), asked, **given)


def drawn(user: User, unit_id: str = "B", by: Subject = Subject.UNIT, **of: Any) -> InspectionSample:
    return do(drawing(user, unit_id, by, **of)).sample


def keys(sample: InspectionSample) -> list[str]:
    return list(SampledRow.objects.filter(sample=sample).order_by("place").values_list("key", flat=True))


def refusal(action: DrawInspection | MarkInspection) -> str:
    with pytest.raises(Refused) as refused:
        do(action)
    return refused.value.code


@pytest.fixture
def figures(determined: Determined) -> Determined:
    """Volume in both outlets and a clear case in O2."""
    volume(("O1", "T1", 1000), ("O2", "T3", 500), ("O2", "T4", 500))
    for _n in range(3):
        determined("O2", score="2", tellers=("T3",), businesses=("1001",))
    return determined


def test_the_first_of_a_list_are_kept_in_its_order_with_their_figures(
    person: Person, figures: Determined
) -> None:
    user = person("ann", "R13")
    sample = drawn(user, number=1)
    (row,) = SampledRow.objects.filter(sample=sample)
    assert (row.key, row.name, row.place, sample.total) == ("B2", "unit B2", 1, 3)
    assert measures_of(row).rer == Fraction(6, 1000)
    assert (sample.reason, sample.made_by, sample.state) == (WHY, user, "open")
    # What comes later changes the list, and not the sample.
    figures("O2", score="100")
    assert measures_of(SampledRow.objects.get(sample=sample)).rer == Fraction(6, 1000)
    line = History.objects.latest("pk")
    assert (line.action, line.object_id, line.unit_id, line.reason) == (
        "draw_inspection_sample",
        str(sample.pk),
        "B",
        WHY,
    )
    assert line.after["rows"] == 1


def test_ticked_rows_are_kept_as_ticked_and_must_be_on_the_list(person: Person, figures: Determined) -> None:
    user = person("ann", "R13")
    sample = drawn(user, by=Subject.TELLER, chosen="rows", keys=["T4", "T3", "T4"])
    assert keys(sample) == ["T4", "T3"]
    assert refusal(drawing(user, by=Subject.TELLER, chosen="rows", keys=["T3", "T99"])) == "rows"
    # Within B1 teller T3 did nothing.
    assert refusal(drawing(user, "B1", Subject.TELLER, chosen="rows", keys=["T3"])) == "rows"
    business = drawn(user, by=Subject.BUSINESS, chosen="rows", keys=["1001"])
    assert keys(business) == ["1001"]
    own = drawn(user, "B", chosen="rows", keys=["B"])
    assert SampledRow.objects.get(sample=own).own


def test_those_higher_than_their_peers_and_no_others(person: Person, determined: Determined) -> None:
    tellers = [f"N{n}" for n in range(30)]
    volume(*(("O1", teller, 10_000) for teller in tellers))
    for n, teller in enumerate(tellers):
        for _n in range(60 if n == 7 else 5):
            determined("O1", tellers=(teller,))
    user = person("ann", "R13")
    sample = drawn(user, by=Subject.TELLER, chosen="higher")
    assert (keys(sample), sample.total) == (["N7"], 30)
    row = SampledRow.objects.get(sample=sample)
    assert (row.verdict, row.low is not None and row.low > 0.0005) == ("higher", True)
    alike = drawing(user, "B2", Subject.TELLER, chosen="higher")
    assert refusal(alike) == "nothing"
    by_estimate = drawn(user, by=Subject.TELLER, order="-estimate", number=2)
    assert keys(by_estimate)[0] == "N7"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"why": "  "}, "reason"),
        ({"chosen": "all"}, "chosen"),
        ({"number": 0}, "number"),
        ({"number": 201}, "too_many"),
        ({"chosen": "rows"}, "rows"),
        ({"chosen": "rows", "keys": [str(n) for n in range(201)]}, "too_many"),
        ({"order": "-secret"}, "order"),
    ],
)
def test_what_is_no_sample_is_refused(
    person: Person, figures: Determined, given: dict[str, Any], code: str
) -> None:
    assert refusal(drawing(person("ann", "R13"), **given)) == code
    assert not InspectionSample.objects.exists()


def test_only_who_may_and_only_within_his_reach(person: Person, figures: Determined) -> None:
    assert refusal(drawing(person("ann", "R04"))) == "role"
    branch = person("ben", "R13", "B1")
    assert refusal(drawing(branch, "B")) == "role"
    action = drawing(branch, "B1")
    # A list of another unit under the name of one's own.
    action.asked = replace(action.asked, roots=["B"])
    assert refusal(action) == "unit"
    of_b2 = drawn(person("cat", "R11", "B2"), "B2")
    assert list(samples_of(branch)) == []
    assert list(samples_of(person("dan", "R04", "B"))) == [of_b2]
    assert list(samples_of(person("eve", "R12", "B2"))) == []
    assert refusal(MarkInspection(branch, of_b2, "planned", "")) == "role"


def test_it_is_planned_and_inspected_or_dropped_with_a_remark(person: Person, figures: Determined) -> None:
    user = person("ann", "R11")
    sample = drawn(user)
    do(MarkInspection(user, sample, "planned", "四月第二周"))
    do(MarkInspection(user, sample, "done", "发现两处问题"))
    sample.refresh_from_db()
    assert (sample.state, sample.remark, sample.marked_by) == ("done", "发现两处问题", user)
    assert refusal(MarkInspection(user, sample, "dropped", "不查了")) == "over"
    other = drawn(user)
    assert refusal(MarkInspection(user, other, "dropped", " ")) == "remark"
    assert refusal(MarkInspection(user, other, "open", "")) == "state"
    told = [
        (line.action, line.reason) for line in History.objects.order_by("pk") if "inspection" in line.action
    ]
    assert told[1:3] == [("mark_inspection_sample", "四月第二周"), ("mark_inspection_sample", "发现两处问题")]


# ── the pages ──


@pytest.fixture
def reader(person: Person, client: Client) -> Client:
    client.force_login(person("ann", "R13"), backend=BACKEND)
    client.cookies["django_language"] = "en"
    return client


def test_the_page_makes_a_sample_of_what_it_shows(reader: Client, figures: Determined) -> None:
    shown = {
        "unit": "B",
        "by": "tellers",
        "first": str(MARCH.first),
        "last": str(MARCH.last),
        "sort": "-volume",
    }
    html = reader.get(reverse("exposure"), shown).content.decode()
    boxes = re.findall(r'form="draw-inspection" name="([^"]+)" value="([^"]*)"', html)
    assert [value for _name, value in boxes] == ["T1", "T3", "T4"]
    # Who ticks rows must not draw the first ten because that was chosen before he came.
    assert not re.search(r'type="radio"[^>]*checked', html)
    address = next(
        found.replace("&amp;", "&") for found in re.findall(r'id="draw-inspection" action="([^"]+)"', html)
    )
    sent = {
        f"{boxes[0][0].removesuffix('keys')}{name}": value
        for name, value in {"chosen": "rows", "why": WHY}.items()
    }
    refused = reader.post(address, sent)
    assert (refused.status_code, refused.headers["X-Refused"]) == (409, "rows")
    assert WHY in refused.content.decode()
    answer = reader.post(address, sent | {boxes[0][0]: ["T3", "T4"]})
    sample = InspectionSample.objects.get()
    assert answer.headers["Location"] == reverse("inspection_sample", args=[sample.pk])
    assert (sample.listed, sample.unit_id, sample.order, keys(sample)) == (
        "tellers",
        "B",
        "-volume",
        ["T3", "T4"],
    )
    page = reader.get(answer.headers["Location"]).content.decode()
    assert WHY in page
    assert "2 ticked of 3, in the order: Online volume, highest first" in page
    assert "120.00" in page
    listed = reader.get(reverse("inspection_samples"), {"state": "open"}).content.decode()
    assert WHY in listed
    assert WHY not in reader.get(reverse("inspection_samples"), {"state": "done"}).content.decode()
    marked = {"mark_inspection_sample-state": "planned", "mark_inspection_sample-remark": "四月"}
    assert reader.post(answer.headers["Location"], marked).status_code == 302
    sample.refresh_from_db()
    assert (sample.state, sample.remark) == ("planned", "四月")


def test_who_may_not_draw_is_offered_no_form_and_refused(
    person: Person, client: Client, figures: Determined
) -> None:
    client.force_login(person("ann", "R04"), backend=BACKEND)
    shown = {"unit": "B", "first": str(MARCH.first), "last": str(MARCH.last)}
    assert "draw-inspection" not in client.get(reverse("exposure"), shown).content.decode()
    assert client.post(reverse("draw_inspection"), shown).status_code == 403
    sample = drawn(person("ben", "R13"))
    page = client.get(reverse("inspection_sample", args=[sample.pk]))
    assert page.status_code == 200
    assert "mark_inspection_sample" not in page.content.decode()
    marked = {"mark_inspection_sample-state": "planned"}
    assert client.post(reverse("inspection_sample", args=[sample.pk]), marked).status_code == 403


def test_several_units_at_once_make_no_sample(person: Person, client: Client, figures: Determined) -> None:
    from riskloop.organisation.assignment_actions import assign_role

    user = person("ann", "R13", "B1")
    assign_role(user, "R13", Unit.objects.get(pk="B2"))
    client.force_login(user, backend=BACKEND)
    assert "draw-inspection" not in client.get(reverse("exposure")).content.decode()
    assert client.post(reverse("draw_inspection")).status_code == 404
