"""`riskloop …`: the command line. Each command reads its options, calls one function, and prints.

Exit status: 0 done; 1 failed; 2 bad usage or bad input, with one sentence on standard error.
Heavy imports stay inside the command that needs them, so that `--help` is quick.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Printed

from riskloop.bank.errors import BadInput
from riskloop.bank.home import Home

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Business-operation risk supervision: a bank's journal in, closed risk events out.",
)
importing = typer.Typer(no_args_is_help=True, help="Load what a bank hands over, through the gate.")
events = typer.Typer(no_args_is_help=True, help="The quasi-risk events of the loop.")
models = typer.Typer(no_args_is_help=True, help="The supervision models.")
admin = typer.Typer(no_args_is_help=True, help="People and their roles.")
app.add_typer(importing, name="import")
app.add_typer(events, name="events")
app.add_typer(models, name="models")
app.add_typer(admin, name="admin")

# Piped into a file or another program, a table keeps its columns whole.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 240)
err = Console(stderr=True, highlight=False)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Where riskloop keeps its things (or RISKLOOP_HOME; .riskloop)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder handed over.")]


def main() -> None:
    """The entry point of the `riskloop` script."""
    try:
        app()
    except BadInput as problem:
        err.print(f"riskloop: {problem}", style="red", markup=False, soft_wrap=True)
        sys.exit(2)


def _day(option: str, text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{option} is {text}, and must be a day as 2024-03-15") from None


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    printed = Printed(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        printed.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(printed)


@contextmanager
def _days(what: str) -> Generator[Callable[[int, int, dt.date], None]]:
    """A bar over days on standard error, so that what is printed can still be piped; it appears with the
    first day, so that bad input is told in one line."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err
    )

    def show(done: int, total: int, day: dt.date) -> None:
        if not bar.tasks:
            bar.add_task(what)
            bar.start()
        bar.update(bar.tasks[0].id, completed=done, total=total, description=f"{what} {day}")

    try:
        yield show
    finally:
        # A bar that never began would still end with an empty line.
        if bar.tasks:
            bar.stop()


def _say(line: str) -> None:
    err.print(line, style="dim", markup=False)


# ── What a bank hands over ────────────────────────────────────────────────────────────────────


@importing.command("tables")
def import_tables(
    folder: FolderArgument,
    as_of: Annotated[
        str | None, typer.Option(help="The day from which the standing data is in force.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load canonical tables (Parquet or CSV) through the gate."""
    from riskloop.bank.feeds import tables

    _import(Home.find(home), "tables", folder, tables.deliveries(folder), as_json, _day("--as-of", as_of))


@importing.command("berka")
def import_berka(
    folder: FolderArgument,
    rate: Annotated[str, typer.Option(help="CNY for one Czech koruna; 1 keeps the amounts.")] = "1",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load the PKDD'99 Czech bank."""
    from riskloop.bank.feeds import berka

    try:
        factor = Decimal(rate)
    except InvalidOperation:
        raise BadInput(f"--rate is {rate}, and must be a number") from None
    if not factor.is_finite() or factor <= 0:
        raise BadInput(f"--rate is {rate}, and must be above 0")
    _import(Home.find(home), "berka", folder, berka.deliveries(folder, factor), as_json, None)


@importing.command("figures")
def import_figures(folder: FolderArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Take in lists alone: risk_events.csv, quasi_events.csv, volumes.csv (docs/bulletin.md)."""
    _django(Home.find(home))
    from riskloop.bulletin.actions import import_figures as take_in

    taken = [one.as_dict() for one in take_in(folder)]
    if as_json:
        _print_json(taken)
    else:
        _print_table(tuple(taken[0]), [tuple(one.values()) for one in taken])


def _import(
    home: Home, feed: str, folder: Path, deliveries: Any, as_json: bool, as_of: dt.date | None
) -> None:
    from riskloop.bank.load import load

    report = load(home, deliveries, feed=f"{feed} {folder.name}", as_of=as_of, progress=_say)
    if as_json:
        _print_json(report.as_dict())
        return
    _print_table(
        ("table", "rows in", "kept", "set aside", "days written", "days unchanged", "notes"),
        [
            (t.table, t.rows_in, t.kept, t.set_aside, t.days_written, t.days_unchanged, t.notes)
            for t in report.tables
        ],
    )
    out.print(f"{report.rows_in} rows in = {report.kept} kept + {report.set_aside} set aside")
    if report.set_aside:
        out.print(f"the rows set aside, with their reasons, are in {home.rejects}")


@app.command()
def simulate(
    outlets: Annotated[int, typer.Option(help="How many outlets.")] = 40,
    days: Annotated[int, typer.Option(help="How many calendar days.")] = 30,
    per_day: Annotated[int, typer.Option(help="Journal entries on an ordinary working day.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same bank.")] = 1,
    to: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write a feed there instead of loading it."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a bank with planted, labelled cases for each model."""
    from riskloop.models.simulated import simulate_bank

    report = simulate_bank(
        Home.find(home), outlets=outlets, days=days, per_day=per_day, seed=seed, to=to, progress=_say
    )
    if as_json:
        _print_json(report)
        return
    for name, value in report.items():
        out.print(f"{name}: {value}", markup=False)


# ── Detection ─────────────────────────────────────────────────────────────────────────────────


@app.command()
def detect(
    first: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First business day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last business day.")] = None,
    codes: Annotated[
        list[str] | None, typer.Option("--model", metavar="CODE", help="Only these models.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CODE.PARAM=VALUE", help="A value instead of the one in force."),
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    master: Annotated[
        str,
        typer.Option(metavar="URL", help="Where Spark runs: spark://HOST:PORT, yarn, … (local[2])."),
    ] = "",
    fill: Annotated[
        bool, typer.Option("--fill", help="Fill the gaps: what is missing, stale or failed, on every day.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Hits to this .parquet or .csv alone; no database."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the models; hits of itemised models become quasi-events."""
    from riskloop.detection.run import DetectRequest, detect_to_file

    place = Home.find(home)
    if fill and (to is not None or first or last or codes or settings):
        raise BadInput("--fill fills every gap of the ledger, and goes with no other choice than --engine")
    request = DetectRequest(
        first=_day("--from", first),
        last=_day("--to", last),
        codes=tuple(codes or ()),
        settings=tuple(settings or ()),
        engine=engine,
        master=master,
    )
    _read_models()
    with _days("detect") as show:
        if to is not None:
            report = detect_to_file(place, request, to, show)
        else:
            _django(place)
            from riskloop.web.supervision import supervise

            report = supervise(place, request, show)
    _print_detect(report, as_json)
    if report.failed:
        raise typer.Exit(1)


def _print_detect(report: Any, as_json: bool) -> None:
    if as_json:
        _print_json(report.as_dict())
        return
    _print_table(("model", "hits"), sorted(report.hits.items()))
    for code, reason in report.not_applicable.items():
        out.print(f"{code} not applicable: {reason}", markup=False)
    for code, days in sorted(report.outside.items()):
        out.print(f"{code} is not under supervision on {days} of {report.days} days", markup=False)
    for day, code, problem in report.failed:
        err.print(f"{code} failed on {day}: {problem}", style="red", markup=False)
    for one in report.trials.get("failed", ()):
        named = "the trials" if one["trial"] is None else f"trial {one['trial']} on {one['day']}"
        err.print(f"{named} failed, what is in force stands: {one['error']}", style="red", markup=False)
    for number, hits in report.trials.get("hits", {}).items():
        out.print(f"trial {number}: {hits} hits, kept apart", markup=False)
    out.print(
        f"{report.cells_run} cells run, {report.cells_skipped} unchanged, {report.seconds:.1f} s",
        markup=False,
    )


@app.command()
def runs(
    only_gaps: Annotated[bool, typer.Option("--gaps", help="Only missing, stale and failed cells.")] = False,
    trials: Annotated[
        bool, typer.Option("--trials", help="Of the trials, which are kept apart; by their numbers.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The ledger of runs: one row a day and model."""
    from riskloop.detection.ledger import Ledger

    place = Home.find(home)
    if only_gaps:
        # What is a gap depends on what was decided of the models.
        _django(place)
        from riskloop.detection.run import gaps
        from riskloop.governance.in_force import InForce
        from riskloop.governance.trials.running import open_trial_cells

        found = gaps(place, InForce()) if not trials else open_trial_cells(place)
    else:
        found = Ledger(place, "trials" if trials else "runs").rows()
    rows = [r.as_dict() for r in found]
    if as_json:
        _print_json(rows)
    elif rows:
        _print_table(tuple(rows[0]), [tuple(r.values()) for r in rows])
    else:
        out.print("no gaps" if only_gaps else "nothing has run yet")


@app.command()
def whatif(
    settings: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE.PARAM=VALUE]…", help="Values that hold together, of one model."),
    ] = None,
    sweep: Annotated[
        str,
        typer.Option(
            metavar="CODE.PARAM=VALUES",
            help="One parameter at several values: 1,2,5 or, evenly apart, 100000..500000/5.",
        ),
    ] = "",
    first: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First business day.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last business day.")] = None,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="What one bundle takes; else as the conclusions on record tell."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What other values of a model would have hit, gained, saved and missed; changes nothing."""
    from riskloop.detection.whatif import question

    asked, place = question(settings or (), sweep), Home.find(home)
    _django(place)
    from riskloop.governance.what_if.computing import what_if

    with _days("what if") as show:
        answer = what_if(place, asked, _day("--from", first), _day("--to", last), show, minutes)
    if as_json:
        _print_json(answer.as_dict())
    else:
        _print_what_if(answer)


def _print_what_if(answer: Any) -> None:
    out.print(f"{answer.model}, {answer.days} business days from {answer.first} to {answer.last}")
    columns = ("values", "hits", "+", "-", "bundles", "+", "-", "hours +", "hours -")
    columns += ("missed", "saved", "precision", "recall", "unjudged")
    _print_table(columns, [_line(answer, e) for e in (answer.in_force, *answer.alternatives)])
    if answer.pace is None:
        out.print("hours: too few conclusions are on record to tell; --minutes says what a bundle takes")
    for one in answer.alternatives:
        if not one.missed and not one.by_unit:
            continue
        out.print(f"\n{_values(one)}", markup=False)
        units = [(unit or "—", *changed.as_dict().values()) for unit, changed in one.by_unit.items()]
        _print_table(("unit", "hits +", "hits -", "missed", "saved"), units)
        if one.missed:
            out.print("confirmed events that would have been missed:")
            missed = [event.as_dict() for event in one.missed]
            _print_table(tuple(missed[0]), [tuple(event.values()) for event in missed])


def _values(estimate: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in estimate.settings.items()) or "in force"


def _line(answer: Any, estimate: Any) -> tuple[Any, ...]:
    hours = (answer.hours(estimate.bundles_gained), answer.hours(estimate.bundles_lost))
    return (
        _values(estimate),
        estimate.hits,
        estimate.gained,
        estimate.lost,
        estimate.bundles,
        estimate.bundles_gained,
        estimate.bundles_lost,
        *("—" if one is None else f"{one:.1f}" for one in hours),
        len(estimate.missed),
        estimate.saved,
        _share(estimate.precision),
        _share(estimate.recall),
        estimate.unjudged,
    )


def _share(share: Any) -> str:
    if share.value is None:
        return "—"
    low, high = share.interval
    return f"{share.value:.1%} ({low:.1%} to {high:.1%})"


# ── The loop ──────────────────────────────────────────────────────────────────────────────────


def _django(home: Home) -> None:
    """Gets the web floors ready: the database started and brought to the newest shape."""
    from riskloop.web.startup import prepare

    prepare(home)


@events.command("list")
def events_list(
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
    home: HomeOption = None,
) -> None:
    """All quasi-risk events, newest business day first."""
    if form not in {"table", "csv", "json"}:
        raise BadInput(f"--format is {form}, and must be table, csv or json")
    _django(Home.find(home))
    import csv

    from riskloop.loop.listing import COLUMNS, listing

    rows = listing()
    if form == "json":
        _print_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    else:
        _print_table(COLUMNS, rows)


@models.command("list")
def models_list(as_json: JsonOption = False) -> None:
    """The models, a line each."""
    from riskloop.models.catalogue import catalogue
    from riskloop.models.own import is_own

    columns = ("code", "category", "handling", "grade", "zh", "en", "own")
    rows = [
        (m.code, m.category, m.handling, m.grade, m.name.zh, m.name.en, is_own(m.code))
        for m in catalogue().values()
    ]
    if as_json:
        _print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        _print_table(columns, [(*row[:-1], "own" if row[-1] else "") for row in rows])


@models.command("show")
def models_show(
    code: Annotated[str, typer.Argument(metavar="CODE")],
    language: Annotated[str, typer.Option(help="zh or en.")] = "en",
) -> None:
    """All that a model's file says of it."""
    from riskloop.models.catalogue import model_of
    from riskloop.models.document import page

    sys.stdout.write(page(model_of(code), language))


@models.command("new")
def models_new(
    code: Annotated[str, typer.Argument(metavar="CODE", help="D to Z and two or three digits, as X01.")],
    name: Annotated[str, typer.Option(help="What it looks for, in English; the file is called by it.")],
    zh: Annotated[str, typer.Option(help="The same in Chinese.")],
    of_class: Annotated[str, typer.Option("--class", help="fund, nonfund or statistical.")] = "fund",
    subject: Annotated[
        str, typer.Option(help="entry, account, teller, card, customer, outlet, event or item.")
    ] = "entry",
    folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where it is written; the first folder of RISKLOOP_MODELS."),
    ] = None,
) -> None:
    """Write the file of a new model of the bank's own: small, complete, for its author to fill in."""
    from riskloop.models.own import VARIABLE, folders
    from riskloop.models.skeleton import write

    file = write(code, zh, name, of_class, subject, folder)
    out.print(str(file), markup=False, soft_wrap=True)
    known = file.parent in folders()
    todo = f"riskloop models test {code.upper()}"
    _say(f"fill it in, then: {todo if known else f'{VARIABLE}={file.parent} {todo}'}")


@models.command("test")
def models_test(
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="[CODE]…", help="Which; all of the bank's own.")
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb, or spark: there as well.")] = "duckdb",
    master: Annotated[
        str,
        typer.Option(metavar="URL", help="Where Spark runs: spark://HOST:PORT, yarn, … (local[2])."),
    ] = "",
    keep: Annotated[
        bool, typer.Option("--record", help="Record the versions of those that pass, beside their files.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Hold models to what the delivered ones are held to, a line a check; exits 1 when one fails."""
    from riskloop.detection.model_tests import asked_for, check_model, record
    from riskloop.models.own import has_passed, is_own

    asked, outcomes = asked_for(codes or ())
    if keep and (others := [m.code for m in asked if not is_own(m.code)]):
        raise BadInput(
            f"--record is for models of the bank's own, and {', '.join(others)} came with riskloop"
        )
    for outcome in outcomes:
        _print_outcome(outcome, as_json)
    for model in asked:
        for outcome in check_model(model, engine, master):
            outcomes.append(outcome)
            _print_outcome(outcome, as_json)
    failed = {outcome.model for outcome in outcomes if not outcome.ok}
    passed = [model for model in asked if model.code not in failed]
    said = record(passed) if keep else []
    if as_json:
        _print_json([outcome.as_dict() for outcome in outcomes])
    else:
        for line in said:
            out.print(line, markup=False, soft_wrap=True)
        for model in passed:
            if is_own(model.code) and not has_passed(model):
                out.print(
                    f"{model.code} has passed and is not recorded: --record does, and admission asks for it"
                )
        out.print(f"{len(outcomes)} checks, {sum(not o.ok for o in outcomes)} failed")
    if failed:
        raise typer.Exit(1)


def _print_outcome(outcome: Any, as_json: bool) -> None:
    if as_json:
        return
    state = "NOT" if outcome.problems else "—" if outcome.skipped else "ok"
    told = outcome.skipped or f"{outcome.seconds:.1f} s"
    out.print(f"{outcome.model or '—':<5}{outcome.check:<12}{state:<5}{told}", markup=False)
    for problem in outcome.problems:
        out.print(f"     {problem}", markup=False, soft_wrap=True, style="red")


@app.command()
def bulletin(
    unit: Annotated[str, typer.Option(help="The unit's number; all below it counts.")],
    period: Annotated[
        str, typer.Option(help="2019, 2019-H1, 2019-Q1, 2019-03, 2019-03-15, 2019-01-01..2019-02-28.")
    ],
    to: Annotated[Path, typer.Option("--out", metavar="FILE", help="Ends with .html, .docx or .xlsx.")],
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    home: HomeOption = None,
) -> None:
    """The operation bulletin of a unit; exits 1 where a figure does not follow from its parts."""
    _django(Home.find(home))
    from riskloop.bulletin.cells import DoesNotFollow
    from riskloop.bulletin.files import bulletin_file

    try:
        written = bulletin_file(unit, period, to.suffix.lower(), language)
    except DoesNotFollow as problem:
        err.print(f"riskloop: {problem}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    try:
        to.write_bytes(written)
    except OSError as problem:
        raise BadInput(f"--out is {to}: {problem.strerror}") from None
    out.print(f"{to}", markup=False)


# ── Pages ─────────────────────────────────────────────────────────────────────────────────────


PortOption = Annotated[int, typer.Option(min=1, max=65535, help="The next free one if it is taken.")]
WorkerOption = Annotated[
    bool,
    typer.Option(
        "--worker/--no-worker", help="Do jobs beside the pages, or leave them to `riskloop worker`."
    ),
]


def _read_models() -> None:
    """What is wrong with a model of the bank's own is told before anything starts, and not by a page."""
    from riskloop.models.catalogue import catalogue

    catalogue()


@app.command()
def serve(port: PortOption = 8765, worker: WorkerOption = True, home: HomeOption = None) -> None:
    """The pages, on this machine's loopback address."""
    os.environ.setdefault("RISKLOOP_LOG", "text")
    _read_models()
    _django(Home.find(home))
    from riskloop.web.server import serve as run

    run(port, lambda address: out.print(f"riskloop is at {address} (Ctrl-C stops it)"), worker=worker)


@app.command()
def worker(home: HomeOption = None) -> None:
    """Does jobs: e-mail, webhooks, what a day brings. As many workers as one likes run at once."""
    os.environ.setdefault("RISKLOOP_LOG", "text")
    _read_models()
    _django(Home.find(home))
    from riskloop.outgoing.worker import work

    out.print("riskloop works (Ctrl-C stops it)")
    work()


@app.command()
def demo(port: PortOption = 8765, worker: WorkerOption = True, home: HomeOption = None) -> None:
    """A simulated bank under supervision, in the browser; a second call keeps what people did."""
    place = Home.find(home)
    _read_models()
    _django(place)
    from riskloop.web import demo as stage

    stage.prepare(place, _say)
    from riskloop.web.server import serve as run

    run(port, lambda address: stage.welcome(place, address, out), worker=worker)


@app.command()
def check(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Looks whether everything is in place; exits 1 when something is not."""
    place = Home.find(home)
    _django(place)
    from riskloop.web.startup import findings

    found = findings(place)
    if as_json:
        _print_json([{"what": f.what, "ok": f.ok, "detail": f.detail} for f in found])
    else:
        _print_table(("", "what", "detail"), [("ok" if f.ok else "NOT", f.what, f.detail) for f in found])
    if not all(f.ok for f in found):
        raise typer.Exit(1)


@admin.command("history")
def admin_history(
    to: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the lines go.")],
    home: HomeOption = None,
) -> None:
    """Writes the whole history with its digests to a file; exits 1 where the chain does not hold."""
    _django(Home.find(home))
    from riskloop.organisation.history import dump, verify

    try:
        with to.open("w", encoding="utf-8") as file:
            lines = dump(file)
    except OSError as problem:
        raise BadInput(f"--out is {to}: {problem.strerror}") from None
    out.print(f"{lines} lines in {to}", markup=False)
    chain = verify()
    if chain.broken is not None:
        err.print(f"the chain is broken at line {chain.broken.line_id}: it {chain.broken.why}", markup=False)
        raise typer.Exit(1)


@admin.command("create")
def admin_create(
    context: typer.Context,
    username: Annotated[str, typer.Argument()],
    role: Annotated[str, typer.Option(help="R01 … R14.")],
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar="RISKLOOP_PASSWORD",
            help="Empty: no password here, for those who come by single sign-on or LDAP.",
        ),
    ],
    unit: Annotated[
        str, typer.Option(help="The unit whose subtree the role covers; the head office if none is named.")
    ] = "",
    name: Annotated[str, typer.Option(help="The person's name as pages show it.")] = "",
    staff: Annotated[str, typer.Option(help="The person's staff_id, for recusal.")] = "",
    home: HomeOption = None,
) -> None:
    """Gives a person an account and a role; asks for the password.

    The person changes it at the first sign-in, unless it is the first account, its password typed here.
    """
    _django(Home.find(home))
    from riskloop.web.startup import create_account, is_first_account

    source = context.get_parameter_source("password")
    typed = source is not None and source.name == "PROMPT"
    covered = create_account(
        username,
        password,
        role,
        unit,
        name or username,
        staff,
        must_change_password=not (typed and is_first_account()),
    )
    out.print(f"{username} may sign in as {role} of {covered}", markup=False)


@admin.command("unlock")
def admin_unlock(username: Annotated[str, typer.Argument()], home: HomeOption = None) -> None:
    """Opens an account again that was locked after too many failed attempts."""
    _django(Home.find(home))
    from riskloop.web.accounts import unlock

    counted = unlock(username)
    out.print(
        f"{username} may sign in again" if counted else f"nothing was locked for {username}", markup=False
    )


@admin.command("forget-second-factor")
def admin_forget_second_factor(username: Annotated[str, typer.Argument()], home: HomeOption = None) -> None:
    """Takes app, passkeys and recovery codes off a person who has lost them."""
    _django(Home.find(home))
    from riskloop.web.second_factor import forget_second_factor
    from riskloop.web.startup import account

    had = forget_second_factor(account(username))
    out.print(f"{username} signs in by password alone" if had else f"{username} had none", markup=False)
