"""The whole catalogue: every model says what its examples expect, and reads what it declares.

What is checked is what `riskloop models test` checks; the slower half stands in tests/slow.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riskloop.bank.text import Text
from riskloop.models import fund, nonfund, statistical
from riskloop.models.api import AnyModel
from riskloop.models.catalogue import catalogue
from riskloop.models.testing import behaviour, rules
from riskloop.models.testing.running import Tried, unexpected
from riskloop.models.testing.suite import CHECKS, run_checks
from tests.models.trying import tried

CLASSES = {
    "A": ("fund_movement", "itemised", fund),
    "B": ("non_fund_movement", "itemised", nonfund),
    "C": ("statistical", "statistical", statistical),
}
QUICK = ("texts", "units", "columns", "codes", "lookback")
A11 = catalogue()["A11"]
Change = Callable[[AnyModel], dict[str, Any]]


EXAMPLES = [(code, e) for code, model in catalogue().items() for e in model.examples]


@pytest.mark.parametrize(("code", "example"), EXAMPLES, ids=[f"{c} {e.title.en}" for c, e in EXAMPLES])
def test_every_example_comes_out_as_it_says(code: str, example: Any) -> None:
    """Over the declared columns alone: a model that reads another one fails here."""
    assert unexpected(example, tried(code).said_of(example)) is None


@pytest.mark.parametrize("check", QUICK)
@pytest.mark.parametrize("code", catalogue())
def test_every_model_passes(code: str, check: str) -> None:
    assert CHECKS[check](tried(code)) == []


@pytest.mark.parametrize("code", catalogue())
def test_the_code_the_class_the_folder_and_the_file_fit(code: str) -> None:
    model = catalogue()[code]
    category, handling, folder = CLASSES[code[0]]
    file = Path(model.hits.__code__.co_filename)
    assert (model.category, model.handling) == (category, handling)
    assert file.parent == Path(str(folder.__file__)).parent
    assert file.stem.startswith(f"{code.lower()}_")


def test_the_catalogue_is_in_the_order_of_the_codes() -> None:
    assert list(catalogue()) == sorted(catalogue())


def with_example(model: AnyModel, at: int, **changed: Any) -> dict[str, Any]:
    """The model's examples, one of them changed."""
    listed = list(model.examples)
    listed[at] = dataclasses.replace(listed[at], **changed)
    return {"examples": tuple(listed)}


def reading(model: AnyModel, table: str, *more: str, where: str = "needs", less: str = "") -> dict[str, Any]:
    """What the model declares, with other columns of one table."""
    declared = dict(getattr(model, where))
    declared[table] = (*(c for c in declared[table] if c != less), *more)
    return {where: declared}


WRONG: list[tuple[str, Change, str]] = [
    ("texts", lambda m: {"purpose": Text("待写：为什么", "TODO: why")}, "purpose is still to be written"),
    ("texts", lambda m: {"purpose": Text("why", "why")}, "purpose is not in Chinese"),
    ("texts", lambda m: {"definition": Text("定义", "一 definition")}, "definition is not in English"),
    ("texts", lambda m: with_example(m, 1, title=m.examples[0].title), "two examples bear one title"),
    ("columns", lambda m: reading(m, "journal", "colour"), "journal has no column colour"),
    ("columns", lambda m: reading(m, "journal", "kind"), "journal.kind is declared twice"),
    (
        "columns",
        lambda m: reading(m, "journal", "channel", where="where_given"),
        "journal.channel is always given, and belongs to needs",
    ),
    (
        "codes",
        lambda m: with_example(m, 0, rows={"journal": [{"channel": "pigeon"}]}),
        "Exactly the limit: journal.channel cannot be pigeon",
    ),
    (
        "codes",
        lambda m: with_example(m, 0, rows={"journal": [{"colour": "red"}], "birds": []}),
        "Exactly the limit: journal has no column colour",
    ),
    ("declared", lambda m: reading(m, "journal", "channel"), "journal.channel is declared and not read"),
    ("examples", lambda m: with_example(m, 0, subject_id=None), "hits E1, and should hit nothing"),
    (
        "examples",
        lambda m: with_example(m, 0, evidence={"limit": 5}),
        "it shows limit as 500000, and should as 5",
    ),
    ("examples", lambda m: with_example(m, 0, evidence={"colour": 5}), "it shows no colour"),
    (
        "examples",
        lambda m: reading(m, "journal", less="kind"),
        "AttributeError: 'Table' object has no attribute 'kind'",
    ),
    (
        "boundaries",
        lambda m: {"examples": m.examples[4:6] + m.examples[2:4]},
        "no example changes when amount is moved",
    ),
]


@pytest.mark.parametrize(("check", "change", "said"), WRONG, ids=[f"{c}: {s}" for c, _, s in WRONG])
def test_what_is_wrong_with_a_model_is_told(check: str, change: Change, said: str) -> None:
    """Each check on a model that is right but for one thing."""
    wrong = dataclasses.replace(A11, **change(A11))
    (outcome,) = run_checks(wrong, [(check, CHECKS[check])])
    assert said in "; ".join(outcome.problems)
    assert (outcome.ok, outcome.model, outcome.check) == (False, "A11", check)


def test_a_unit_that_nobody_knows_is_told() -> None:
    about = dict(A11.parameters.__dataclass_fields__["amount"].metadata)
    strange = dataclasses.replace(about["about"], unit="pieces")

    class Known:
        def about(self) -> dict[str, Any]:
            return {"amount": strange}

    assert rules.units(Known())[0].startswith("amount is measured in pieces, and must be in one of CNY")  # pyright: ignore[reportArgumentType]


def _looks_ahead(bank: Any, p: Any) -> Any:
    """Takes the journal as it stands, past the business day."""
    found, journal = A11.hits(bank, p), bank._tables["journal"]
    return found.filter(journal.filter(journal.booked_on > bank.day).count().as_scalar() == 0)


def _looks_back(bank: Any, p: Any) -> Any:
    """Reads a week where one day is declared."""
    found, journal = A11.hits(bank, p), bank.window("journal", 7)
    return found.filter(journal.filter(journal.booked_on < bank.day).count().as_scalar() > 0)


def _first_come(bank: Any, p: Any) -> Any:
    """Shows whichever entry the engine hands over first."""
    found, journal = A11.hits(bank, p), bank.today("journal")
    return found.mutate(limit=journal.entry_id.arbitrary().as_scalar())


def test_a_model_that_knows_what_comes_later_is_caught() -> None:
    wrong = Tried(dataclasses.replace(A11, hits=_looks_ahead))
    assert behaviour.examples(wrong) == []
    assert "with entries of the day after" in behaviour.later(wrong)[0]


def test_a_model_that_reads_further_back_than_it_says_is_caught() -> None:
    old = {"entry_id": "E0", "debit_account_id": "P9", "booked_on": dt.date(2024, 3, 14)}
    first = A11.examples[0]
    rows = {**first.rows, "journal": [*first.rows["journal"], old]}
    changed = {"examples": with_example(A11, 0, rows=rows, evidence={})["examples"][:2]}
    wrong = Tried(dataclasses.replace(A11, hits=_looks_back, **changed))
    assert behaviour.examples(wrong) == []
    assert "without what is older than the lookback" in behaviour.lookback(wrong)[0]


def test_a_model_that_goes_by_the_order_of_the_rows_is_caught() -> None:
    first = A11.examples[0]
    more = {"entry_id": "E0", "debit_account_id": "P9"}
    changed = with_example(
        A11, 0, rows={**first.rows, "journal": [*first.rows["journal"], more]}, evidence={}
    )
    wrong = Tried(dataclasses.replace(A11, hits=_first_come, **changed))
    assert "Exactly the limit: it says otherwise, with the rows in another order" in behaviour.order(wrong)[0]
