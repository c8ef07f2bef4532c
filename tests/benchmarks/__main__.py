"""`python -m tests.benchmarks [P1 P2 …] [--quick]`: measure, print one table and a line of JSON per figure."""

import argparse
import sys
import time

from tests.benchmarks import writing
from tests.benchmarks.measuring import FULL, QUICK, say

FIGURES = {"command": writing.command, "P4": writing.bulk_import, "P10": writing.bytes_per_event}

if __name__ == "__main__":
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or list(FIGURES)
    size = QUICK if "--quick" in sys.argv else FULL
    for n in names:
        t = time.monotonic()
        print(FIGURES[n](size).as_json(), f"{time.monotonic()-t:.1f}s")
