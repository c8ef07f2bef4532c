"""The sums of one quarter of public revenue: gross, costs, net, the share for the fund (REV-02, -05, -10)."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Annotated, NamedTuple

from msgspec import Meta

from ledger.rules.semantics import Ratio, month_end

QUARTER_PATTERN = "^(19[5-9][0-9]|2[01][0-9]{2})-q[1-4]$"
Quarter = Annotated[str, Meta(pattern=QUARTER_PATTERN, description="A quarter of a year, such as 2026-q2")]
WHOLE, INTEREST_HEAD = "whole", "7"
_QUARTER = re.compile(QUARTER_PATTERN)


class Statement(NamedTuple):
    """Fen by head and by kind of cost; of `net_fen`, `to_fund_fen` went to the maintenance fund."""

    gross: Mapping[str, int]
    costs: Mapping[str, int]
    to_fund_fen: int = 0

    @property
    def gross_fen(self) -> int:
        """公共收入: everything the common parts brought in."""
        return sum(self.gross.values())

    @property
    def cost_fen(self) -> int:
        """What may be taken off before anything is shared."""
        return sum(self.costs.values())

    @property
    def net_fen(self) -> int:
        """公共收益 = gross - tax - energy - labour and similar (REV-02)."""
        return self.gross_fen - self.cost_fen

    @property
    def remaining_fen(self) -> int:
        """What of the net stays for other uses."""
        return self.net_fen - self.to_fund_fen


def statements(sums: Mapping[str, int], to_fund: Mapping[str, int]) -> dict[str, Statement]:
    """The statement of a quarter by whose revenue it is: `whole`, `door-12` (REV-09).

    `sums`: net fen by category of entries, income positive, cost negative: `income/3/door-12`, `cost/tax`,
    `interest`, which the bank pays on the account of all and is income of head 7. `to_fund`: by whose it is.
    """
    gross: defaultdict[str, dict[str, int]] = defaultdict(dict)
    costs: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for category, fen in sums.items():
        first, _, rest = category.partition("/")
        kind, _, part = rest.partition("/")
        if category == "interest":
            first, kind = "income", INTEREST_HEAD
        if first in ("income", "cost"):
            into = (gross if first == "income" else costs)[part or WHOLE]
            into[kind] = into.get(kind, 0) + (fen if first == "income" else -fen)
    return {
        whose: Statement(dict(sorted(gross[whose].items())), costs[whose], to_fund.get(whose, 0))
        for whose in sorted({WHOLE, *gross, *costs, *to_fund}, key=lambda whose: (whose != WHOLE, whose))
    }


def quarter_of(day: date) -> str:
    """`2026-q2`, the quarter a day lies in."""
    return f"{day.year}-q{(day.month + 2) // 3}"


def first_day_of(quarter: str) -> date:
    """1 April 2026 of `2026-q2`. Errors: as `last_day_of`."""
    return last_day_of(quarter).replace(month=3 * int(quarter[-1]) - 2, day=1)


def last_day_of(quarter: str) -> date:
    """30 June 2026 of `2026-q2`. Errors: `ValueError` for what names no quarter."""
    if not _QUARTER.fullmatch(quarter):
        raise ValueError(quarter)
    return month_end(int(quarter[:4]), 3 * int(quarter[-1]))


def net_due_on(quarter: str, months: int) -> date:
    """By when the firm moves a quarter's net: 31 July for the second quarter, one month on (REV-05)."""
    last = last_day_of(quarter)
    month = last.year * 12 + last.month - 1 + months
    return month_end(month // 12, month % 12 + 1)


def least_above(net_fen: int, share: Ratio) -> int:
    """The least whole fen that are more than a share: of 182,116.17 above one half 91,058.09 (EX5)."""
    return net_fen * share.part // share.whole + 1
