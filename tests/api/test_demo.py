"""The demonstration can be built on any day, and every day of the year it tells the same story."""

from datetime import date

import pytest

from api.demo import accounts, build
from ledger.ledger import GovernanceLedger
from ledger.store.sqlite import SQLiteStore
from ledger.store.vault import SQLiteVault


def built(folder, today):
    store, vault = SQLiteStore(folder), SQLiteVault(folder)
    build(GovernanceLedger(store, vault), today)
    return store


@pytest.mark.parametrize(
    "today", [date(2026, 11, 21), date(2027, 3, 1), date(2028, 2, 29), date(2026, 12, 31)]
)
def test_the_demonstration_holds_the_real_list_and_the_invented_year_on_any_day(tmp_path, today):
    store = built(tmp_path, today)
    assert store.length("wutongli") > 120
    assert store.length("dongming") == 298
    assert store.deep_check() == store.head()
    store.close()


def test_the_invented_year_is_stamped_in_the_days_it_happened(tmp_path):
    today = date(2026, 11, 21)
    store = built(tmp_path, today)
    late = []
    for number in range(store.length("wutongli")):
        recorded = store.numbered("wutongli", number)
        if (date.fromisoformat(recorded.envelope.recorded_at[:10]) - recorded.occurred_on).days > 3:
            late.append(recorded)
    assert late == []
    store.close()


def test_no_account_of_the_demonstration_stands_in_its_books(tmp_path):
    store = built(tmp_path, date(2026, 11, 21))
    entries = b"".join(row.entry for row in store.rows(0))
    for account in accounts("wutongli").values():
        assert account.encode() not in entries
    store.close()
