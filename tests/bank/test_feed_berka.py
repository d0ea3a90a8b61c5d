"""The Czech bank, made up and real: `docs/feeds/berka.md`, decision by decision."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from riskloop.bank.errors import BadInput
from riskloop.bank.feeds.berka import FILES, deliveries
from riskloop.bank.home import Home
from riskloop.bank.lake import Lake
from riskloop.bank.load import load
from riskloop.bank.tables import TABLES

DISTRICT = "A1;A2;A3"
CLIENT = '"client_id";"birth_number";"district_id"'
ACCOUNT = '"account_id";"district_id";"frequency";"date"'
DISP = '"disp_id";"client_id";"account_id";"type"'
CARD = '"card_id";"disp_id";"type";"issued"'
TRANS = '"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"'
DEPOSIT = '1;10;930101;"PRIJEM";"VKLAD";700.00;700.00;"";;'

BANK = {
    "district": (DISTRICT, '5;"Kolin";"central Bohemia"', '67;"Bruntal";"north Moravia"'),
    "client": (CLIENT, '100;"706213";5', '101;"450204";67'),
    "account": (ACCOUNT, '10;5;"POPLATEK MESICNE";930101'),
    "disp": (DISP, '1000;100;10;"OWNER"', '1001;101;10;"DISPONENT"'),
    "card": (CARD, '1;1000;"classic";931107 00:00:00'),
    "trans": (TRANS, DEPOSIT),
}

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes the small bank, with some files made of other lines; None leaves a file out."""

    def make(newline: str = "\r\n", **files: tuple[str, ...] | None) -> Path:
        for name, lines in (BANK | files).items():
            if lines is not None:
                (tmp_path / f"{name}.asc").write_bytes(newline.join((*lines, "")).encode())
        return tmp_path

    return make


def read(folder: Path, table: str, rate: str = "1") -> tuple[pa.Table, list[dict[str, Any]]]:
    """A table whole, and what the feed itself set aside of it."""
    (delivery,) = (d for d in deliveries(folder, Decimal(rate)) if d.table == table)
    batches = list(delivery.batches)
    return pa.concat_tables(batches), list(delivery.rejected)


def rows(folder: Path, table: str, rate: str = "1") -> list[dict[str, Any]]:
    kept, rejected = read(folder, table, rate)
    assert rejected == []
    return kept.to_pylist()


def entry(make: Make, line: str, rate: str = "1") -> dict[str, Any]:
    """The journal entry that one line of `trans.asc` becomes."""
    (one,) = rows(make(trans=(TRANS, line)), "journal", rate)
    return one


# ── units, customers, accounts, cards ──


def test_a_region_is_a_tier1_branch_under_the_head_office_and_a_district_an_outlet(make: Make) -> None:
    tree = {row["unit_id"]: (row["level"], row["name"], row["parent_id"]) for row in rows(make(), "units")}
    assert tree == {
        "HO": ("head_office", "Czech bank (PKDD'99)", None),
        "central-bohemia": ("tier1_branch", "central Bohemia", "HO"),
        "5": ("outlet", "Kolin", "central-bohemia"),
        "north-moravia": ("tier1_branch", "north Moravia", "HO"),
        "67": ("outlet", "Bruntal", "north-moravia"),
    }


@pytest.mark.parametrize(
    ("birth_number", "born_on"),
    [
        ("450204", dt.date(1945, 2, 4)),
        ("706213", dt.date(1970, 12, 13)),  # a woman: month 62 is December
        ("115101", dt.date(1911, 1, 1)),
    ],
)
def test_a_birth_number_tells_the_day_of_birth(make: Make, birth_number: str, born_on: dt.date) -> None:
    (customer,) = rows(make(client=(CLIENT, f'100;"{birth_number}";5')), "customers")
    assert (customer["kind"], customer["born_on"]) == ("personal", born_on)


@pytest.mark.parametrize("birth_number", ["451304", "455004", "456304", "450230", "45020", "x", ""])
def test_a_birth_number_that_is_no_day_is_set_aside(make: Make, birth_number: str) -> None:
    folder = make(client=(CLIENT, f'100;"{birth_number}";5', '101;"450204";67'))
    kept, rejected = read(folder, "customers")
    assert kept["customer_id"].to_pylist() == ["101"]
    assert [(r["row"], r["column"]) for r in rejected] == [(1, "birth_number")]
    assert rejected[0]["reason"] == f'birth_number "{birth_number}" is not YYMMDD'


def test_an_account_belongs_to_its_owner_not_to_who_may_dispose_of_it(make: Make) -> None:
    disp = (DISP, '1001;101;10;"DISPONENT"', '1002;100;10;"OWNER"')
    (account,) = rows(make(disp=disp), "accounts")
    assert account == {
        "account_id": "10",
        "kind": "personal_settlement",
        "customer_id": "100",
        "unit_id": "5",
        "currency": "CZK",
        "opened_on": dt.date(1993, 1, 1),
        "status": "normal",
        "special": False,
        "auto_only": False,
        "zero_at_close": False,
        "overdraft_allowed": False,
        "row": 1,
    }


def test_a_card_is_issued_to_its_holder_at_the_outlet_of_the_account(make: Make) -> None:
    (event,) = rows(make(), "card_events")
    assert event == {
        "event_id": "1",
        "booked_on": dt.date(1993, 11, 7),
        "at": dt.datetime(1993, 11, 7),  # noqa: DTZ001  (local bank time)
        "card_no": "1",
        "account_id": "10",
        "customer_id": "100",
        "unit_id": "5",
        "channel": "batch",
        "event": "issued",
        "row": 1,
    }


@pytest.mark.parametrize(
    ("line", "column"), [('1;77;"classic";931107 00:00:00', "disp_id"), ('1;1000;"gold";9311', "issued")]
)
def test_a_card_without_holder_or_time_is_set_aside(make: Make, line: str, column: str) -> None:
    kept, rejected = read(make(card=(CARD, line)), "card_events")
    assert kept.num_rows == 0
    assert [r["column"] for r in rejected] == [column]


# ── journal ──


def test_a_deposit_is_one_single_sided_credit(make: Make) -> None:
    assert entry(make, DEPOSIT) == {
        "entry_id": "1",
        "booked_on": dt.date(1993, 1, 1),
        "posted_at": dt.datetime(1993, 1, 1),  # noqa: DTZ001  (local bank time)
        "unit_id": "5",
        "channel": "counter",
        "code": "PRIJEM/VKLAD/-",
        "kind": "normal",
        "debit_account_id": None,
        "credit_account_id": "10",
        "currency": "CZK",
        "amount": Decimal("700.00"),
        "amount_cny": Decimal("700.00"),
        "cash": True,
        "remote": False,
        "automatic": False,
        "counterparty_account": None,
        "counterparty_bank": None,
        "purpose": None,
        "row": 1,
    }


@pytest.mark.parametrize(
    ("columns", "side", "channel", "cash", "automatic"),
    [
        ('"PRIJEM";"VKLAD";1.00;1.00;"";;', "credit", "counter", True, False),
        ('"VYDAJ";"VYBER";1.00;1.00;"";;', "debit", "counter", True, False),
        ('"VYDAJ";"VYBER";1.00;1.00;" ";;"0"', "debit", "counter", True, False),
        ('"VYBER";"VYBER";1.00;1.00;"";;', "debit", "counter", True, False),
        ('"VYDAJ";"VYBER KARTOU";1.00;1.00;"";;"0"', "debit", "atm", True, False),
        ('"PRIJEM";"PREVOD Z UCTU";1.00;1.00;"";"AB";"1"', "credit", "clearing", False, False),
        ('"VYDAJ";"PREVOD NA UCET";1.00;1.00;"SIPO";"AB";"1"', "debit", "clearing", False, False),
        ('"PRIJEM";"";1.00;1.00;"UROK";;', "credit", "batch", False, True),
        ('"VYDAJ";"VYBER";1.00;1.00;"SLUZBY";;', "debit", "batch", False, True),
        ('"VYDAJ";"VYBER";1.00;1.00;"SANKC. UROK";;', "debit", "batch", False, True),
    ],
)
def test_the_operation_tells_side_channel_and_who_began_it(
    make: Make, columns: str, side: str, channel: str, cash: bool, automatic: bool
) -> None:
    one = entry(make, "1;10;930101;" + columns)
    assert one["credit_account_id" if side == "credit" else "debit_account_id"] == "10"
    assert one["debit_account_id" if side == "credit" else "credit_account_id"] is None
    assert (one["channel"], one["cash"], one["automatic"]) == (channel, cash, automatic)


def test_a_transfer_names_its_counterparty_and_purpose(make: Make) -> None:
    one = entry(make, '1;10;930105;"VYDAJ";"PREVOD NA UCET";2452.00;9.00;"SIPO";"YZ";"87144583"')
    assert (one["counterparty_bank"], one["counterparty_account"]) == ("YZ", "87144583")
    assert (one["purpose"], one["code"]) == ("SIPO", "VYDAJ/PREVOD NA UCET/SIPO")


def test_account_0_and_blank_symbols_are_nothing(make: Make) -> None:
    one = entry(make, '1;10;930105;"VYDAJ";"VYBER";2452.00;9.00;" ";;"0"')
    assert (one["counterparty_account"], one["counterparty_bank"], one["purpose"]) == (None, None, None)
    assert one["code"] == "VYDAJ/VYBER/-"


@pytest.mark.parametrize(
    ("amount", "rate", "in_cny"),
    [
        ("700.00", "1", "700.00"),
        ("700.00", "0.31", "217.00"),
        ("0.50", "0.25", "0.12"),  # 0.125: half to even
        ("1.50", "0.25", "0.38"),  # 0.375: half to even
        ("700.00", "1E+1", "7000.00"),
        ("9999999999999999.99", "0.00000000000000001", "0.10"),
    ],
)
def test_the_rate_makes_cny_rounded_half_even(make: Make, amount: str, rate: str, in_cny: str) -> None:
    one = entry(make, f'1;10;930101;"PRIJEM";"VKLAD";{amount};700.00;"";;', rate)
    assert (one["amount"], one["amount_cny"]) == (Decimal(amount), Decimal(in_cny))


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity", "0.123456789012345678901"])
def test_a_rate_that_cannot_be_used_is_refused(make: Make, rate: str) -> None:
    with pytest.raises(BadInput, match="--rate"):
        deliveries(make(), Decimal(rate))


def test_a_rate_that_makes_amounts_too_large_is_refused(make: Make) -> None:
    with pytest.raises(BadInput, match="--rate is 100, and makes an amount too large"):
        entry(make, '1;10;930101;"PRIJEM";"VKLAD";9999999999999999.99;700.00;"";;', "100")


def test_an_entry_of_an_unknown_account_is_kept_at_the_head_office(make: Make) -> None:
    one = entry(make, '1;99;930101;"PRIJEM";"VKLAD";700.00;700.00;"";;')
    assert (one["unit_id"], one["credit_account_id"]) == ("HO", "99")


def test_tellers_and_what_else_the_bank_does_not_know_are_left_out(make: Make) -> None:
    kept, _ = read(make(), "journal")
    assert set(TABLES["journal"].by_name) - set(kept.column_names) == {
        "value_on",
        "teller_id",
        "authoriser_id",
        "original_entry_id",
        "counterparty_name",
    }


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ('2;10;930101;"PRIJE', None, "the line is torn or malformed: 4 of 10 columns"),
        ('2;10;930101;"PRIJEM";"VKLAD";1.00;1.00;"";;"87', None, "the line is torn or malformed"),
        ('2;10;930101;"PRIJEM";"VKLAD";1.00;1.00;"";;;', None, "the line is torn or malformed: 11 of 10"),
        ('2;10;930230;"PRIJEM";"VKLAD";1.00;1.00;"";;', "date", 'date "930230" is not a day as YYMMDD'),
        ('2;10;;"PRIJEM";"VKLAD";1.00;1.00;"";;', "date", 'date "" is not a day'),
        ('2;10;930101;"PRIJE";"VKLAD";1.00;1.00;"";;', "type", 'type "PRIJE" is not PRIJEM, VYDAJ'),
        ('2;10;930101;"";"VKLAD";1.00;1.00;"";;', "type", 'type "" is not PRIJEM, VYDAJ or VYBER'),
        ('2;10;930101;"PRIJEM";"VKL";1.00;1.00;"";;', "operation", 'operation "VKL" is not known'),
        ('2;10;930101;"PRIJEM";"VKLAD";1,00;1.00;"";;', "amount", 'amount "1,00" is not an amount'),
        ('2;10;930101;"PRIJEM";"VKLAD";1.005;1.00;"";;', "amount", 'amount "1.005" is not an amount'),
        ('2;10;930101;"PRIJEM";"VKLAD";1.00;;"";;', "balance", 'balance "" is not an amount'),
    ],
)
def test_a_line_that_cannot_be_read_is_set_aside_with_its_reason(
    make: Make, line: str, column: str | None, reason: str
) -> None:
    kept, rejected = read(make(trans=(TRANS, line, DEPOSIT)), "journal")
    assert [(r["row"], r["entry_id"]) for r in kept.to_pylist()] == [(2, "1")]
    assert [(r["row"], r["column"], r["content"]) for r in rejected] == [(1, column, line)]
    assert str(rejected[0]["reason"]).startswith(reason)


def test_lines_may_end_as_on_unix_and_blank_ones_are_no_rows(make: Make) -> None:
    kept, rejected = read(make(newline="\n", trans=(TRANS, "", DEPOSIT, "")), "journal")
    assert [(r["row"], r["entry_id"], r["purpose"]) for r in kept.to_pylist()] == [(2, "1", None)]
    assert rejected == []


# ── balances ──


def closing(make: Make, *lines: str) -> dict[str, str]:
    """Closing balances by day of account 10, from `DATE TYPE AMOUNT BALANCE` lines."""
    trans = ['{};10;{};"{}";"VKLAD";{};{};"";;'.format(n, *line.split()) for n, line in enumerate(lines)]
    return {
        f"{row['as_of']:%y%m%d}": str(row["closing"]) for row in rows(make(trans=(TRANS, *trans)), "balances")
    }


def test_a_day_closes_with_the_balance_of_its_only_entry(make: Make) -> None:
    days = closing(make, "930101 PRIJEM 700.00 700.00", "930102 VYDAJ 900.00 -200.00")
    assert days == {"930101": "700.00", "930102": "-200.00"}


def test_the_last_entry_of_a_day_is_found_by_its_balance_not_by_its_place(make: Make) -> None:
    days = closing(
        make,
        "930101 PRIJEM 700.00 700.00",
        "930102 VYBER 50.00 750.00",
        "930102 PRIJEM 100.00 800.00",
    )
    assert days == {"930101": "700.00", "930102": "750.00"}


def test_a_first_day_of_several_entries_starts_from_nothing(make: Make) -> None:
    days = closing(
        make,
        "930101 VYDAJ 100.00 600.00",
        "930101 PRIJEM 700.00 700.00",
    )
    assert days == {"930101": "600.00"}


def test_rounded_balances_do_not_lead_astray_over_days_of_several_entries(make: Make) -> None:
    days = closing(
        make,
        "930101 PRIJEM 700.00 700.00",
        "930102 VYDAJ 14.60 735.40",
        "930102 PRIJEM 50.04 750.10",
        "930103 VYDAJ 14.60 770.80",
        "930103 PRIJEM 50.04 785.40",
        "930104 PRIJEM 1.00 771.80",
        "930105 VYDAJ 1.00 771.80",
        "930105 PRIJEM 1.00 772.80",
    )
    assert days == {
        "930101": "700.00",
        "930102": "735.40",
        "930103": "770.80",
        "930104": "771.80",
        "930105": "771.80",
    }


def test_the_file_may_start_in_the_middle_of_an_account(make: Make) -> None:
    days = closing(
        make,
        "930101 PRIJEM 700.00 9700.00",
        "930102 VYDAJ 1.00 9799.00",
        "930102 PRIJEM 100.00 9800.00",
    )
    assert days == {"930101": "9700.00", "930102": "9799.00"}


# ── through the gate ──


def test_the_lake_knows_that_there_are_no_tellers(make: Make, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    load(home, deliveries(make()), feed="berka")
    lake = Lake(home)
    assert not {"teller_id", "authoriser_id"} & set(lake.columns("journal"))
    assert {"entry_id", "purpose", "counterparty_bank"} <= set(lake.columns("journal"))
    assert "opened_by" not in lake.columns("accounts")
    assert lake.days("balances") == [dt.date(1993, 1, 1)]
    assert not lake.has("tellers")


def test_the_gate_sets_aside_what_the_contract_refuses(make: Make, tmp_path: Path) -> None:
    negative = '2;10;930101;"PRIJEM";"VKLAD";-1.00;1.00;"";;'
    nameless = ';10;930101;"PRIJEM";"VKLAD";1.00;1.00;"";;'
    torn = '3;10;930101;"PRI'
    trans = (TRANS, DEPOSIT, negative, nameless, DEPOSIT, torn)
    report = load(Home(tmp_path / "home"), deliveries(make(trans=trans)), feed="berka")
    (journal,) = (t for t in report.tables if t.table == "journal")
    assert (journal.rows_in, journal.kept, journal.set_aside) == (5, 1, 4)


def test_a_file_without_rows_is_a_table_without_rows(make: Make) -> None:
    kept, rejected = read(make(card=(CARD,)), "card_events")
    assert (kept.num_rows, rejected) == (0, [])
    assert "card_no" in kept.column_names


# ── bad folders ──


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(make: Make, name: str) -> None:
    with pytest.raises(BadInput, match=rf"has no {name}\.asc"):
        deliveries(make(**{name: None}))


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere is not a folder"):
        deliveries(tmp_path / "nowhere")


def test_a_missing_column_is_named(make: Make) -> None:
    with pytest.raises(BadInput, match=r"trans\.asc has no column balance, bank"):
        deliveries(make(trans=(TRANS.replace('"balance"', '"saldo"').replace('"bank"', '"banka"'),)))


def test_an_empty_file_has_no_columns(make: Make) -> None:
    with pytest.raises(BadInput, match=r"card\.asc has no column card_id"):
        deliveries(make(card=()))


def test_a_file_in_another_encoding_is_named(make: Make) -> None:
    folder = make()
    (folder / "district.asc").write_bytes(b'A1;A2;A3\n5;"Kol\xedn";"central Bohemia"\n')
    with pytest.raises(BadInput, match=r"district\.asc is neither ASCII nor UTF-8"):
        deliveries(folder)


def test_utf_8_is_read_and_said(make: Make) -> None:
    folder = make(district=(DISTRICT, '5;"Kolín";"central Bohemia"'))
    encodings = {delivery.table: delivery.encoding for delivery in deliveries(folder)}
    assert (encodings["units"], encodings["journal"]) == ("UTF-8", "ASCII")
    assert "Kolín" in {row["name"] for row in rows(folder, "units")}


def test_a_torn_list_of_owners_is_refused_whole(make: Make) -> None:
    with pytest.raises(BadInput, match=r"disp\.asc, row 2: the line is torn"):
        deliveries(make(disp=(*BANK["disp"][:2], "1001;10")))


def test_a_path_with_a_quote_is_only_a_path(make: Make) -> None:
    folder = make()
    other = folder / "bank's [1]*"
    other.mkdir()
    for file in folder.glob("*.asc"):
        file.rename(other / file.name)
    assert len(rows(other, "journal")) == 1
