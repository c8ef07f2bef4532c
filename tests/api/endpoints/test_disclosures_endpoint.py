"""Published statements through HTTP: the list, the figures, the same rows in every form, the digests."""

import csv
import hashlib
import io
from datetime import date

import pytest

from ledger.asked import Asked
from tests.api.documents.test_downloads import sheets
from tests.api.endpoints.installation import LEDGER, OTHER_LEDGER, TODAY, problem_of
from tests.ledger.happened import fund_opened
from tests.ledger.revenue_words import ADVERTS, PARKING, income, spent_as_cost
from tests.ledger.story import Fact, Happened

BASE = f"/api/v1/ledgers/{LEDGER}/disclosures"
ONE = f"{BASE}/q3-revenue"
AUGUST, NOVEMBER = date(2026, 8, 8), date(2026, 11, 2)
PERIOD = {"from": "2026-07-01", "to": "2026-09-30"}
SIGNERS = ("secretary", "treasurer", "bookkeeper", "chair", "member", "auditor")


def tell(here, *facts: Fact) -> None:
    here.services.ledger.record_all(
        [Asked(LEDGER, Happened(event=fact.event, occurred_on=fact.on), fact.by, TODAY) for fact in facts]
    )


def do(here, action: str, by: str, **body: object) -> None:
    answer = here.ask(action, {"disclosure": "q3-revenue", **body}, by=by)
    assert answer.status_code == 201, answer.text


def drafted(here) -> None:
    do(here, "draft-disclosure", "secretary", table="T1", period=PERIOD)


def publish(here) -> None:
    do(here, "approve-disclosure", "chair")
    do(here, "publish-disclosure", "chair")


def restated(here, reason: str = "漏记了一笔停车费") -> None:
    do(here, "restate-disclosure", "secretary", reason=reason)


def read(here, path: str = ONE, **headers: str):
    here.catch_up()
    answer = here.get(path, **headers)
    assert answer.status_code == 200, answer.text
    return answer


def given_a_quarter(here) -> None:
    tell(here, fund_opened("public-revenue", fen=900_00), income(600_00, PARKING, on=AUGUST))
    tell(here, income(45_50, ADVERTS, on=AUGUST), spent_as_cost(20_25, "energy", on=AUGUST))


@pytest.fixture
def quarter(here):
    """梧桐里 with a quarter in its books."""
    given_a_quarter(here)
    return here


@pytest.fixture
def published(quarter):
    """The quarter drafted, approved and published."""
    drafted(quarter)
    publish(quarter)
    return quarter


@pytest.fixture(scope="module")
def kept(shared):
    """A published quarter for questions that leave it as it is."""
    given_a_quarter(shared)
    drafted(shared)
    publish(shared)
    shared.catch_up()
    return shared


# -- the list and one of it ----------------------------------------------------------------------------


def test_a_draft_is_listed_without_its_figures(quarter):
    drafted(quarter)
    (row,) = read(quarter, BASE).get_json()["disclosures"]
    assert row["altered"] is None
    (version,) = row["disclosure"]["versions"]
    assert (version["state"], version["prepared_by"]) == ("drafted", "secretary")
    assert "60000" not in read(quarter, BASE).text
    one = read(quarter).get_json()
    assert (one["version"], one["statement"], one["altered"]) == (None, None, None)


def test_a_published_statement_is_read_with_its_figures_and_sections(kept):
    one = read(kept).get_json()
    assert (one["version"], one["altered"]) == (1, None)
    statement = one["statement"]
    assert statement["figures"]["gross_income"] == 645_50
    assert statement["figures"]["closing"] == 900_00 + 645_50 - 20_25
    assert [section["name"] for section in statement["sections"]][:2] == ["balance", "income"]
    assert one["disclosure"]["versions"][0]["code"] in one["disclosure"]["versions"][0]["url"]


def test_what_is_not_there_is_not_found(kept):
    problem_of(kept.get(f"{BASE}/q4-revenue"), 404, "record.unknown")
    for form in ("pdf", "xlsx", "csv", "json"):
        problem_of(kept.get(f"{BASE}/q4-revenue.{form}"), 404, "record.unknown")
        problem_of(kept.get(f"{ONE}.{form}?version=2"), 404, "record.unknown")
        problem_of(kept.get(f"{ONE}.{form}?version=0"), 400, "query.malformed")
        problem_of(kept.get(f"/api/v1/ledgers/nowhere/disclosures/q3-revenue.{form}"), 404)
    problem_of(kept.get(f"{ONE}?version=2"), 404, "record.unknown")
    problem_of(kept.get(f"{ONE}.docx"), 404)
    problem_of(kept.get(f"{ONE}.pdf?lang=fr"), 400, "query.malformed")


def test_a_disclosure_belongs_to_its_own_ledger(kept):
    problem_of(kept.get(f"/api/v1/ledgers/{OTHER_LEDGER}/disclosures/q3-revenue"), 404, "record.unknown")
    assert kept.get(f"/api/v1/ledgers/{OTHER_LEDGER}/disclosures").get_json()["disclosures"] == []


def test_a_draft_has_no_form_anybody_could_take_for_published(quarter):
    drafted(quarter)
    quarter.catch_up()
    for form in ("pdf", "xlsx", "csv", "json"):
        problem_of(quarter.get(f"{ONE}.{form}"), 404, "record.unknown")
        problem_of(quarter.get(f"{ONE}.{form}?version=1"), 404, "record.unknown")


# -- the draft, for who signs it -----------------------------------------------------------------------


def test_who_signs_reads_exactly_what_is_signed(quarter):
    drafted(quarter)
    quarter.catch_up()
    for role in SIGNERS:
        answer = quarter.get(f"{ONE}/draft", Authorization=f"Bearer {quarter.tokens[role]}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        draft = answer.get_json()
        assert draft["statement"]["figures"]["gross_income"] == 645_50
    do(quarter, "approve-disclosure", "chair", statement_sha256=draft["statement_sha256"])


def test_nobody_else_reads_a_draft(quarter):
    drafted(quarter)
    quarter.catch_up()
    problem_of(quarter.get(f"{ONE}/draft"), 401)
    for role in ("firm", "street", "neighbourhood"):
        problem_of(quarter.get(f"{ONE}/draft", Authorization=f"Bearer {quarter.tokens[role]}"), 403)


def test_a_restatement_is_read_as_a_draft_with_every_change_beside_what_it_was(published):
    tell(published, income(7_00, PARKING, on=AUGUST))
    restated(published)
    published.catch_up()
    chair = {"Authorization": f"Bearer {published.tokens['chair']}"}
    draft = published.get(f"{ONE}/draft", **chair).get_json()
    assert draft["version"] == 2
    changes = draft["statement"]["restates"]["changes"]
    (gross,) = (one for one in changes if not one["section"] and one["column"] == "gross_income")
    assert (gross["old"], gross["new"]) == (645_50, 652_50)


def test_without_a_draft_there_is_none_to_read(kept):
    chair = {"Authorization": f"Bearer {kept.tokens['chair']}"}
    problem_of(kept.get(f"{ONE}/draft", **chair), 404, "record.unknown")


# -- the forms -----------------------------------------------------------------------------------------


def test_the_json_is_the_canonical_bytes_whose_digest_was_published(kept):
    version = read(kept).get_json()["disclosure"]["versions"][0]
    answer = read(kept, f"{ONE}.json")
    assert answer.mimetype == "application/json"
    assert hashlib.sha256(answer.data).hexdigest() == version["statement_sha256"]
    assert answer.headers["ETag"] == f'"{version["statement_sha256"]}"'
    assert answer.get_json() == read(kept).get_json()["statement"]


def test_the_pdf_is_the_paper_that_was_published_to_the_byte(kept):
    version = read(kept).get_json()["disclosure"]["versions"][0]
    answer = read(kept, f"{ONE}.pdf?version=1")
    assert answer.mimetype == "application/pdf"
    assert hashlib.sha256(answer.data).hexdigest() == version["pdf_sha256"]
    assert answer.headers["ETag"] == f'"{version["pdf_sha256"]}"'


def test_the_english_paper_is_made_when_it_is_asked_for(kept):
    answer = read(kept, f"{ONE}.pdf?lang=en")
    assert answer.data.startswith(b"%PDF-")
    assert answer.data != read(kept, f"{ONE}.pdf").data


def rows_of_csv(here) -> list[list[str]]:
    text = read(here, f"{ONE}.csv").data.decode("utf-8-sig")
    return [[cell for cell in row if cell] for row in csv.reader(io.StringIO(text))]


def rows_of_workbook(here) -> list[list[object]]:
    rows = [row for sheet in sheets(read(here, f"{ONE}.xlsx").data) for row in sheet.rows]
    return [[cell for cell in row if cell is not None] for row in rows]


def test_every_form_has_the_rows_and_sums_of_the_statement(kept):
    statement = read(kept, f"{ONE}.json").get_json()
    text, cells = rows_of_csv(kept), rows_of_workbook(kept)
    (income_of,) = (section for section in statement["sections"] if section["name"] == "income")
    amounts = [row["cells"]["gross_income"] for row in income_of["rows"]] + [
        income_of["sums"]["gross_income"]
    ]
    assert amounts == [600_00, 45_50, 645_50]
    for written, rows in ((("600.00", "45.50", "645.50"), text), ((600, 45.5, 645.5), cells)):
        first, second, total = written
        # once where it came from, once among all entries
        assert len([row for row in rows if first in row and total not in row]) == 2
        assert len([row for row in rows if second in row]) == 2
        assert any(row[:1] == ["合计"] and total in row for row in rows)


def test_a_form_that_is_saved_is_called_after_what_it_is(kept):
    shown = {form: read(kept, f"{ONE}.{form}").headers["Content-Disposition"] for form in ("pdf", "xlsx")}
    assert shown["pdf"] == f'inline; filename="{LEDGER}-q3-revenue-v1.pdf"'
    assert shown["xlsx"] == f'attachment; filename="{LEDGER}-q3-revenue-v1.xlsx"'


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv", "json"])
def test_what_did_not_change_is_not_sent_again(kept, form):
    first = read(kept, f"{ONE}.{form}")
    again = kept.get(f"{ONE}.{form}", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


def test_frozen_bytes_may_be_kept_for_ever_where_the_address_names_their_version(kept):
    for form in ("pdf", "json"):
        assert "immutable" in read(kept, f"{ONE}.{form}?version=1").headers["Cache-Control"]
        assert "immutable" not in read(kept, f"{ONE}.{form}").headers["Cache-Control"]
    assert "immutable" not in read(kept, f"{ONE}.csv?version=1").headers["Cache-Control"]


# -- what became of a published version ----------------------------------------------------------------


def test_a_published_period_never_changes_silently(published):
    read(published)
    tell(published, income(7_00, PARKING, on=AUGUST), income(8_00, PARKING, on=NOVEMBER))
    altered = read(published).get_json()["altered"]
    number = published.services.store.length(LEDGER) - 2
    assert altered["records"] == [number]
    assert altered["until"] == number + 1
    figures = {one["column"]: (one["old"], one["new"]) for one in altered["changes"] if not one["section"]}
    assert figures["gross_income"] == (645_50, 652_50)
    (row,) = read(published, BASE).get_json()["disclosures"]
    assert row["altered"] == altered
    assert altered["figures"] == len(altered["changes"])


def test_the_frozen_figures_stay_as_they_were_published(published):
    before = read(published, f"{ONE}.json").data
    tell(published, income(7_00, PARKING, on=AUGUST))
    assert read(published, f"{ONE}.json").data == before
    assert read(published).get_json()["statement"]["figures"]["gross_income"] == 645_50


def test_what_is_recorded_of_other_days_alters_nothing(published):
    tell(published, income(8_00, PARKING, on=NOVEMBER))
    assert read(published).get_json()["altered"] is None


def test_a_restated_statement_says_so_and_its_earlier_version_keeps_its_address(published):
    first = read(published, f"{ONE}.json?version=1").data
    tell(published, income(7_00, PARKING, on=AUGUST))
    restated(published)
    assert read(published).get_json()["version"] == 1
    publish(published)
    one = read(published).get_json()
    assert (one["version"], one["altered"]) == (2, None)
    assert one["statement"]["restates"]["reason"] == "漏记了一笔停车费"
    earlier, newer = one["disclosure"]["versions"]
    assert (earlier["state"], earlier["restated_by_version"], newer["state"]) == ("restated", 2, "published")
    assert read(published, f"{ONE}.json?version=1").data == first
    assert read(published, f"{ONE}?version=1").get_json()["statement"]["figures"]["gross_income"] == 645_50


# -- what the store lost -------------------------------------------------------------------------------


def lost(here, sha256: str) -> None:
    here.services.files.remove(sha256)


def test_a_statement_whose_bytes_are_gone_is_made_again_of_its_events(published):
    version = read(published).get_json()["disclosure"]["versions"][0]
    tell(published, income(7_00, PARKING, on=AUGUST))
    lost(published, version["statement_sha256"])
    answer = read(published, f"{ONE}.json")
    assert hashlib.sha256(answer.data).hexdigest() == version["statement_sha256"]
    assert published.services.files.has(version["statement_sha256"])


def test_a_paper_that_is_gone_is_printed_again_to_the_byte(published):
    version = read(published).get_json()["disclosure"]["versions"][0]
    lost(published, version["pdf_sha256"])
    answer = read(published, f"{ONE}.pdf")
    assert hashlib.sha256(answer.data).hexdigest() == version["pdf_sha256"]
    assert published.services.files.has(version["pdf_sha256"])


def test_a_paper_that_cannot_be_printed_again_is_not_replaced_by_another(published, monkeypatch):
    version = read(published).get_json()["disclosure"]["versions"][0]
    lost(published, version["pdf_sha256"])
    monkeypatch.setattr("api.documents.published.notice_pdf", lambda *_: b"%PDF- of another program")
    problem_of(published.get(f"{ONE}.pdf"), 500, "server.not-shown")
