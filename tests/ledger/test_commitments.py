"""Persons are in the books only as salted digests (rule 4 of "The event's bytes"; RFC 9901)."""

import base64
import hashlib
import json

import pytest

from ledger.actions.community import RegisterBuilding
from ledger.actors import Actor, Authorship, commit, digest_of, disclosure
from ledger.asked import Asked
from ledger.errors import Refused
from ledger.fields import Personal
from tests.ledger.asked import register_units
from tests.ledger.happened import (
    building_registered,
    committee_decided,
    fund_opened,
    payment_recorded,
    role_granted,
)
from tests.ledger.story import TODAY, WUTONGLI, Story, given, then_recorded, when

OWNER = "owner 0417 of the roll"
EVENT_ID = "019a9f5e-7c1e-7b3a-9f0e-3a1d2c4b5e6f"
KEY = bytes(range(32))
LIN_IN_3_101 = register_units("3-101", owner_ref="lin")


@pytest.fixture(autouse=True)
def _telling(a_story: Story) -> None:
    """Every spec here tells a story."""


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def opened(disclosed: str) -> list[str]:
    """What anybody reads who is shown a disclosure."""
    return json.loads(base64.urlsafe_b64decode(disclosed + "=" * (-len(disclosed) % 4)))


def test_the_digest_is_that_of_the_example_in_rfc_9901():
    shown = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert opened(shown) == ["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]
    assert digest_of(shown) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_a_disclosure_is_the_salt_the_name_and_the_value_in_canonical_json():
    shown = disclosure(KEY, EVENT_ID, "units/0/owner_ref", OWNER)
    salt, name, value = opened(shown)
    assert (name, value) == ("owner_ref", OWNER)
    assert len(base64.urlsafe_b64decode(salt + "==")) == 16
    assert shown == unpadded(f'["{salt}","{name}","{value}"]'.encode())


def test_a_commitment_is_recomputed_from_what_is_shown():
    shown = disclosure(KEY, EVENT_ID, "who", "the-treasurer")
    assert commit(KEY, EVENT_ID, "who", "the-treasurer") == unpadded(hashlib.sha256(shown.encode()).digest())


def test_the_salt_is_new_for_every_person_event_and_field():
    places = [
        (KEY, EVENT_ID, "who"),
        (KEY, EVENT_ID, "account"),
        (KEY, EVENT_ID, "units/0/who"),
        (KEY, EVENT_ID, "units/1/who"),
        (KEY, EVENT_ID[:-1] + "e", "who"),
        (KEY[::-1], EVENT_ID, "who"),
    ]
    assert len({opened(disclosure(*place, "the-treasurer"))[0] for place in places}) == len(places)


def test_the_author_is_recognised_and_nobody_else():
    written = Authorship(EVENT_ID, commit(KEY, EVENT_ID, "who", "the-treasurer"))
    assert Actor("the-treasurer", KEY).wrote(written)
    assert not Actor("the-chair", KEY).wrote(written)
    assert not Actor("the-treasurer", KEY[::-1]).wrote(written)
    assert not Actor("the-treasurer", KEY).wrote(None)


def test_every_author_in_the_books_is_recomputed_from_the_vault(a_story):
    given(fund_opened("working", fen=9_000_00), committee_decided("printer", authorises=5_00))
    given(payment_recorded("printer", fen=5_00, fund="working"))
    authors = []
    for row in a_story.store.rows(0):
        entry = json.loads(row.entry)
        role = entry["by"]["role"]
        shown = disclosure(a_story.vault.key(f"the-{role}"), entry["id"], "who", f"the-{role}")
        assert entry["by"]["who"] == {"_sd": digest_of(shown)}
        authors.append(entry["by"]["who"]["_sd"])
    assert len(set(authors)) == len(authors), "two events of one person must not look alike"


def test_an_owner_in_the_register_is_recomputed_from_the_vault(a_story):
    given(building_registered("3"))
    when(register_units("3-101", "3-102", owner_ref=OWNER))
    (line,) = then_recorded()
    entry = json.loads(a_story.store.rows(line.position - 1, 1)[0].entry)
    key = a_story.vault.key(f"wutongli/owner/{OWNER}")
    for index, unit in enumerate(entry["data"]["units"]):
        assert unit["owner_ref"] == {"_sd": commit(key, entry["id"], f"units/{index}/owner_ref", OWNER)}


def test_no_person_stands_in_any_stored_byte(a_story, store_folder):
    given(
        building_registered("3"), fund_opened("working", fen=9_000_00), role_granted("wu-from-1201", "member")
    )
    given(
        committee_decided("printer", authorises=5_00), payment_recorded("printer", fen=5_00, fund="working")
    )
    when(register_units("3-101", owner_ref=OWNER), key="a-key")
    then_recorded()
    persons = ["wu-from-1201", OWNER, *(f"the-{row['by']['role']}" for row in entries(a_story))]
    files = [path for path in store_folder.iterdir() if path.name.startswith("ledger.")]
    stored = b"".join(path.read_bytes() for path in files)
    assert b"building.registered" in stored
    assert [person for person in persons if person.encode() in stored] == []


def entries(a_story):
    return [json.loads(row.entry) for row in a_story.store.ledger_rows(WUTONGLI, -1, 1_000)]


def test_a_value_that_is_not_its_subject_is_kept_to_be_shown(a_story):
    personal = Personal.of("the-secretary", "021-5555 0417")
    assert (personal.subject, personal.value) == ("the-secretary", "021-5555 0417")
    assert Personal.of("the-secretary").value == "the-secretary"


def test_an_owner_and_an_account_of_one_name_have_keys_of_their_own(a_story):
    given(building_registered("3"), role_granted("lin", "member"))
    when(register_units("3-101", owner_ref="lin"))
    then_recorded()
    assert a_story.vault.key("wutongli/owner/lin") != a_story.vault.key("lin")


def test_owners_called_alike_in_two_communities_are_two_persons(a_story):
    a_story.begin("ginkgo")
    building = RegisterBuilding(building="3", title="3号楼")
    for ledger in (WUTONGLI, "ginkgo"):
        asked = [Asked(ledger, command, "the-secretary", TODAY) for command in (building, LIN_IN_3_101)]
        a_story.ledger.record_all(asked)
    key, other = (a_story.vault.key(f"{ledger}/owner/lin") for ledger in (WUTONGLI, "ginkgo"))
    assert None not in (key, other)
    assert key != other


def test_the_vault_keeps_nothing_of_what_was_refused(a_story):
    given(building_registered("3"))
    kept = []
    a_story.vault.keep = lambda *disclosed: kept.append(disclosed)
    units = register_units("3-101", owner_ref=OWNER)
    twice = [Asked(WUTONGLI, units, "the-secretary", TODAY)] * 2
    with pytest.raises(Refused):
        a_story.ledger.record_all(twice)
    assert kept == []
    when(units)
    then_recorded()
    assert len(kept) == 1
