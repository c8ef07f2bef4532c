"""`python -m tests.benchmarks [P1 P2 …] [--quick]`: measure, print a line of JSON each, and a table."""

import argparse
import time
from collections.abc import Callable

from tests.benchmarks import (
    deciding,
    following,
    growing,
    packing,
    printing,
    proving,
    publishing,
    serving,
    verifying,
    votes,
    writing,
)
from tests.benchmarks.measuring import FULL, QUICK, Figure, Size, say

FIGURES: dict[str, Callable[[Size], Figure]] = {
    "command": writing.command,
    "P1": serving.one_client,
    "P2": serving.eight_clients,
    "P3": serving.eight_clients_on_postgres,
    "P4": writing.bulk_import,
    "P6": following.on_sqlite,
    "P6-postgres": following.on_postgres,
    "P8": serving.seen,
    "P9": growing.flat,
    "P10": writing.bytes_per_event,
    "P10-views": following.bytes_per_event,
    "payment": deciding.payment,
    "apportionment": deciding.apportionment,
    "vote": votes.closing,
    "notice": printing.notice,
    "P12-pack": packing.audit_pack,
    "P13-verify": verifying.pack,
    "P13-verify-html": verifying.pack_in_browser,
    "log-public": publishing.public,
    "log-tree": proving.tree,
    "log-proof": proving.proof,
}


def main() -> None:
    """Measure what is asked for, by default everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)}; by default all"
    )
    parser.add_argument(
        "--quick", action="store_true", help="under a minute, on small books: to see that all is well"
    )
    asked = parser.parse_args()
    if unknown := set(asked.figures) - set(FIGURES):
        parser.error(f"unknown figures: {', '.join(sorted(unknown))}")
    measured = []
    for name in asked.figures or FIGURES:
        began = time.monotonic()
        measured.append(FIGURES[name](QUICK if asked.quick else FULL))
        say(f"{name}: {time.monotonic() - began:.0f} s")
        print(measured[-1].as_json(), flush=True)
    print(table(measured))


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = [("", "figure", "ours", "floor", "ratio", "target", "", "")] + [_row(figure) for figure in figures]
    rows.insert(1, tuple("---" for _ in rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        figure.title,
        f"{_short(figure.ours)} {figure.unit}",
        "" if figure.floor is None else _short(figure.floor),
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        figure.target,
        {True: "met", False: "missed", None: "measured"}[figure.met],
        ", ".join(f"{name} {_short(value)}" for name, value in figure.more.items()),
    )


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return str(value)


if __name__ == "__main__":
    main()
