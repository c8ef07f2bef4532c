"""What has to be done by when over HTTP: of a community, across a street, as a calendar to subscribe to."""

from datetime import date

import pytest

from api.documents.calendar import folded
from ledger.actions.community import OpenLedger
from ledger.asked import Asked
from tests.api.endpoints.installation import BY_OPERATOR, LEDGER, TODAY, pointers, problem_of
from tests.ledger.duty_words import (
    FOURTEEN,
    Q2,
    announced,
    doors_registered,
    posted,
    posted_everywhere,
    published,
)
from tests.ledger.happened import fund_opened
from tests.ledger.story import Fact, Happened

DUTIES = f"/api/v1/ledgers/{LEDGER}/duties"
LONG_AGO = date(2026, 3, 20)


def tell(here, *facts: Fact, ledger: str = LEDGER) -> None:
    for fact in facts:
        happened = Happened(event=fact.event, occurred_on=fact.on)
        here.services.ledger.record(Asked(ledger, happened, fact.by, TODAY))
    here.catch_up()


def since_march(here, ledger: str = "linglong", **of: object) -> str:
    """Another community, whose books began in March; its accounts."""
    opening = OpenLedger(of="community", title="凌珑里", **of)
    here.services.ledger.record(Asked(ledger, opening, "operator", LONG_AGO, BY_OPERATOR))
    for role in ("secretary", "chair", "treasurer"):
        here.grant(role, role, ledger=ledger)
    return ledger


def duties_of(here, query: str = "", ledger: str = "linglong") -> dict:
    here.catch_up()
    answer = here.get(f"/api/v1/ledgers/{ledger}/duties{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


@pytest.fixture
def linglong(here):
    """The public revenue of a second quarter, posted at 12 of 14 doors; a decision posted a day late."""
    since_march(here)
    facts = (fund_opened("public-revenue", fen=1_00), doors_registered(*FOURTEEN), published("q2", "T1", Q2))
    hung = posted_everywhere(date(2026, 7, 14), *FOURTEEN[:12], disclosure="q2", version=1)
    decided = *announced(date(2026, 9, 11)), posted(date(2026, 9, 15), decision="lift-adverts")
    tell(here, *facts, hung, *decided, ledger="linglong")
    return here


def test_a_duty_says_everything_that_is_known_of_it(linglong):
    found = duties_of(linglong, "?on=2026-07-20&state=incomplete")
    assert (found["on"], found["known_at"]) == ("2026-07-20", None)
    (duty,) = found["duties"]
    assert duty == {
        "ledger": "linglong",
        "name": "凌珑里",
        "duty": "revenue-statement",
        "rule": "REV-06",
        "edition": "cn-31/2026-11-21",
        "title_zh": "每季度第一个月十五日前，在服务台、公告栏和每个门口公布上季度收支，直到下季度公布",
        "title_en": "By the 15th of a quarter's first month last quarter's statement "
        "is posted at desk, board and doors",
        "source": "上海市住宅小区公共收益管理办法",
        "doc_no": "沪房规范〔2025〕8号",
        "clause": "第十四条",
        "state": "incomplete",
        "late_days": 5,
        "due_on": "2026-07-15",
        "due_rolled_on": "2026-07-15",
        "subject": None,
        "period": {"from": "2026-04-01", "to": "2026-06-30"},
        "done_on": None,
        "fulfilled_by": None,
        "doors": 12,
        "doors_required": 14,
        "places_missing": ["door-13", "door-14"],
        "posted_days": None,
        "posted_days_min": None,
        "removed_on": None,
        "removable_on": None,
    }


def test_a_duty_that_was_done_names_the_record_that_shows_it(linglong):
    (duty,) = duties_of(linglong, "?state=late")["duties"]
    assert (duty["rule"], duty["late_days"], duty["done_on"]) == ("COM-09", 1, "2026-09-15")
    event = linglong.get(f"/api/v1/ledgers/linglong/events/{duty['fulfilled_by']}").get_json()
    assert event["entry"]["kind"] == "posting.recorded"


def test_the_counts_are_of_all_whatever_page_is_shown(linglong):
    counts = duties_of(linglong, "?limit=1")["counts"]
    assert (counts["incomplete"], counts["late"]) == (1, 1)
    assert counts["missing"] == 2  # the statements of the first and the third quarter


def test_any_day_can_be_asked_and_what_was_known_at_any_record(linglong):
    length = linglong.services.store.length("linglong")
    on = "?on=2026-09-20"
    assert duties_of(linglong, on)["counts"]["late"] == 1
    then = duties_of(linglong, f"{on}&known_at={length - 2}")  # before the posting was recorded
    assert (then["counts"]["late"], then["known_at"]) == (0, str(length - 2))
    assert duties_of(linglong, "?on=2026-09-13")["counts"]["late"] == 0
    early = duties_of(linglong, "?known_at=2026-01-01T00:00:00%2B08:00")
    assert early["duties"] == []


def test_what_is_still_to_come_is_shown_when_asked_for(linglong):
    assert not [one for one in duties_of(linglong)["duties"] if one["due_on"] == "2027-01-15"]
    (to_come,) = [
        one for one in duties_of(linglong, "?until=2027-01-31")["duties"] if one["due_on"] == "2027-01-15"
    ]
    assert (to_come["state"], to_come["due_rolled_on"]) == ("due", None)


def test_a_year_nobody_entered_is_an_error_that_says_so(linglong):
    problem = problem_of(
        linglong.get("/api/v1/ledgers/linglong/duties?on=2027-01-16"), 503, "calendar.year-missing"
    )
    assert problem["details"] == {"year": 2027}
    assert "2027 年的放假安排还没有录入" in problem["detail"]
    english = linglong.get("/api/v1/ledgers/linglong/duties?on=2027-01-16", Accept_Language="en")
    assert "public holidays of 2027" in english.get_json()["detail"]
    assert int(english.headers["Retry-After"]) == 24 * 3600


def test_a_street_sees_the_latest_first(here):
    here.services.ledger.record(
        Asked("dongming", OpenLedger(of="street", title="东明路街道"), "operator", LONG_AGO, BY_OPERATOR)
    )
    for name, day in (("linglong", date(2026, 9, 11)), ("lingyun", date(2026, 6, 11))):
        since_march(here, name, parent="dongming")
        tell(here, *announced(day), ledger=name)
    found = duties_of(here, "?state=missing", ledger="dongming")
    assert [(one["ledger"], one["state"], one["late_days"]) for one in found["duties"]] == [
        ("lingyun", "missing", 158),  # 14 June was a Sunday
        ("linglong", "missing", 67),
    ]
    assert found["counts"]["missing"] == 2
    assert pointers(problem_of(here.get("/api/v1/ledgers/dongming/duties?known_at=3"), 400)) == ["/known_at"]
    assert duties_of(here, "?known_at=2026-01-01T00:00:00Z", ledger="dongming")["duties"] == []


@pytest.mark.parametrize("query", ["on=2026-02-30", "until=tomorrow", "state=forgotten", "known_at=x"])
def test_a_query_that_makes_no_sense_is_refused(shared, query):
    assert pointers(problem_of(shared.get(f"{DUTIES}?{query}"), 400)) == [f"/{query.partition('=')[0]}"]


def test_a_ledger_that_is_not_there_has_no_duties(shared):
    for path in ("duties", "duties.ics"):
        problem_of(shared.get(f"/api/v1/ledgers/nobody/{path}"), 404, "ledger.unknown")


# -- the calendar ----------------------------------------------------------------------------------


def unfolded(answer) -> list[str]:
    return answer.get_data(as_text=True).replace("\r\n ", "").split("\r\n")


def test_a_calendar_holds_what_is_still_to_be_done(linglong):
    answer = linglong.get("/api/v1/ledgers/linglong/duties.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = unfolded(answer)
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert "UID:linglong.revenue-statement.2026-06-30@mingzhang" in lines
    assert "UID:linglong.revenue-statement.2026-12-31@mingzhang" in lines  # due in January 2027
    assert not [line for line in lines if "decision-posted" in line]  # done
    assert "SUMMARY:凌珑里 · 公示公共收益收支 · 没贴全" in lines
    start = lines.index("UID:linglong.revenue-statement.2026-06-30@mingzhang")
    assert lines[start + 1 : start + 4] == [
        "DTSTAMP:20261120T014618Z",
        "DTSTART;VALUE=DATE:20260715",
        "DTEND;VALUE=DATE:20260716",
    ]
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) == lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT")


def test_no_line_of_a_calendar_is_longer_than_75_octets_nor_cuts_a_character(linglong):
    for line in linglong.get("/api/v1/ledgers/linglong/duties.ics").data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@pytest.mark.parametrize("text", ["", "a" * 75, "a" * 76, "维" * 25, "维" * 26, "a维" * 60, "a" * 224])
def test_a_folded_line_is_unfolded_to_what_it_was(text):
    line = folded(text)
    assert line.endswith(b"\r\n")
    assert line.replace(b"\r\n ", b"").decode() == text + "\r\n"
    assert max(map(len, line.split(b"\r\n"))) <= 75


def test_a_calendar_is_the_same_until_something_happens(linglong):
    first = linglong.get("/api/v1/ledgers/linglong/duties.ics")
    again = linglong.get("/api/v1/ledgers/linglong/duties.ics", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert linglong.get("/api/v1/ledgers/linglong/duties.ics").data == first.data


def test_a_calendar_can_be_read_in_english(linglong):
    lines = unfolded(linglong.get("/api/v1/ledgers/linglong/duties.ics", Accept_Language="en"))
    assert "SUMMARY:凌珑里 · Post the public-revenue statement · Incomplete" in lines
