"""Statements and issues for the specs of forms, made by hand: a short one, a long one, one that restates."""

from datetime import date

import msgspec

from api.documents.notice import Issued
from ledger.rules.tables import tables
from projections.statements.statement import Caution, Changed, Line, Restated, Section, Statement

ORIGIN = "https://zhang.example.cn"
HEAD = "4be1" * 16
ISSUED = Issued(
    disclosure="revenue-2026-q3",
    version=1,
    published_on=date(2026, 10, 15),
    url=f"{ORIGIN}/q/7K3M9ZQX",
    code="7K3M9ZQX",
    prepared_by="treasurer",
    reviewed_by="chair",
)
USES = (
    "养护",
    "3号楼电梯曳引机维修",
    "南侧绿化带补种桂花24株",
    "东门监控更换12路",
    "灭火器换药与新购",
    "公告印刷",
)


def revenue(
    spent: int = 7, *, cautions: tuple[Caution, ...] = (), counterparty: str = "分众传媒"
) -> Statement:
    """T1 of the third quarter of 2026, with so many payments out of public revenue."""
    uses = [_use(number) for number in range(spent)]
    used = sum(line.cells["amount"] for line in uses)
    rows = {
        "balance": [Line(key="whole", cells={"scope": "whole", **_balance(200_000_00, used)})],
        "income": [
            _income("1", "地面车位", None, 86_400_00, 214),
            _income("3", "1至6号楼电梯轿厢", counterparty, 32_242_50, 3),
        ],
        "cost": [
            Line(key="tax/whole", cells={"cost": "tax", "scope": "whole", "amount": 4_100_07, "entries": 3}),
            Line(
                key="labour/whole", cells={"cost": "labour", "scope": "whole", "amount": 900_50, "entries": 1}
            ),
        ],
        "use": uses,
    }
    sums = {
        "balance": _balance(200_000_00, used),
        "income": {"gross_income": 118_642_50},
        "cost": {"amount": 5_000_57},
        "use": {"amount": used},
    }
    table = tables()["T1"]
    return Statement(
        table="T1",
        ledger="wutongli",
        community="梧桐里小区",
        starts_on=date(2026, 7, 1),
        ends_on=date(2026, 9, 30),
        until=1842,
        head=HEAD,
        figures={**_balance(200_000_00, used), "share_due": 30_000_00, "share_agreed": "70/100"},
        sections=tuple(
            Section(
                name=name,
                columns=table.columns(name),
                rows=tuple(rows.get(name, ())),
                sums=sums.get(name, {}),
            )
            for name in table.sections
        ),
        rules=("national-2", "shanghai-5"),
        cautions=cautions,
    )


def restated(spent: int = 7) -> Statement:
    """The same quarter again: the payment of row 5 was 6,320.57 and not 6,230.57."""
    return msgspec.structs.replace(
        revenue(spent),
        restates=Restated(
            version=1,
            reason="9月11日单元门禁维修的发票看错了两个数字。",
            changes=(
                Changed(section="use", row="1204", column="amount", old=16_230_57, new=16_320_57),
                Changed(section="use", row="", column="amount", old=86_226_57, new=86_316_57),
                Changed(section="", row="", column="closing", old=231_505_36, new=231_415_36),
            ),
        ),
    )


def _balance(opening: int, used: int) -> dict[str, int]:
    figures = {
        "opening": opening,
        "gross_income": 118_642_50,
        "tax": 4_100_07,
        "management_cost": 900_50,
        "net_revenue": 113_641_93,
        "to_fund": 0,
        "other_use": used,
        "unclassified": 0,
    }
    return {**figures, "closing": opening + 113_641_93 - used}


def _income(head: str, location: str, counterparty: str | None, fen: int, entries: int) -> Line:
    named = {"counterparty": counterparty, "contract_no": "lift-adverts"} if counterparty else {}
    cells = {"head": head, "scope": "whole", "location": location, "gross_income": fen, "entries": entries}
    return Line(key=f"{head}/whole", cells={**cells, **named})


def _use(number: int) -> Line:
    return Line(
        key=str(1200 + number),
        cells={
            "occurred_on": date(2026, 7 + number % 3, 1 + number % 28).isoformat(),
            "use": "upkeep" if number % 4 else "audit",
            "scope": "whole" if number % 3 else "building-b",
            "text": USES[number % len(USES)],
            "amount": 1_600_57 + 100_00 * number,
            "authority_ref": "lift-3" if number % 2 else "budget-2026-12",
            "voucher_ref": f"2026-{number + 41:03d}",
            "record": 1200 + number,
        },
    )
