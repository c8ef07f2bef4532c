"""The street's work list: the firms and communities that are on it (SYS-05)."""

from ledger.actions.work_list import RegisterFirm
from tests.ledger.asked import list_community
from tests.ledger.happened import community_listed, firm_registered
from tests.ledger.story import given, then, then_refused, when


def test_a_firm_enters_the_list():
    when(RegisterFirm(firm="heng-sheng", title="恒升物业"))
    then(firm_registered("heng-sheng"))


def test_a_firm_enters_the_list_once():
    given(firm_registered("heng-sheng"))
    when(RegisterFirm(firm="heng-sheng", title="恒升物业"))
    then_refused("firm.already-registered", firm="heng-sheng")


def test_a_community_enters_the_list_with_its_firm():
    given(firm_registered("heng-sheng"))
    when(list_community("compound-5"))
    then(community_listed("compound-5"))


def test_a_community_enters_the_list_once():
    given(firm_registered("heng-sheng"), community_listed("compound-5"))
    when(list_community("compound-5"))
    then_refused("community.already-listed", community="compound-5")


def test_the_firm_of_a_community_is_on_the_list():
    when(list_community("compound-5", firm="nobody"))
    then_refused("firm.unknown", firm="nobody")
