"""Where the reader stands: the ledger's name in the header, its tabs, the way up."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from api.pages.asked import above, path
from projections.ledgers import LedgerRow


def place(row: LedgerRow, tab: str, *further: tuple[str, str | None]) -> dict[str, Any]:
    """The frame's words for one ledger; `further`: steps below its own page, the last without an address."""
    steps: list[tuple[str, str | None]] = [(_("全部账本"), "/")]
    steps += [(office.name, path(office.ledger)) for office in above(row)]
    steps += [(row.name, path(row.ledger) if further else None), *further]
    return {
        "ledger": row,
        "crumb": steps,
        "place_name": row.name,
        "home_url": path(row.ledger),
        "tabs": [(label, href, key == tab) for key, label, href in _tabs(row)],
        "footer_links": [
            (_("全部账本"), "/"),
            (_("现行规则"), path(row.ledger, "rules")),
            (_("数据接口"), "/api/docs"),
        ],
    }


def _tabs(row: LedgerRow) -> list[tuple[str, str, str]]:
    ledger = row.ledger
    last = [("records", _("记录"), path(ledger, "events")), ("verify", _("查证"), path(ledger, "verify"))]
    if row.kind == "community":
        return [
            ("book", _("公账"), path(ledger)),
            ("disclosures", _("公示"), path(ledger, "disclosures")),
            ("entries", _("明细"), path(ledger, "entries")),
            ("decisions", _("决定"), path(ledger, "decisions")),
            ("firms", _("物业"), path(ledger, "firms")),
            *last,
        ]
    work = (
        [("work", _("工作清单"), url_for("work_list.work_list", ledger=ledger))]
        if row.kind == "street"
        else []
    )
    return [("book", _("概况"), path(ledger)), *work, *last]
