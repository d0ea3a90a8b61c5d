"""The PKDD'99 Czech bank (Berka) as canonical tables. Every decision stands in `docs/feeds/berka.md`.

The files are read line by line inside DuckDB, so that a torn line is seen whole and set aside with its
reason, and Python holds no more than a batch.
"""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute

from riskloop.bank.errors import BadInput
from riskloop.bank.load import Delivery
from riskloop.bank.tables import ARROW, TABLES

FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "district": ("A1", "A2", "A3"),
        "client": ("client_id", "birth_number"),
        "account": ("account_id", "district_id", "date"),
        "disp": ("disp_id", "client_id", "account_id", "type"),
        "card": ("card_id", "disp_id", "issued"),
        "trans": (
            "trans_id",
            "account_id",
            "date",
            "type",
            "operation",
            "amount",
            "balance",
            "k_symbol",
            "bank",
            "account",
        ),
    }
)
"""The files (`NAME.asc`) that are read, with the columns of each. `loan` and `order` are not."""

# PyArrow makes its functions when it is imported, out of a type checker's sight.
_compute: Any = pyarrow.compute

_BATCH = 100_000
_BLOCK = 1 << 20
_RATE_DIGITS = 20


def deliveries(folder: Path, rate: Decimal = Decimal(1)) -> list[Delivery]:
    """The six tables that the Czech bank can hand over.

    Args:
        folder: holds the files of `FILES`.
        rate: CNY for one koruna: `amount_cny` is `amount` × `rate`, rounded half-even to 2 decimals.

    Raises:
        BadInput: a file is missing, lacks a column or is not ASCII or UTF-8; the rate cannot be used.
    """
    _check_rate(rate)
    if not folder.is_dir():
        raise BadInput(f"{folder} is not a folder")
    encodings = {name: _encoding(folder / f"{name}.asc") for name in FILES}
    database = _open(folder)
    return [
        _delivery(database, table, source, encodings[source], rate)
        for table, source in (
            ("units", "district"),
            ("customers", "client"),
            ("accounts", "account"),
            ("journal", "trans"),
            ("balances", "trans"),
            ("card_events", "card"),
        )
    ]


def _check_rate(rate: Decimal) -> None:
    if not rate.is_finite() or rate <= 0:
        raise BadInput(f"--rate is {rate}, and must be a number above 0")
    if len(format(rate, "f").replace(".", "")) > _RATE_DIGITS:
        raise BadInput(f"--rate is {rate}, and must have at most {_RATE_DIGITS} digits")


def _encoding(file: Path) -> str:
    """ASCII, as the bank was published, or UTF-8; reads the file once, a block at a time."""
    if not file.is_file():
        raise BadInput(f"{file.parent} has no {file.name}, and the Czech bank needs it")
    encoding = "ASCII"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                if not block.isascii():
                    encoding = "UTF-8"
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise BadInput(f"{file} is neither ASCII nor UTF-8 text") from None
    return encoding


def _open(folder: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database with a view on each file, and the small tables that others look up."""
    database = duckdb.connect()
    database.execute(_MACROS)
    for name, wanted in FILES.items():
        file = folder / f"{name}.asc"
        header = _header(file)
        missing = [column for column in wanted if column not in header]
        if missing:
            raise BadInput(f"{file} has no column {', '.join(missing)}")
        columns = ", ".join(f"field(fields, {header.index(c) + 1}) as {c}" for c in wanted)
        path = str(file).replace("'", "''")
        database.execute(
            f"create view {name} as select row, line, torn, {columns} from lines('{path}', {len(header)})"
        )
    _refuse_torn(database, folder / "disp.asc")
    database.execute(_LOOKED_UP)
    return database


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig") as stream:
        return [column.strip('"') for column in stream.readline().rstrip("\r\n").split(";")]


def _refuse_torn(database: duckdb.DuckDBPyConnection, file: Path) -> None:
    """`disp.asc` fills no table that could set a row aside: it is whole or it is not taken."""
    torn = database.execute("select row, torn.reason from disp where torn is not null limit 1").fetchone()
    if torn:
        raise BadInput(f"{file}, row {torn[0]}: {torn[1]}")


def _delivery(
    database: duckdb.DuckDBPyConnection, table: str, source: str, encoding: str, rate: Decimal
) -> Delivery:
    rejected: list[dict[str, Any]] = []
    batches = _batches(database, table, rate, rejected)
    return Delivery(table, f"{source}.asc", batches, encoding, rejected)


def _batches(
    database: duckdb.DuckDBPyConnection, table: str, rate: Decimal, rejected: list[dict[str, Any]]
) -> Iterator[pa.Table]:
    """The canonical columns that the bank has, and `row`, the data row in the file."""
    mapped = database.cursor().sql(_MAPPINGS[table])
    reader = mapped.to_arrow_reader(_BATCH)
    # An empty batch first: a file without rows says by it which columns the bank has.
    for batches in itertools.chain(([],), ([batch] for batch in reader)):
        rows = pa.Table.from_batches(batches, reader.schema)
        if table == "journal":
            rows = rows.append_column("amount_cny", _in_cny(rows["amount"], rate))
        if "refused" in rows.column_names:
            refused = _compute.is_valid(rows["refused"])
            rejected.extend(_rejects(rows.filter(refused)))
            rows = rows.filter(_compute.invert(refused))
        types = {c.name: ARROW[c.kind] for c in TABLES[table].columns if c.name in rows.column_names}
        types["row"] = pa.int64()
        yield rows.select(list(types)).cast(pa.schema(types.items()))


def _rejects(rows: pa.Table) -> list[dict[str, Any]]:
    return [
        {"row": row["row"], "content": row["line"], **row["refused"]}
        for row in rows.select(["row", "line", "refused"]).to_pylist()
    ]


def _in_cny(amounts: pa.ChunkedArray, rate: Decimal) -> pa.ChunkedArray:
    if rate == 1:
        return amounts
    factor = pa.scalar(Decimal(format(rate, "f"))).cast(pa.decimal256(2 * _RATE_DIGITS, _RATE_DIGITS))
    exact = _compute.multiply(amounts.cast(pa.decimal256(18, 2)), factor)
    try:
        return _compute.round(exact, ndigits=2, round_mode="half_to_even").cast(ARROW["money"])
    except pa.ArrowInvalid:
        raise BadInput(f"--rate is {rate}, and makes an amount too large to be kept") from None


_MACROS = """
-- The lines of a file after its header, numbered from 1; `torn` says why a line cannot be read.
create macro lines(file, width) as table
    with raw as (
        from read_csv(file, columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, skip = 1,
                      delim = chr(31), quote = '', escape = '', strict_mode = false)
        select row_number() over () as row, rtrim(line, chr(13)) as line
    ), split as (
        select *, string_split(line, ';') as fields,
            len(fields) <> width or length(replace(line, '"', '')) % 2 <> length(line) % 2 as is_torn
        from raw where line <> ''
    )
    select row, line, fields, case when is_torn then {
        'column': null::varchar,
        'reason': format('the line is torn or malformed: {} of {} columns', len(fields), width)
    } end as torn
    from split;
-- A field as text, null where it is empty: the bank writes nothing, "" and " " alike.
create macro field(fields, place) as nullif(trim(trim(fields[place], '"')), '');
create macro refuse(wrong, name, value, why) as case when wrong then {
    'column': name, 'reason': name || ' "' || coalesce(value, '') || '" ' || why
} end;
-- The data set knows no year but 1900 to 1999.
create macro day_of(yymmdd) as
    case when regexp_full_match(yymmdd, '[0-9]{6}') then try_strptime('19' || yymmdd, '%Y%m%d')::date end;
create macro money_of(value) as
    case when regexp_full_match(value, '-?[0-9]{1,16}([.][0-9]{1,2})?') then value::decimal(18, 2) end;
"""

_LOOKED_UP = """
create table unit_of as
    select account_id, min(district_id) as unit_id from account where torn is null group by all;
create table owner_of as
    select account_id, min(client_id) as customer_id from disp where type = 'OWNER' group by all;
create table holder as
    select disp_id, min(client_id) as customer_id, min(account_id) as account_id from disp group by all;
create view checked_trans as
    select *, day_of(date) as day, money_of(amount) as money, money_of(balance) as closing,
        coalesce(torn,
            refuse(day is null, 'date', date, 'is not a day as YYMMDD'),
            refuse(type is null or type not in ('PRIJEM', 'VYDAJ', 'VYBER'), 'type', type,
                'is not PRIJEM, VYDAJ or VYBER'),
            refuse(operation not in
                ('VKLAD', 'VYBER', 'VYBER KARTOU', 'PREVOD Z UCTU', 'PREVOD NA UCET'),
                'operation', operation, 'is not known'),
            refuse(money is null, 'amount', amount, 'is not an amount'),
            refuse(closing is null, 'balance', balance, 'is not an amount')) as refused
    from trans;
"""

_UNITS = """
with checked as (
    select *, replace(lower(A3), ' ', '-') as region_id,
        coalesce(torn, refuse(A3 is null, 'A3', A3, 'names no region')) as refused
    from district
), good as (from checked where refused is null)
select 'HO' as unit_id, 'Czech bank (PKDD''99)' as name, 'head_office' as level, null as parent_id,
    min(row) as row, null as line, null as refused
from good having count(*) > 0
union all
select region_id, min(A3), 'tier1_branch', 'HO', min(row), null, null from good group by region_id
union all
select A1, A2, 'outlet', region_id, row, line, refused from checked
order by row
"""

_CUSTOMERS = """
with numbered as (
    select *, case when regexp_full_match(birth_number, '[0-9]{6}') then birth_number[3:4]::int end as month
    from client
)
select client_id as customer_id, 'personal' as kind,
    -- Women's months are raised by 50.
    day_of(birth_number[1:2] || lpad((month % 50)::varchar, 2, '0') || birth_number[5:6]) as born_on,
    row, line,
    coalesce(torn, refuse(born_on is null, 'birth_number', birth_number, 'is not YYMMDD')) as refused
from numbered order by row
"""

_ACCOUNTS = """
select account_id, 'personal_settlement' as kind, customer_id, district_id as unit_id, 'CZK' as currency,
    day_of(date) as opened_on, 'normal' as status, false as special, false as auto_only,
    false as zero_at_close, false as overdraft_allowed, row, line,
    coalesce(torn, refuse(opened_on is null, 'date', date, 'is not a day as YYMMDD')) as refused
from account left join owner_of using (account_id) order by row
"""

_JOURNAL = """
with told as (
    select *, operation is null or k_symbol in ('UROK', 'SLUZBY', 'SANKC. UROK') is true as automatic,
        starts_with(operation, 'PREVOD') is true as transfer
    from checked_trans
)
select trans_id as entry_id, day as booked_on, day::timestamp as posted_at,
    coalesce(unit_id, 'HO') as unit_id,
    case when automatic then 'batch' when transfer then 'clearing'
        when operation = 'VYBER KARTOU' then 'atm' else 'counter' end as channel,
    concat_ws('/', type, coalesce(operation, '-'), coalesce(k_symbol, '-')) as code, 'normal' as kind,
    case when type <> 'PRIJEM' then account_id end as debit_account_id,
    case when type = 'PRIJEM' then account_id end as credit_account_id,
    'CZK' as currency, money as amount, not automatic and not transfer as cash, false as remote, automatic,
    -- Entries at the counter carry account 0: nobody's.
    nullif(account, '0') as counterparty_account, bank as counterparty_bank, k_symbol as purpose,
    row, line, refused
from told left join unit_of using (account_id) order by row
"""

_BALANCES = """
-- The order of the file within a day is not the order of posting, so the last line of an account's day
-- often does not carry its closing balance. A day with one entry has no doubt; from the latest of those
-- (or from nothing, before the first) the movements are added up, and the entry of the day whose balance
-- lies nearest is its last. Nearest, because the bank rounded its balances to 0.10.
with moved as (
    select account_id, day, row, closing, case when type = 'PRIJEM' then money else -money end as movement
    from checked_trans where refused is null and account_id is not null
), days as (
    select account_id, day, count(*) as entries, min(closing) as sole, sum(movement) as movement
    from moved group by all
), summed as (
    select *, sum(movement) over (partition by account_id order by day) as total from days
), expected as (
    select account_id, day, total + coalesce(
        last_value(case when entries = 1 then sole - total end ignore nulls)
        over (partition by account_id order by day), 0) as expected
    from summed
)
select account_id, day as as_of, min(row) as row,
    arg_min(closing, {'far': abs(closing - expected), 'later': -row}) as closing
from moved join expected using (account_id, day)
group by account_id, day order by as_of, row
"""

_CARD_EVENTS = """
select card_id as event_id, day_of(issued[1:6]) as booked_on,
    booked_on + try_strptime(coalesce(nullif(issued[8:], ''), '00:00:00'), '%H:%M:%S')::time as "at",
    card_id as card_no, holder.account_id, holder.customer_id, unit_id, 'batch' as channel,
    'issued' as event, row, line,
    coalesce(torn,
        refuse("at" is null, 'issued', issued, 'is not a time as YYMMDD hh:mm:ss'),
        refuse(holder.customer_id is null, 'disp_id', card.disp_id, 'has no holder in disp.asc')) as refused
from card left join holder using (disp_id) left join unit_of using (account_id) order by row
"""

_MAPPINGS = MappingProxyType(
    {
        "units": _UNITS,
        "customers": _CUSTOMERS,
        "accounts": _ACCOUNTS,
        "journal": _JOURNAL,
        "balances": _BALANCES,
        "card_events": _CARD_EVENTS,
    }
)
