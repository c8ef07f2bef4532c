"""A record shows its files: those for all to open, of the others that they exist and who may see them."""

from ledger.actions.community import RegisterBuilding
from ledger.store.vault import Upload
from tests.api.pages.resident import Installation

INVOICE, RECEIPT, ROSTER = "a" * 64, "b" * 64, "c" * 64
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def recorded(here: Installation) -> int:
    vault = here.services.vault
    vault.keep_upload("wutongli", Upload(INVOICE, "发票.pdf", "application/pdf", 312 * 1024 + 1, "public"))
    vault.keep_upload("wutongli", Upload(RECEIPT, "张三 收据.jpg", "image/jpeg", 1, "audit"))
    vault.keep_upload("wutongli", Upload(ROSTER, "业主名单.xlsx", XLSX, 2048, "owners"))
    command = RegisterBuilding(building="3", title="3号楼", attachments=(INVOICE, RECEIPT, ROSTER))
    return here.record("secretary", command)


def test_a_file_for_everybody_is_a_link_and_of_the_others_it_is_said_who_may_see_them(here):
    page = here.read(f"/c/wutongli/events/{recorded(here)}")
    assert "票据和附件 PDF 文件 · 313 KB 发票.pdf 人人可看 aaaa aaaa" in page.text
    assert f"/files/wutongli/{INVOICE}" in page.links
    assert "照片 · 1 KB 只有审计人员、业委会主任和街道可看。" in page.text
    assert "表格 · 2 KB 只有本小区业主和经办的人可看。" in page.text
    assert "要看请找业委会" in page.text


def test_neither_name_nor_digest_of_a_private_file_is_on_the_page(here):
    page = here.read(f"/c/wutongli/events/{recorded(here)}?lang=en")
    assert "Only auditors, the chair and the street office may see it." in page.text
    for hidden in ("张三", "业主名单", RECEIPT, ROSTER):
        assert hidden not in page.text.replace(" ", "")
