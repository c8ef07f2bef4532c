"""Every public list is cut into bounded pages that follow each other, whichever list it is."""

from datetime import date

import pytest

from ledger.actions.working_fund import BudgetPeriod
from ledger.asked import Asked
from tests.api.endpoints.installation import LEDGER, TODAY, pointers, problem_of
from tests.api.endpoints.test_reading import READS
from tests.ledger.correction_words import budget_set, irregularity_recorded
from tests.ledger.disclosure_words import drafted
from tests.ledger.happened import (
    appraisal_recorded,
    committee_decided,
    committee_seated,
    community_listed,
    debrief_held,
    deposit_recorded,
    firm_registered,
    fund_opened,
    rectification_opened,
    task_assigned,
)
from tests.ledger.project_words import plan_published
from tests.ledger.revenue_words import contract_registered
from tests.ledger.story import Fact, Happened

BASE = f"/api/v1/ledgers/{LEDGER}"
PAGED = (
    "events", "entries", "decisions", "disclosures", "projects", "debriefs", "rectifications",
    "revenue-contracts", "arrears", "exceptions", "tasks", "working-budgets", "duties",
)  # fmt: skip
MEMBER = {"revenue-contracts": "contracts", "arrears": "contracts", "working-budgets": "working_budgets"}
LAST_YEAR = BudgetPeriod(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))


def twice() -> list[Fact]:
    """Two or three of everything that is listed."""
    facts = [
        fund_opened("working", fen=900_00),
        firm_registered(),
        community_listed(),
        budget_set(office=1_00),
        committee_seated(starts_on=TODAY),
    ]
    facts += [budget_set(period=LAST_YEAR, office=2_00)]
    for name in ("one", "two"):
        facts += [
            deposit_recorded("working", fen=5_00),
            committee_decided(name),
            drafted(name),
            plan_published(name),
            debrief_held(name),
            appraisal_recorded(name),
            rectification_opened(name),
            contract_registered(name),
            irregularity_recorded("COM-16"),
            task_assigned(name, column=name, due_on=date(2026, 12, 31)),
        ]
    return facts


@pytest.fixture(scope="module")
def books(shared):
    """梧桐里 with two of everything."""
    shared.services.ledger.record_all(
        [Asked(LEDGER, Happened(event=fact.event, occurred_on=fact.on), fact.by, TODAY) for fact in twice()]
    )
    shared.catch_up()
    return shared


def rows_of(answer, name):
    assert answer.status_code == 200, answer.text
    return answer.get_json()[MEMBER.get(name, name)]


def documented(books) -> dict[str, dict[str, object]]:
    """Every public read of the API with what it may be asked, by its path, of 梧桐里."""
    paths = books.get("/api/v1/openapi.json").get_json()["paths"]
    return {
        path.replace("{ledger}", LEDGER): of["get"]
        for path, of in paths.items()
        if path.startswith("/api/") and "security" not in of.get("get", {"security": ()})
    }


def test_no_public_read_is_left_out_of_the_specs_of_reading(books):
    by_id = ("{identity}", "{number}", "{query}", "/trail")
    found = {path for path in documented(books) if not path.partition(".")[0].endswith(by_id)}
    assert found == set(READS)


def test_every_list_that_says_where_it_goes_on_takes_a_limit_and_no_other_does(books):
    found = {
        path: {parameter["name"] for parameter in read["parameters"]}
        for path, read in documented(books).items()
    }
    limited = {path for path, names in found.items() if {"limit", "after"} <= names}
    linked = {
        path
        for path, read in documented(books).items()
        if "Link" in read["responses"]["200"].get("headers", {})
    }
    assert limited == linked
    assert limited == {f"{BASE}/{name}" for name in PAGED} | {
        "/api/v1/ledgers",
        "/api/v1/events",
        f"{BASE}/exceptions/{{query}}",
    }
    assert all("min_position" in names for names in found.values())


@pytest.mark.parametrize("name", PAGED)
def test_pages_of_one_row_show_every_row_once(books, name):
    everything = rows_of(books.get(f"{BASE}/{name}"), name)
    assert len(everything) >= 2
    found, path = [], f"{BASE}/{name}?limit=1"
    while path:
        answer = books.get(path)
        page = rows_of(answer, name)
        assert len(page) == 1
        found += page
        link = answer.headers.get("Link", "")
        assert bool(link) == (answer.get_json()["next_after"] is not None)
        path = link.partition(">")[0].lstrip("<")
    assert found == everything


@pytest.mark.parametrize("name", PAGED)
@pytest.mark.parametrize("limit", ["0", "-1", "100000", "ten", "1_0", " 1", "true"])
def test_the_limit_of_every_list_is_bounded(books, name, limit):
    assert pointers(problem_of(books.get(f"{BASE}/{name}?limit={limit}"), 400)) == ["/limit"]


@pytest.mark.parametrize("name", PAGED)
def test_nothing_follows_the_last_row(books, name):
    assert rows_of(books.get(f"{BASE}/{name}?after=9007199254740991"), name) == []
    assert pointers(problem_of(books.get(f"{BASE}/{name}?after=-1"), 400)) == ["/after"]


def test_every_page_of_arrears_adds_up_all_contracts_by_place(books):
    whole, page = (books.get(f"{BASE}/arrears{query}").get_json() for query in ("", "?limit=1"))
    assert len(page["contracts"]) == 1
    (place,) = page["places"]
    assert page["places"] == whole["places"]
    assert place["contracts"] == ["one", "two"]
