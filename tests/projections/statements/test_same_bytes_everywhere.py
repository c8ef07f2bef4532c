"""Same events, same bytes: whatever the machine's clock, language or hashing, and in whatever order asked."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from ledger.composing import Wanted
from tests.ledger.fund_words import WHOLE, fund_apportioned
from tests.ledger.happened import NEW_YEAR
from tests.ledger.project_words import a_repair, drawn, price_reviewed, works_accepted
from tests.ledger.revenue_words import YEAR_END, business_agreed, contract_registered, second_quarter_of_2026
from tests.projections.books import Books
from tests.projections.statement_words import composed
from tests.projections.statements.half_year_words import first_half, stated
from tests.projections.statements.test_repair_costs_shared import TWO_DOORS, split

TABLES = ("T2", "T3", "T4", "T5")
ELSEWHERE = {"TZ": "America/St_Johns", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "4711"}
AT_HOME = {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "1"}
PROGRAM = """
import json, sys
from datetime import date
from ledger.composing import Wanted
from ledger.store import open_store
from projections.statements import compose
store, until = open_store(sys.argv[1]), int(sys.argv[2])
digests = {}
for table in sys.argv[3:]:
    subject = "101" if table == "T5" else None
    wanted = Wanted(table, date(2026, 1, 1), date(2026, 12, 31), subject=subject)
    digests[table] = compose(store, "wutongli", wanted, until).sha256
store.close()
print(json.dumps(digests))
"""


def a_full_year(books: Books) -> None:
    books.tell(*first_half(), *second_quarter_of_2026()[3:], *business_agreed("parking-2026"))
    books.tell(contract_registered("parking", consents=("parking-2026",)))
    books.tell(*a_repair(price=100_00)[4:], *drawn(10_00), price_reviewed(100_00), works_accepted())
    books.tell(split(100_00, TWO_DOORS, WHOLE), fund_apportioned("interest", 60_00))


def digests(books: Books, tables: Sequence[str], environment: dict[str, str]) -> dict[str, str]:
    """What another process, in another place, composes."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, books.url, str(books.number), *tables],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, str] = json.loads(ran.stdout)
    return found


def test_every_table_is_the_same_wherever_and_in_whatever_order_it_is_composed(books: Books) -> None:
    a_full_year(books)
    here = digests(books, TABLES, AT_HOME)
    assert here == digests(books, TABLES[::-1], ELSEWHERE)
    assert len(set(here.values())) == len(TABLES)
    assert here["T3"] == stated(books, Wanted("T3", NEW_YEAR, YEAR_END)).sha256


@pytest.mark.parametrize("table", TABLES)
def test_every_name_in_a_table_has_words_and_its_bytes_can_be_read_back(books: Books, table: str) -> None:
    a_full_year(books)
    statement = composed(books, table, "101" if table == "T5" else None)
    assert any(section.rows for section in statement.sections)


def test_what_is_recorded_later_changes_no_statement_of_the_records_before(books: Books) -> None:
    a_full_year(books)
    until, wanted = books.number, Wanted("T3", NEW_YEAR, YEAR_END)
    before = stated(books, wanted, until).entry
    books.tell(drawn(77_00, payment="late")[-1])
    assert stated(books, wanted, until).entry == before
    assert stated(books, wanted).entry != before
