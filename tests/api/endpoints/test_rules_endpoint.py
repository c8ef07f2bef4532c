"""The rules in force on a day over HTTP: of every pack, of one, and of a community."""

import pytest

from tests.api.endpoints.installation import LEDGER, pointers, problem_of

OF_LEDGER = f"/api/v1/ledgers/{LEDGER}/rules"
SEVENTY_OF_A_HUNDRED = {"rule": "REV-10", "name": "to_fund_share", "value": "70/100"}
SIXTEEN_DAYS = {"rule": "VOTE-13", "name": "days_min", "value": 16}


def adopt(here, *parameters, **body):
    return here.ask("adopt-rules", {"from": "2026-07-01", "parameters": [*parameters], **body}, by="chair")


def rules_of(here, path):
    here.catch_up()
    answer = here.get(path)
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    return found, {rule["rule"]: rule for rule in found["rules"]}


def test_a_rule_comes_with_everything_that_is_known_about_it(shared):
    found, by_id = rules_of(shared, "/api/v1/rules?on=2026-11-20&pack=cn")
    assert found["on"] == "2026-11-20"
    assert [pack["edition"] for pack in found["packs"]] == ["cn/2026-11-21"]
    assert by_id["VOTE-02"] == {
        "rule": "VOTE-02",
        "pack": "cn",
        "edition": "cn/2026-11-21",
        "title_zh": "参与表决的业主：专有面积和人数均须占三分之二以上",
        "title_en": "Owners taking part must hold at least two thirds of the exclusive area "
        "and be two thirds of the heads",
        "source": "中华人民共和国民法典",
        "doc_no": None,
        "clause": "第二百七十八条第二款",
        "level": "law",
        "valid_from": "2021-01-01",
        "valid_to": None,
        "confidence": "verified",
        "severity": "block",
        "overridable_by_covenant": "no",
        "parameters": [
            {"name": "area_share_min", "value": "2/3", "words": [], "own_value": None},
            {"name": "heads_share_min", "value": "2/3", "words": [], "own_value": None},
        ],
        "note_zh": None,
        "note_en": None,
    }


def test_without_a_pack_the_rules_of_all_are_given(shared):
    found, by_id = rules_of(shared, "/api/v1/rules?on=2026-11-20")
    assert {pack["pack"] for pack in found["packs"]} == {
        "cn", "cn-31", "cn-31-pd", "dongming", "hongkou", "xinzhuang",
    }  # fmt: skip
    assert {by_id["VOTE-27"]["pack"], by_id["OPS-01"]["pack"]} == {"cn-31-pd", "dongming"}


def test_without_a_day_it_is_today(shared):
    assert rules_of(shared, "/api/v1/rules")[0]["on"] == shared.services.today.isoformat()


def test_the_rules_are_those_of_the_day(shared):
    assert "AUD-06" in rules_of(shared, "/api/v1/rules?on=2026-06-30")[1]
    assert "AUD-06" not in rules_of(shared, "/api/v1/rules?on=2026-07-01")[1]


def test_a_pack_that_is_not_there_is_not_found(shared):
    problem_of(shared.get("/api/v1/rules?pack=beijing"), 404, "record.unknown")


@pytest.mark.parametrize("path", ["/api/v1/rules", OF_LEDGER])
def test_a_day_that_does_not_exist_is_a_bad_request(shared, path):
    assert pointers(problem_of(shared.get(f"{path}?on=2026-02-30"), 400)) == ["/on"]


def test_the_rules_of_a_ledger_cannot_be_asked_for_by_pack(shared):
    assert pointers(problem_of(shared.get(f"{OF_LEDGER}?pack=cn"), 400)) == ["/pack"]


def test_a_ledger_that_is_not_there_has_no_rules(shared):
    problem_of(shared.get("/api/v1/ledgers/nobody/rules"), 404, "ledger.unknown")


def test_a_community_that_adopted_nothing_has_the_law_of_land_and_city(shared):
    found, by_id = rules_of(shared, OF_LEDGER)
    assert found["adoption"] is None
    assert [(pack["pack"], pack["adopted"]) for pack in found["packs"]] == [("cn", False), ("cn-31", False)]
    assert "VOTE-27" not in by_id


def test_what_a_community_adopted_and_settled_is_marked(here):
    receipt = adopt(here, SEVENTY_OF_A_HUNDRED, SIXTEEN_DAYS, packs=["cn-31-pd"])
    assert receipt.status_code == 201, receipt.text
    found, by_id = rules_of(here, f"{OF_LEDGER}?on=2026-07-01")
    assert found["adoption"] == {
        "number": receipt.get_json()["events"][0]["number"],
        "from": "2026-07-01",
        "packs": ["cn-31-pd"],
        "parameters": [SEVENTY_OF_A_HUNDRED, SIXTEEN_DAYS],
    }
    assert [pack["pack"] for pack in found["packs"] if pack["adopted"]] == ["cn-31-pd"]
    (notice,) = by_id["VOTE-13"]["parameters"]
    assert notice == {"name": "days_min", "value": 15, "words": [], "own_value": 16}
    assert by_id["REV-10"]["parameters"][-1] == {
        "name": "to_fund_share", "value": None, "words": [], "own_value": "70/100",
    }  # fmt: skip
    assert rules_of(here, f"{OF_LEDGER}?on=2026-06-30")[0]["adoption"] is None


def test_a_covenant_below_the_law_is_refused_in_words(here):
    answer = adopt(here, {**SIXTEEN_DAYS, "value": 14})
    problem = problem_of(answer, 409, "rules.looser-than-the-law")
    assert problem["rules"] == ["VOTE-13"]


@pytest.mark.parametrize("value", [3.5, True, None, "", ["2/3"], {"share": "2/3"}])
def test_an_own_parameter_is_a_whole_number_or_a_text(here, value):
    problem = problem_of(adopt(here, {**SIXTEEN_DAYS, "value": value}), 422)
    assert pointers(problem) == ["/parameters/0/value"]


def test_an_answer_that_did_not_change_costs_nothing(shared):
    first = shared.get(OF_LEDGER)
    again = shared.get(OF_LEDGER, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
