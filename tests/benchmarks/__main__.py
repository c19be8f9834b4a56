"""`make bench`: pages and imports beside the raw limit, in one run, on databases made for it.

Options from the environment: BENCH_FIRMS (150000), BENCH_TITLES (30000), BENCH_VISITS (60000), BENCH_ROUNDS (100),
BENCH_IMPORTS (5581,150000), BENCH_LIST_ROWS (20000), BENCH_ISSUES (20000),
BENCH_PARTS (pages,sqlite,imports,assess,kept,issues,digests),
BENCH_ONLY (parts of names of pages).
"""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from crm.demo.generate import Size
from tests.benchmarks import assess, digests, issues, kept
from tests.benchmarks.districts import SERVED, THREADS, WORKERS, District, district, served
from tests.benchmarks.imports import Imported, measure_import, register
from tests.benchmarks.lists import LISTS, firms_of, write
from tests.benchmarks.pages import AIMS, Results, run

FIRMS = int(os.environ.get("BENCH_FIRMS", "150000"))
SIZE = Size(
    FIRMS,
    int(os.environ.get("BENCH_TITLES", str(FIRMS // 5))),
    int(os.environ.get("BENCH_VISITS", str(FIRMS * 2 // 5))),
)
SMALL = Size(SIZE.firms // 10, SIZE.titles // 10, SIZE.visits // 10)
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "100"))
IMPORTS = [int(rows) for rows in os.environ.get("BENCH_IMPORTS", f"5581,{FIRMS}").split(",")]
ISSUES = int(os.environ.get("BENCH_ISSUES", "20000"))
LIST_ROWS = int(os.environ.get("BENCH_LIST_ROWS", "20000"))
#: Rows a second: ten times the import of the system it was measured beside. Megabytes a process may need.
LIST_SPEED, MOST_MEMORY = 4_260, 1_000
PARTS = os.environ.get("BENCH_PARTS", "pages,sqlite,imports,assess,kept,issues,digests").split(",")


def tell(line: str = "") -> None:
    """One line of the account, at once."""
    print(line, flush=True)


def told(made: District) -> None:
    """How the district came to be."""
    tell(
        f"  {made.size.firms:,} firms, {made.size.titles:,} titles, {made.size.visits:,} visits"
        f" loaded in {made.load_seconds:.0f} s"
    )


def verdict(value: float, aim: float | None) -> str:
    """The ratio with whether it keeps its aim."""
    return f"{value:6.2f} ×" + ("        " if aim is None else f" {'ok ' if value <= aim else 'OVER'}≤{aim:g}")


def page_table(ours: Results, bare: Results, small: Results) -> None:
    """Median and p95 beside the bare route and beside a tenth of the firms; processor and statements of one answer."""
    tell(
        f"{'':20}{'clients':>8}{'median':>10}{'p95':>10}{'bare':>10}{'bare p95':>10}   {'ratio':20}{'1/10':>8}   "
        f"{'growth':20}{'statements':>10}{'cpu':>9}{'bare':>9}"
    )
    for name, count in ours:
        aim, growth = AIMS[name]
        here, there, tenth = ours[name, count], bare[name, count], small[name, count]
        tell(
            f"{name:20}{count:8}{here.median:8.1f}ms{here.p95:8.1f}ms{there.median:8.1f}ms{there.p95:8.1f}ms   "
            f"{verdict(here.median / there.median, aim):20}{tenth.median:6.1f}ms   "
            f"{verdict(here.median / tenth.median, growth):20}{here.statements:10}"
            f"{here.cpu * 1000:7.1f}ms{there.cpu * 1000:7.1f}ms"
        )


def pages(folder: Path) -> None:
    """The table of pages on PostgreSQL."""
    tell(f"Pages on PostgreSQL, {WORKERS} workers of {THREADS} threads each for ours and for the bare route")
    with district("postgresql", "small", SMALL, folder) as made:
        told(made)
        small, _ = run(made, ROUNDS, bare=False)
    with district("postgresql", "full", SIZE, folder) as made:
        told(made)
        ours, bare = run(made, ROUNDS, bare=True)
    page_table(ours, bare, small)


def sqlite(folder: Path) -> None:
    """The same pages on SQLite, for information."""
    tell("\nPages on SQLite, for information")
    with district("sqlite", "lite", SIZE, folder) as made:
        told(made)
        ours, _ = run(made, ROUNDS, bare=False)
    for (name, count), times in ours.items():
        tell(f"{name:20}{count:8}{times.median:8.1f}ms{times.p95:8.1f}ms")


def imported(what: str, done: Imported, longest: float, aim: float | None = None) -> None:
    """What an import took, beside the raw limit; `longest` is what a visit may wait, `aim` the rows a second wanted."""
    # As a worker that runs already does it; the whole command, with starting Python, beside.
    speed = done.rows / done.report["seconds"]
    kept = "" if aim is None else f" {'ok ' if speed > aim else 'UNDER'} >{aim:,.0f}"
    tell(
        f"{what:10}{done.rows:9,} rows {done.report['seconds']:6.1f} s {speed:7,.0f} rows/s{kept}"
        f" (command {done.seconds:.1f} s)   "
        f"raw {done.raw_seconds:5.1f} s {done.rows / done.raw_seconds:9,.0f} rows/s   "
        f"ratio {done.report['seconds'] / done.raw_seconds:5.1f} ×   processor {done.cpu_seconds:5.1f} s   "
        f"memory {done.memory:5.0f} MB{'' if done.memory < MOST_MEMORY else ' OVER'}   "
        f"created {done.report['created']:,} held {done.report['held']:,}"
    )
    waits = done.waits
    wait = max(waits.seconds)
    tell(
        f"{'':10} {len(waits.seconds)} visits meanwhile, {waits.lost} lost, {waits.refused} refused,"
        f" longest wait {wait:.2f} s {'ok' if wait <= longest and not waits.lost + waits.refused else 'OVER'}"
        f" ≤{longest:g} s; the list of firms median {median(waits.pages) * 1000:.0f} ms,"
        f" longest {max(waits.pages):.2f} s"
    )


def imports(folder: Path) -> None:
    """The import of registers and of lists on both databases."""
    for kind, longest in (("postgresql", 0.2), ("sqlite", 10.0)):
        tell(f"\nImport of registers on {kind}, a visit recorded and the list of firms opened every second meanwhile")
        with district(kind, f"import_{kind}", Size.of(400), folder) as made, served(SERVED, made) as port:
            first = 200_000
            for rows in IMPORTS:
                path = register(folder / f"register-{rows}.csv", rows, first)
                imported("register", measure_import(made, port, path, rows, "register"), longest)
                first += rows
        tell(f"Import of lists on {kind}, into a district of {FIRMS:,} firms")
        with district(kind, f"lists_{kind}", SIZE, folder) as made, served(SERVED, made) as port:
            firms = firms_of(made)
            for name, rows_of in LISTS.items():
                path = write(folder / f"{name}.csv", rows_of(firms, LIST_ROWS))
                imported(name, measure_import(made, port, path, LIST_ROWS, name), longest, LIST_SPEED)


def assessments(_: Path) -> None:
    """Every firm against every rule book at once, and one title by hand."""
    tell(f"\nAssessment of all firms by all rule books, on {assess.PROCESSORS} processors")
    done = assess.measure(FIRMS)
    kept = done.seconds <= assess.MOST_SECONDS and done.memory <= assess.MOST_MEMORY
    size = f"{done.firms:9,} firms × {len(done.exact)} titles"
    limits = f"{'ok' if kept else 'OVER'} ≤{assess.MOST_SECONDS:g} s, {assess.MOST_MEMORY:,} MB"
    tell(
        f"{'assess':10}{size} {done.seconds:5.1f} s  memory {done.memory:5.0f} MB {limits}"
        f"   rows on a border judged exactly {sum(done.exact.values()):,}"
    )
    tell(
        f"{'':10}tech_sme alone {done.one_seconds:.2f} s, by hand, no unknowns or borders {done.bare_seconds:.2f} s"
        f"   ratio {done.one_seconds / done.bare_seconds:.1f} ×   whole firms that differ at a border {done.differ:,}"
    )


def kept_results(folder: Path) -> None:
    """Judging every firm anew for the kept results, and the pages that read them, on PostgreSQL."""
    tell("\nKept results of all firms on PostgreSQL")
    with district("postgresql", "kept", SIZE, folder) as made:
        done = kept.measure(made)
    tell(
        f"{'keep':10}{done.firms:9,} firms, {done.figures:,} figures {done.seconds:6.1f} s"
        f" {done.firms / done.seconds:7,.0f} firms/s   memory {done.memory:5.0f} MB"
        f"   one firm alone {done.one_seconds * 1000:.0f} ms"
    )
    for name, (ours, bare) in done.pages.items():
        tell(f"{name:10}{ours * 1000:7.1f} ms   bare statements {bare * 1000:7.1f} ms   ratio {ours / bare:5.1f} ×")


def issue_pages(folder: Path) -> None:
    """The table of the pages of issues on PostgreSQL, with a tenth of the issues beside."""
    tell("\nPages of issues on PostgreSQL; growth is against a tenth of the issues")
    size = Size(min(SIZE.firms, 15_000), min(SIZE.titles, 3_000), min(SIZE.visits, 6_000))
    with issues.filled("postgresql", "few_issues", size, ISSUES // 10, folder) as (made, held):
        told(made)
        small, _ = run(made, ROUNDS, bare=False, todo=issues.acts(made))
    with issues.filled("postgresql", "issues", size, ISSUES, folder) as (made, held):
        told(made)
        tell(f"  {held['issue']:,} issues, {held['issue_move']:,} moves")
        ours, bare = run(made, ROUNDS, bare=True, todo=issues.acts(made))
    page_table(ours, bare, small)


def weekly(folder: Path) -> None:
    """The weekly mails of everybody."""
    tell(f"\nWeekly digests over {FIRMS:,} firms")
    for kind in ("postgresql", "sqlite"):
        _, few, all_ = digests.measure(kind, SIZE, folder)
        kept = "ok" if all_.seconds <= digests.MOST_SECONDS and few.statements == all_.statements else "OVER"
        tell(
            f"{kind:12}{all_.people:5} people {all_.mails:5} mails {all_.seconds:6.1f} s (processor {all_.cpu:.1f} s)"
            f" {kept} ≤{digests.MOST_SECONDS:g} s   statements {all_.statements}, of {few.people} people"
            f" {few.statements} in {few.seconds:.1f} s"
        )


def main() -> int:
    """Run the parts asked for."""
    with tempfile.TemporaryDirectory(prefix="tidu-bench-") as folder:
        parts = (("pages", pages), ("sqlite", sqlite), ("imports", imports), ("assess", assessments),
                 ("kept", kept_results), ("issues", issue_pages), ("digests", weekly))  # fmt: skip
        for name, part in parts:
            if name in PARTS:
                part(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
