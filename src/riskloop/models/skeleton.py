"""A new model's file: small and complete, so that it loads and its examples run from the first minute.

What only its author can say begins with TODO, and `riskloop models test` names it until it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from textwrap import indent
from typing import get_args

from riskloop.bank.errors import BadInput
from riskloop.models.api import Category, Handling, SubjectKind
from riskloop.models.delivered import LETTERS, delivered
from riskloop.models.own import CODES, VARIABLE, file_of, folders, is_own, look

CLASSES: dict[str, tuple[Category, Handling]] = {
    "fund": ("fund_movement", "itemised"),
    "nonfund": ("non_fund_movement", "itemised"),
    "statistical": ("statistical", "statistical"),
}
"""By the name of `--class`."""
SUBJECTS: tuple[str, ...] = get_args(SubjectKind)
_TEXT = Path(__file__).with_name("skeletons") / "head.txt"


@dataclass(frozen=True)
class _Facts:
    """What a skeleton looks at, which its author replaces by what he is after.

    Attributes:
        table, narrowed: facts of the day, and the condition on them (of `facts`).
        columns: what is declared of the table.
        row: one fact of an example, but for what its example says.
        other: a fact that the condition leaves out; None where none is.
    """

    found: str
    table: str
    narrowed: str
    columns: tuple[str, ...]
    row: str
    other: tuple[str, str, str] | None
    subject: str = ""
    amount: str = "amount"
    date: str = "booked_on"


_REVERSAL = ("反交易不计", "A reversal does not count", 'kind="reversal"')
_EACH = {
    "entry": _Facts(
        "Normal entries",
        "journal",
        'facts.kind == "normal"',
        ("entry_id", "booked_on", "unit_id", "kind", "amount_cny"),
        '"entry_id": "E1"',
        _REVERSAL,
        subject="found.entry_id",
        amount="amount_cny",
    ),
    "event": _Facts(
        "Releases of a loss report",
        "maintenance_events",
        'facts.event == "loss_released"',
        ("event_id", "booked_on", "unit_id", "event", "amount"),
        '"event_id": "V1", "event": "loss_released"',
        ("挂失本身不计", "A report does not count", 'event="loss_reported"'),
        subject='ibis.literal("maintenance_events:") + found.event_id',
    ),
    "item": _Facts(
        "Suspense items opened",
        "suspense_items",
        "facts.opened_on == bank.day",
        ("item_id", "account_id", "opened_on", "amount"),
        '"item_id": "I1", "account_id": "X1", "opened_on": EXAMPLE_DAY',
        None,
        subject='ibis.literal("suspense_items:") + found.item_id',
        date="opened_on",
    ),
}
"""Subjects that are one fact each: those of an amount are looked for."""
_COUNTED = {
    "account": _Facts(
        "Accounts debited",
        "journal",
        'facts.kind == "normal"',
        ("booked_on", "unit_id", "kind", "debit_account_id"),
        '"debit_account_id": "P1", "unit_id": "U1"',
        _REVERSAL,
        subject="debit_account_id",
    ),
    "teller": _Facts(
        "Tellers who booked",
        "journal",
        'facts.kind == "normal"',
        ("booked_on", "unit_id", "kind", "teller_id"),
        '"teller_id": "T1", "unit_id": "U1"',
        _REVERSAL,
        subject="teller_id",
    ),
    "card": _Facts(
        "Cards activated",
        "card_events",
        'facts.event == "activated"',
        ("booked_on", "unit_id", "event", "card_no"),
        '"card_no": "6222001", "event": "activated", "unit_id": "U1"',
        ("发卡不计", "Issuing does not count", 'event="issued"'),
        subject="card_no",
    ),
    "customer": _Facts(
        "Customers who registered",
        "ebank_events",
        'facts.event == "registered"',
        ("booked_on", "unit_id", "event", "customer_id"),
        '"customer_id": "K1", "event": "registered", "unit_id": "U1"',
        ("注销不计", "Cancelling does not count", 'event="cancelled"'),
        subject="customer_id",
    ),
    "outlet": _Facts(
        "Outlets that booked",
        "journal",
        'facts.kind == "normal"',
        ("booked_on", "unit_id", "kind"),
        '"unit_id": "U1"',
        _REVERSAL,
        subject="unit_id",
    ),
}
"""Subjects that many facts name: their facts of a day are counted."""
_SAMPLE_IDS = {"account": "P1", "teller": "T1", "card": "6222001", "customer": "K1", "outlet": "U1"} | {
    "entry": "E1",
    "event": "maintenance_events:V1",
    "item": "suspense_items:I1",
}


def write(code: str, zh: str, en: str, of_class: str, subject: str, folder: Path | None = None) -> Path:
    """Writes the file of a new model; never over one that is there.

    Args:
        folder: where it is written, made where it is not there; None: the first of `RISKLOOP_MODELS`.

    Raises:
        BadInput: names the option, the folder or the file that does not hold.
    """
    code = code.upper()
    _check(code, zh, en, of_class, subject)
    if folder is None:
        known = folders()
        if not known:
            raise BadInput(f"there is no folder to write to: name one by --folder, or set {VARIABLE}")
        folder = known[0]
    folder = folder.expanduser().resolve()
    taken = next(iter(sorted(folder.glob(f"{code.lower()}_*.py"))), None) or _elsewhere(code)
    if taken is not None:
        raise BadInput(f"{taken} defines model {code} already")
    file = folder / f"{code.lower()}_{_slug(en)}.py"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text(code, zh, en, of_class, subject))
    except OSError as problem:
        raise BadInput(f"{file} cannot be written: {problem.strerror}") from None
    return file


def text(code: str, zh: str, en: str, of_class: str, subject: str) -> str:
    """The file of a new model."""
    category, handling = CLASSES[of_class]
    parts = _each(subject) if subject in _EACH else _counted(subject)
    head = Template(_TEXT.read_text(encoding="utf-8"))
    named = {"code": code, "zh": zh, "en": en, "subject": subject, "category": category}
    return head.substitute(named | {"handling": handling} | parts)


def _check(code: str, zh: str, en: str, of_class: str, subject: str) -> None:
    if code in delivered() or code[:1] in LETTERS:
        raise BadInput(f"the code is {code}, of which riskloop has its own; it must be {CODES}")
    if not is_own(code):
        raise BadInput(f"the code is {code}, and must be {CODES}")
    if of_class not in CLASSES:
        raise BadInput(f"--class is {of_class}, and must be one of {', '.join(CLASSES)}")
    if subject not in SUBJECTS:
        raise BadInput(f"--subject is {subject}, and must be one of {', '.join(SUBJECTS)}")
    for option, said in (("--zh", zh), ("--name", en)):
        if not said.strip() or not said.isprintable() or set(said) & set('"\\$'):
            raise BadInput(f"{option} is {said!r}, and must be a line of text without quotes and backslashes")
    if not any("\u4e00" <= letter <= "\u9fff" for letter in zh):
        raise BadInput(f"--zh is {zh}, and must be the name in Chinese")
    if not _slug(en):
        raise BadInput(f"--name is {en}, and must be the name in English: the file is called by it")


def _elsewhere(code: str) -> Path | None:
    """Where else a model of the bank's own bears this code."""
    model = look().models.get(code)
    return None if model is None else file_of(model)


def _slug(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "_".join(words[:6])


_IMPORTS = """{dates}from decimal import Decimal
from typing import Any
{ibis}
from riskloop.bank.bank import Bank, Relation
from riskloop.models.api import EXAMPLE_DAY, Model, Parameters, Text, hit, near_miss, parameter
"""
_WHY = 'why=Text("待写：限额的依据。", "TODO: where the limit comes from; a value of ours is a proposal."),'


def _each(subject: str) -> dict[str, str]:
    facts = _EACH[subject]
    standing = subject == "item"
    bank = {facts.table: f'[\n    {{{facts.row}, "amount": Decimal(amount)}}\n    | more\n]'}
    needs = {facts.table: facts.columns}
    if standing:
        bank["accounts"] = '[{"account_id": "X1", "kind": "suspense", "unit_id": "U1"}]'
        needs["accounts"] = ("account_id", "unit_id")
        read = (
            f'items, accounts = bank.standing("{facts.table}"), bank.standing("accounts")\n'
            'facts = items.inner_join(accounts, "account_id").select(items, unit_id=accounts.unit_id)'
        )
    else:
        read = f'facts = bank.today("{facts.table}")'
    entry = "    entry_id=found.entry_id,\n" if subject == "entry" else ""
    reading = (
        f"{read}\nfound = facts.filter({facts.narrowed}, facts.{facts.amount} >= p.amount)\n"
        f"return found.select(\n    subject_id={facts.subject},\n    unit_id=found.unit_id,\n"
        f"    amount=found.{facts.amount},\n{entry}    limit=p.amount,\n)"
    )
    cases = [
        _hit("等于限额", "Exactly the limit", subject, '_bank("100000.00")', "100_000"),
        _near("低于限额一分", "One fen below the limit", '_bank("99999.99")'),
        _near("前一日", "On the day before", f'_bank("100000.00", {facts.date}={_DAY_BEFORE})'),
    ]
    if facts.other:
        zh, en, changed = facts.other
        cases.append(_near(zh, en, f'_bank("100000.00", {changed})'))
    return {
        "imports": _IMPORTS.format(
            dates="import datetime as dt\n",
            ibis="\nimport ibis\n" if "ibis." in facts.subject else "",
        ),
        "parameter": _parameter(
            "amount", "Decimal", "Decimal(100_000)", "金额限额", "Limit of the amount", "CNY"
        ),
        "found": facts.found,
        "reading": indent(reading, "    "),
        "given": "amount: str, **more: Any",
        "one": "one of them",
        "bank": _bank(bank),
        "needs": _needs(needs),
        "examples": indent("\n".join(cases), " " * 8),
    }


def _counted(subject: str) -> dict[str, str]:
    facts = _COUNTED[subject]
    key = facts.subject
    unit = "" if key == "unit_id" else "unit_id=facts.unit_id.min(), "
    whom = f"    {key}=many.{key},\n" if key in {"teller_id", "customer_id"} else ""
    whom = "    account_id=many.debit_account_id,\n" if subject == "account" else whom
    reading = (
        f'facts = bank.today("{facts.table}")\n'
        f"facts = facts.filter({facts.narrowed}, facts.{key}.notnull())\n"
        f'found = facts.group_by("{key}").aggregate({unit}count=facts.count())\n'
        'many = found.filter(found["count"] >= p.count)\n'
        f'return many.select(\n    "count",\n    subject_id=many.{key},\n    unit_id=many.unit_id,\n{whom}'
        "    limit=p.count,\n)"
    )
    row = "{" + facts.row + f', "{_KEYS[facts.table]}": f"N{{i}}"' + "} | more\n    for i in range(number)"
    zh, en, changed = facts.other or _REVERSAL
    cases = [
        _hit("等于限额", "Exactly the limit", subject, "_bank(3)", "3"),
        _near("低于限额一次", "One below the limit", "_bank(2)"),
        _near("前一日", "On the day before", f"_bank(3, booked_on={_DAY_BEFORE})"),
        _near(zh, en, f"_bank(3, {changed})"),
    ]
    imports = _IMPORTS.format(dates="import datetime as dt\n", ibis="").replace(
        "from decimal import Decimal\n", ""
    )
    return {
        "imports": imports,
        "parameter": _parameter("count", "int", "3", "次数限额", "Limit of times", "times"),
        "found": facts.found,
        "reading": indent(reading, "    "),
        "given": "number: int, **more: Any",
        "one": "so many of them",
        "bank": _bank({facts.table: f"[\n    {row}\n]"}),
        "needs": _needs({facts.table: facts.columns}),
        "examples": indent("\n".join(cases), " " * 8),
    }


_KEYS = {"journal": "entry_id", "card_events": "event_id", "ebank_events": "event_id"}
_DAY_BEFORE = "DAY_BEFORE"


def _parameter(name: str, kind: str, default: str, zh: str, en: str, unit: str) -> str:
    high = "10**12" if kind == "Decimal" else "1000"
    lines = (default, f'zh="{zh}"', f'en="{en}"', f'unit="{unit}"', "low=1", f"high={high}")
    body = "".join(f"    {line},\n" for line in lines) + f"    {_WHY}\n"
    return indent(f"{name}: {kind} = parameter(\n{body})", "    ")


def _bank(tables: dict[str, str]) -> str:
    rows = "".join(indent(f'"{name}": {rows},\n', "    ") for name, rows in tables.items())
    return indent(f"return {{\n{rows}}}", "    ")


def _needs(tables: dict[str, tuple[str, ...]]) -> str:
    lines = (
        f'"{name}": ({", ".join(repr(c) for c in of)}),'.replace("'", '"') for name, of in tables.items()
    )
    return indent("\n".join(lines), " " * 8)


def _hit(zh: str, en: str, subject: str, bank: str, limit: str) -> str:
    lines = (f'"{zh}"', f'"{en}"', f'"{_SAMPLE_IDS[subject]}"', bank, f'evidence={{"limit": {limit}}}')
    return "hit(\n" + "".join(f"    {line},\n" for line in lines) + "),"


def _near(zh: str, en: str, bank: str) -> str:
    return f'near_miss("{zh}", "{en}", {bank}),'
