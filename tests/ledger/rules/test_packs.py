"""The shipped rule packs hold the law as it was digested; a fault in a pack names the file and the key."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.rules.pack import LEVELS, PackFault, packs, read_all, read_pack
from ledger.rules.parameters import OPTIONAL, PARAMETERS, TERMS
from ledger.rules.semantics import Ratio

DIGEST = Path("/work/shared/domain/rules.md")
HOW_MANY = {"VOTE": 29, "COM": 28, "FUND": 39, "EMG": 6, "AUD": 7, "REV": 20, "FIRM": 20, "OPS": 9, "INFO": 4}
EVERY_RULE = {f"{subject}-{number:02}" for subject, last in HOW_MANY.items() for number in range(1, last + 1)}
EVERY_RULE |= {f"SEM-{number:02}" for number in range(1, 10)}

LAST_DAY_OF_S13 = date(2026, 6, 30)


def in_force(day: date) -> dict[str, str]:
    """The pack of every rule that holds on a day."""
    return {rule.id: pack.id for pack in packs().values() for rule in pack.rule if rule.is_in_force(day)}


def days_on_which_the_law_changes() -> list[date]:
    rules = [rule for pack in packs().values() for rule in pack.rule]
    ended = {rule.valid_to + timedelta(days=1) for rule in rules if rule.valid_to}
    return sorted({rule.valid_from for rule in rules} | ended)


def share(rule: str, name: str, day: date) -> Ratio:
    (value,) = [
        one.values()[name]
        for pack in packs().values()
        for one in pack.rule
        if one.id == rule and one.is_in_force(day)
    ]
    assert isinstance(value, Ratio)
    return value


# -- what is shipped -----------------------------------------------------------------------------------------


def test_every_rule_of_the_digest_is_in_a_pack():
    assert {rule.id for pack in packs().values() for rule in pack.rule} == EVERY_RULE


@pytest.mark.skipif(not DIGEST.exists(), reason="the digest of the law is not on this machine")
def test_the_digest_has_the_rules_this_spec_counts():
    table = re.findall(r"^\| ([A-Z]+-[0-9]{2}) \|", DIGEST.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(table) == EVERY_RULE


@pytest.mark.parametrize("day", days_on_which_the_law_changes(), ids=str)
def test_on_no_day_does_a_rule_hold_twice(day):
    holding = Counter(rule.id for pack in packs().values() for rule in pack.rule if rule.is_in_force(day))
    assert [rule for rule, times in holding.items() if times > 1] == []


@pytest.mark.parametrize("rule", ["AUD-06", "FIRM-14"])
def test_what_only_the_expired_opinions_of_2021_said_stops_the_day_after(rule):
    assert rule not in in_force(date(2021, 6, 30))
    assert rule in in_force(date(2021, 7, 1))
    assert rule in in_force(LAST_DAY_OF_S13)
    assert rule not in in_force(date(2026, 7, 1))


@pytest.mark.parametrize("rule", ["COM-17", "COM-23", "FIRM-05", "FIRM-10"])
def test_a_rule_goes_on_without_what_the_expired_opinions_added_to_it(rule):
    versions = [one for one in packs()["cn-31"].rule if one.id == rule]
    assert [one.valid_to for one in versions] == [date(2021, 6, 30), LAST_DAY_OF_S13, None]
    assert versions[0].parameters == versions[2].parameters
    assert "2026-06-30" in (versions[1].note_en or "")


def test_the_eight_systems_were_a_rule_of_the_city_and_are_now_one_of_the_street():
    assert in_force(LAST_DAY_OF_S13)["COM-26"] == "cn-31"
    assert in_force(date(2026, 7, 1))["COM-26"] == "dongming"


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [
        ("VOTE-02", date(2021, 1, 1), None),
        ("FUND-13", date(2024, 10, 1), date(2029, 6, 30)),
        ("REV-12", date(2026, 4, 1), date(2030, 12, 31)),
        ("AUD-03", date(2026, 3, 1), date(2030, 12, 31)),  # EX9
        ("VOTE-27", date(2022, 11, 1), None),
    ],
)
def test_a_rule_holds_from_its_instruments_first_day_to_its_last(rule, first, last):
    assert rule not in in_force(first - timedelta(days=1))
    assert rule in in_force(first)
    if last is not None:
        assert rule in in_force(last)
        assert rule not in in_force(last + timedelta(days=1))


def test_the_thresholds_are_those_of_the_civil_code():
    day = date(2026, 11, 20)
    assert share("VOTE-02", "area_share_min", day) == share("VOTE-02", "heads_share_min", day) == (2, 3)
    assert share("VOTE-03", "area_share_over", day) == share("VOTE-03", "heads_share_over", day) == (1, 2)
    assert share("VOTE-04", "area_share_min", day) == share("VOTE-04", "heads_share_min", day) == (3, 4)


@pytest.mark.parametrize("pack", packs().values(), ids=lambda pack: pack.id)
def test_what_a_pack_says_can_be_shown_to_a_resident(pack):
    for rule in pack.rule:
        assert re.search(r"[\u4e00-\u9fff]", rule.title_zh), rule.id
        assert re.search(r"[A-Za-z]", rule.title_en), rule.id
        assert not re.search(r"[\u4e00-\u9fff]", rule.title_en), rule.id
        assert (rule.note_zh is None) == (rule.note_en is None), rule.id


@pytest.mark.parametrize("pack", packs().values(), ids=lambda pack: pack.id)
def test_every_source_is_cited_and_no_pack_of_a_street_claims_to_be_law(pack):
    assert set(pack.sources) == {rule.source for rule in pack.rule}
    if pack.jurisdiction.count("-") > 2:
        assert {rule.level for rule in pack.rule} == {"policy"}


def test_every_uncertain_rule_says_what_is_uncertain():
    uncertain = [rule for pack in packs().values() for rule in pack.rule if rule.confidence == "uncertain"]
    assert len(uncertain) > 5
    assert [rule.id for rule in uncertain if rule.note_en is None] == []


def test_every_known_parameter_is_used_by_some_rule_or_left_to_the_community():
    shipped = {(rule.id, name) for pack in packs().values() for rule in pack.rule for name in rule.parameters}
    terms = {(rule, name) for rule, names in TERMS.items() for name in names}
    assert shipped | terms == {(rule, name) for rule, names in PARAMETERS.items() for name in names}


def test_a_number_a_version_may_lack_is_never_a_limit_a_covenant_is_measured_by():
    for pack in packs().values():
        for rule in pack.rule:
            if rule.id in OPTIONAL:
                assert rule.overridable_by_covenant == "no", rule.id


def test_each_of_the_five_emergencies_has_its_proof():
    (rule,) = [rule for rule in packs()["cn-31"].rule if rule.id == "EMG-01"]
    assert len(rule.parameters["situations"]) == len(rule.parameters["proofs"]) == 5


def test_levels_run_from_the_law_to_this_ledgers_own_design():
    assert LEVELS[0] == "law"
    assert LEVELS[-1] == "design"


# -- what a pack must not be ---------------------------------------------------------------------------------

CITY, DISTRICT, OTHER_DISTRICT = "CN-31", "CN-31-PD", "CN-31-HK"


def rule_text(rule: str = "VOTE-13", **changes: str) -> str:
    fields = {
        "title_zh": '"提前十五日通知"',
        "title_en": '"Fifteen days of notice"',
        "source": '"S1"',
        "clause": '"十四"',
        "level": '"regulation"',
        "valid_from": "2021-01-01",
        "confidence": '"verified"',
        "severity": '"violation"',
        "parameters": "{ days_min = 15 }",
        **changes,
    }
    return f'[[rule]]\nid = "{rule}"\n' + "".join(
        f"{name} = {value}\n" for name, value in fields.items() if value
    )


def pack_text(*rules: str, pack: str = "city", jurisdiction: str = CITY) -> str:
    head = f'id = "{pack}"\ntitle_zh = "市"\ntitle_en = "City"\njurisdiction = "{jurisdiction}"\n'
    return head + 'version = 2026-11-21\n[sources.S1]\nname = "条例"\n' + "".join(rules)


def written(folder: Path, **texts: str) -> list[Path]:
    files = []
    for name, text in texts.items():
        files.append(folder / f"{name}.toml")
        files[-1].write_text(text, encoding="utf-8")
    return files


def test_a_sound_pack_is_read():
    pack = read_pack("city.toml", pack_text(rule_text()).encode())
    assert pack.edition == "city/2026-11-21"
    assert pack.rule[0].values() == {"days_min": 15}


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        (
            rule_text(parameters="{ days_min = 15, hours_min = 1 }"),
            ".parameters.hours_min",
            "unknown parameter",
        ),
        (rule_text(parameters=""), ".parameters.days_min", "missing"),
        (rule_text(parameters="{ days_min = 1.5 }"), ".parameters.days_min", "must be a whole number"),
        (rule_text(parameters="{ days_min = -1 }"), ".parameters.days_min", "must be a whole number"),
        (rule_text(parameters="{ days_min = true }"), ".parameters.days_min", "must be a whole number"),
        (rule_text(source='"S2"'), ".source", "S2 is not among the sources"),
        (rule_text(valid_to="2020-12-31"), ".valid_to", "before valid_from 2021-01-01"),
    ],
)
def test_a_fault_names_the_file_and_the_key(text, key, problem):
    with pytest.raises(PackFault) as fault:
        read_pack("city.toml", pack_text(text).encode())
    assert fault.value.details == {"file": "city.toml", "key": f"rule[0] VOTE-13{key}", "problem": problem}


def fault_of(text: str) -> tuple[str, str]:
    with pytest.raises(PackFault) as fault:
        read_pack("city.toml", text.encode())
    return str(fault.value.details["key"]), str(fault.value.details["problem"])


def test_a_limit_that_cannot_be_met_is_contradictory():
    text = rule_text("COM-02", parameters="{ years_min = 6, years_max = 5 }")
    assert fault_of(pack_text(text)) == ("rule[0] COM-02.parameters", "years_min is above its _max")


def test_a_least_that_equals_the_most_can_be_met():
    text = rule_text("COM-02", parameters="{ years_min = 5, years_max = 5 }")
    assert read_pack("city.toml", pack_text(text).encode()).rule


@pytest.mark.parametrize("share", ['"0.5"', '"3/2"', '"1/0"', '"2"', '"-1/2"', '"一/二"', '"½"', "1", '""'])
def test_a_malformed_share_is_a_fault(share):
    text = rule_text("FUND-14", parameters=f"{{ share_max = {share} }}")
    assert fault_of(pack_text(text)) == (
        "rule[0] FUND-14.parameters.share_max",
        'must be a share such as "2/3"',
    )


def test_a_list_of_words_is_not_one_word():
    text = rule_text("VOTE-14", parameters='{ notified = "housing-office" }')
    assert fault_of(pack_text(text))[1] == "must be a list of words"


def test_a_choice_is_one_of_its_words():
    text = rule_text("VOTE-29", parameters='{ threshold_class = "double", topics = ["budget"] }')
    assert fault_of(pack_text(text))[1] == "must be one of special, ordinary"


def test_a_communitys_own_term_has_no_place_in_a_pack():
    text = rule_text(
        "REV-10", parameters='{ share_over = "1/2", yearly_count_min = 4, to_fund_share = "7/10" }'
    )
    assert fault_of(pack_text(text)) == ("rule[0] REV-10.parameters.to_fund_share", "unknown parameter")


def test_two_versions_of_a_rule_may_follow_but_not_overlap():
    earlier = rule_text(valid_to="2024-06-30")
    follows, overlaps = rule_text(valid_from="2024-07-01"), rule_text(valid_from="2024-06-30")
    assert len(read_pack("city.toml", pack_text(earlier, follows).encode()).rule) == 2
    assert fault_of(pack_text(earlier, overlaps)) == (
        "rule[1] VOTE-13.valid_from",
        "another version is in force from 2021-01-01",
    )


def test_a_misspelt_field_is_a_fault():
    key, problem = fault_of(pack_text(rule_text(valid_until="2026-01-01")))
    assert key == "rule[0].valid_until"
    assert "unknown field" in problem


def test_a_field_of_the_pack_itself_that_is_missing_is_named():
    assert fault_of('id = "city"')[0] == "title_zh"


def test_a_word_for_a_level_that_is_none_is_a_fault():
    assert fault_of(pack_text(rule_text(level='"wish"')))[0] == "rule[0].level"


def test_a_pack_that_is_not_toml_is_a_fault():
    with pytest.raises(PackFault) as fault:
        read_pack("city.toml", b"id = ")
    assert fault.value.details["file"] == "city.toml"


def test_a_pack_that_is_not_utf_8_is_a_fault():
    with pytest.raises(PackFault) as fault:
        read_pack("city.toml", 'title_zh = "上海"'.encode("gb18030"))
    assert fault.value.details["file"] == "city.toml"


# -- packs against each other -------------------------------------------------------------------------------


def among(
    folder: Path, wider: str, narrower: str, jurisdiction: str = DISTRICT
) -> tuple[str, str, str] | None:
    """File, key and problem of a city's and a district's pack with one rule each; none if they agree."""
    files = written(
        folder,
        city=pack_text(wider),
        district=pack_text(narrower, pack="district", jurisdiction=jurisdiction),
    )
    try:
        read_all(files)
    except PackFault as fault:
        return (str(fault.details["file"]), str(fault.details["key"]), str(fault.details["problem"]))
    return None


def test_two_packs_of_one_id_are_a_fault(tmp_path):
    files = written(tmp_path, one=pack_text(rule_text()), two=pack_text(rule_text()))
    with pytest.raises(PackFault) as fault:
        read_all(files)
    assert fault.value.details == {"file": "two.toml", "key": "id", "problem": "city is also in one.toml"}


def test_a_narrower_pack_may_not_word_a_rule_anew_in_silence(tmp_path):
    assert among(tmp_path, rule_text(), rule_text()) == (
        "district.toml",
        "rule[0] VOTE-13.in_place_of",
        "city has this rule at the same time",
    )


def test_a_narrower_pack_may_tighten_a_rule_when_it_says_in_whose_place(tmp_path):
    tighter = rule_text(parameters="{ days_min = 20 }", in_place_of='"city"')
    assert among(tmp_path, rule_text(), tighter) is None


def test_a_narrower_pack_that_loosens_a_rule_is_contradictory(tmp_path):
    looser = rule_text(parameters="{ days_min = 14 }", in_place_of='"city"')
    assert among(tmp_path, rule_text(), looser) == (
        "district.toml",
        "rule[0] VOTE-13.parameters.days_min",
        "looser than in city, and does not say so",
    )


def test_a_special_law_that_says_it_loosens_a_rule_may(tmp_path):
    looser = rule_text(parameters="{ days_min = 14 }", in_place_of='"city"', loosens="true")
    assert among(tmp_path, rule_text(), looser) is None


def test_loosening_nothing_is_a_fault(tmp_path):
    ended = rule_text(valid_to="2021-12-31")
    found = among(tmp_path, ended, rule_text(valid_from="2022-01-01", loosens="true"))
    assert found == ("district.toml", "rule[0] VOTE-13.loosens", "nothing is in_place_of")


@pytest.mark.parametrize("named", ['"nobody"', '"district"'])
def test_a_rule_cannot_stand_in_the_place_of_one_that_is_not_there(tmp_path, named):
    found = among(tmp_path, rule_text(), rule_text(in_place_of=named))
    assert found is not None
    assert found[:2] == ("district.toml", "rule[0] VOTE-13.in_place_of")


def test_a_wider_pack_cannot_stand_in_the_place_of_a_narrower_one(tmp_path):
    found = among(tmp_path, rule_text(in_place_of='"district"'), rule_text())
    assert found == (
        "city.toml",
        "rule[0] VOTE-13.in_place_of",
        "no wider pack district has this rule at that time",
    )


def test_a_narrower_pack_may_take_over_a_rule_that_ended(tmp_path):
    ended, taken_over = rule_text(valid_to="2026-06-30"), rule_text(valid_from="2026-07-01")
    assert among(tmp_path, ended, taken_over) is None


def test_a_list_of_what_is_required_may_grow_but_not_shrink(tmp_path):
    city = rule_text("VOTE-14", parameters='{ notified = ["housing-office", "neighbourhood"] }')
    more = 'notified = ["street", "neighbourhood", "housing-office"]'
    longer = rule_text("VOTE-14", parameters=f"{{ {more} }}", in_place_of='"city"')
    shorter = rule_text("VOTE-14", parameters='{ notified = ["street"] }', in_place_of='"city"')
    assert among(tmp_path, city, longer) is None
    found = among(tmp_path, city, shorter)
    assert found is not None
    assert found[1] == "rule[0] VOTE-14.parameters.notified"


def test_an_optional_number_of_the_wider_rule_must_not_fall_away(tmp_path):
    city = rule_text("FIRM-10", parameters="{ months_max = 6, posting_days_max = 3 }")
    silent = rule_text("FIRM-10", parameters="{ months_max = 6 }", in_place_of='"city"')
    found = among(tmp_path, city, silent)
    assert found is not None
    assert found[1] == "rule[0] FIRM-10.parameters.posting_days_max"


def test_two_districts_do_not_bind_each_other(tmp_path):
    files = written(
        tmp_path,
        pudong=pack_text(rule_text(), pack="pudong", jurisdiction=DISTRICT),
        hongkou=pack_text(rule_text(), pack="hongkou", jurisdiction=OTHER_DISTRICT),
    )
    assert [pack.id for pack in read_all(files)] == ["pudong", "hongkou"]


def test_an_area_lies_within_another_by_whole_parts_of_its_code(tmp_path):
    assert among(tmp_path, rule_text(), rule_text(), jurisdiction="CN-312") is None
