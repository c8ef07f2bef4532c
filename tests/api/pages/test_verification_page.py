"""查证: what a resident reads there, and on a record: what was checked, against what, and what was not."""

import hashlib
import io
import os
import zipfile
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest

from ledger.transparency.checkpoint import Checkpoint, checkpoint_of
from ledger.transparency.log_folder import Stop
from ledger.transparency.note import COSIGNATURE, SigningKey, encoded, parsed, signed
from tests.api.pages.books import fund_opened
from tests.api.pages.resident import NOW
from tests.api.signing import ORIGIN, sign

PAGE = "/c/wutongli/verify"
A_DAY = date(2026, 11, 20)


@pytest.fixture
def keys(here, tmp_path):
    """梧桐里 with one fund, signed on 20 November at 09:46."""
    fund_opened(here, "working", 900_00, A_DAY)
    return resign(here, tmp_path)


def resign(here, folder, **options):
    found = sign(here.services, folder, **options)
    os.utime(folder / "wutongli" / "checkpoint", (NOW.timestamp(), NOW.timestamp()))
    return found


def log(here):
    return here.services.logs.of("wutongli")


def shown(here):
    return checkpoint_of(parsed(log(here).checkpoint()).text)


def compare(here, text):
    return here.read(f"{PAGE}?checkpoint={quote(text)}")


# -- the page --------------------------------------------------------------------------------------------


def test_it_says_what_was_checked_when_and_against_which_checkpoint(here, keys):
    now = shown(here)
    text = here.read(PAGE).text
    assert f"现在的检查点 {now.size} 条记录" in text
    assert encoded(now.root) in text.replace(" ", "")
    assert f"账本 {ORIGIN} 签名时间 2026年11月20日 09:46" in text
    assert "✓ 对 签名 检查点是这本账写明的那把钥匙签的。" in text
    assert f"✓ 对 全部记录 从第 0 条到第 {now.size - 1} 条，每一条都重新算了一遍" in text
    assert "– 没核对 是不是只增不改" in text
    assert "核对时间：2026年11月20日 09:46。这是我们的机器核对自己，只能当参考" in text
    assert "哈希" not in text


def test_without_witnesses_it_says_so_and_what_that_means(here, keys):
    text = here.read(PAGE).text
    assert "! 还没有别的单位作见证。 所以目前只有这本账自己的签名" in text


def test_witnesses_are_named_with_the_time_they_signed(here, tmp_path):
    street, audit = (
        SigningKey(f"{name}.example", name.encode().ljust(32), COSIGNATURE) for name in ("a", "b")
    )
    policy = f"witness street {street.vkey}\nwitness audit {audit.vkey}\nquorum none\n"
    resign(here, tmp_path, policy=policy.encode())
    path = tmp_path / "wutongli" / "checkpoint"
    note = parsed(path.read_bytes())
    line = street.sign(note.text, int(datetime(2026, 11, 20, 2, 30, tzinfo=UTC).timestamp()))
    path.write_text(str(note) + line.line)
    text = here.read(PAGE).text
    assert "✓ 签了 street a.example · 2026年11月20日 10:30" in text
    assert "! 还没签 audit b.example" in text
    assert "没有见证签字，检查点也会公布" in text


def test_it_says_how_to_check_without_us_and_gives_the_key_to_compare(here, keys):
    page = here.read(PAGE)
    vkey = str(keys.signers("wutongli")[0].vkey)
    assert f"python3 verify.py wutongli.zip --vkey '{vkey}'" in page.text
    assert f"钥匙要和公告栏上印的比，不要只看网上的。网上的： {vkey}" in page.text
    links = [
        f"/t/wutongli/{name}"
        for name in ("export.zip", "verify.html", "checkpoint.pdf", "checkpoint", "policy")
    ]
    assert [link for link in page.links if link.startswith("/t/")] == links
    for link in links:
        with here.client.get(link) as answer:
            assert answer.status_code == 200, link


def test_a_tool_that_was_exchanged_is_known_by_its_fingerprint(here, keys):
    """Whoever serves a page that always says yes is betrayed by the digest on the notice board."""
    page = here.read(PAGE)
    with here.client.get("/t/wutongli/verify.html") as served:
        assert f"verify.html {hashlib.sha256(served.data).hexdigest()}" in page.text
    with (
        here.client.get("/t/wutongli/export.zip") as answer,
        zipfile.ZipFile(io.BytesIO(answer.data)) as pack,
    ):
        for name in ("verify.html", "verify.py"):
            assert f"{name} {hashlib.sha256(pack.read(name)).hexdigest()}" in page.text


def test_a_log_that_was_never_signed_is_not_said_to_be_safe(here):
    page = here.read(PAGE)
    assert "! 这本账还没有签过名的检查点。记录都在，但是改了看不出来。" in page.text
    assert "✓" not in page.text.partition("您的浏览器")[0]


def test_a_log_that_stopped_says_why(here, keys):
    log(here).stop(Stop("publisher.record-differs", {"ledger": "wutongli", "number": 3}))
    text = here.read(PAGE).text
    assert "✗ 日志停了：第 3 条与签过名的不一样，已被改动。不再签名。请与备份核对。" in text
    log(here).stop(None)
    assert "日志停了" not in here.read(PAGE).text


def test_new_records_are_said_to_be_unsigned_and_late_after_a_minute(here, keys):
    fund_opened(here, "maintenance", 0, A_DAY)
    assert "还有 1 条新记录没有签进去。一般 10 秒内。" in here.read(PAGE).text
    here.services.store.clock = lambda: NOW + timedelta(seconds=61)
    assert "! 还有 1 条新记录没有签进去。已经过了一分钟以上。" in here.read(PAGE).text


def test_a_record_the_store_no_longer_has_as_it_was_signed_is_named(here, keys, monkeypatch):
    number = shown(here).size - 1
    rows = here.services.store.ledger_rows

    def altered(*asked):
        return [
            row._replace(entry=row.entry + b" ") if row.number == number - 1 else row for row in rows(*asked)
        ]

    monkeypatch.setattr(here.services.store, "ledger_rows", altered)
    page = here.read(PAGE)
    assert f"✗ 不对 全部记录 第 {number - 1} 条 和签过名的不一样：被改过或者不见了。" in page.text
    assert f"/c/wutongli/events/{number - 1}" in page.links


def test_a_checkpoint_of_another_key_is_not_to_be_believed(here, keys):
    stranger = SigningKey(ORIGIN, bytes(range(32)))
    log(here).show(signed(shown(here).text, [stranger]))
    assert "✗ 不对 签名 检查点上没有这本账那把钥匙的签名。不要相信它，请告诉街道。" in here.read(PAGE).text


def test_a_checkpoint_that_is_none_is_shown_as_none(here, keys):
    (log(here).folder / "checkpoint").write_text("nonsense")
    page = here.read(PAGE)
    assert (page.status, "这本账还没有签过名的检查点" in page.text) == (200, True)
    assert "还没有签过名的检查点，所以还没有证明" in here.read("/c/wutongli/events/1").text


def test_it_is_looked_at_anew_for_everybody_who_asks(here, keys):
    first = here.client.get(PAGE)
    assert "ETag" not in first.headers
    here.services.store.clock = lambda: NOW + timedelta(minutes=5)
    assert "核对时间：2026年11月20日 09:51" in here.read(PAGE).text


def test_it_reads_in_english_as_well(here, keys):
    text = here.read(PAGE, Accept_Language="en").text
    assert "Not yet witnessed by anybody else." in text
    assert "✓ right Signature The checkpoint is signed by the key this ledger names." in text


def test_there_is_no_such_page_of_a_ledger_that_is_none(here):
    assert here.read("/c/nowhere/verify").status == 404


# -- a checkpoint in the hand ----------------------------------------------------------------------------


def test_a_checkpoint_from_the_board_agrees_with_a_ledger_that_only_grew(here, keys, tmp_path):
    old = shown(here)
    fund_opened(here, "maintenance", 0, A_DAY)
    resign(here, tmp_path)
    page = compare(here, old.text)
    assert f"对得上：您手里的 {old.size} 条，一条没改" in page.text
    assert f"现在的账有 {shown(here).size} 条，前 {old.size} 条和您手里的检查点一样" in page.text
    assert "它上面的签名也对" not in page.text
    assert page.status == 200


def test_with_its_signature_that_is_checked_too(here, keys):
    assert "它上面的签名也对，是这本账的钥匙签的。" in compare(here, log(here).checkpoint().decode()).text


def test_another_fingerprint_is_an_alarm_that_says_what_to_do(here, keys):
    page = compare(here, Checkpoint(ORIGIN, 3, bytes(32)).text)
    assert "✗ 警报：账和您手里的检查点对不上" in page.text
    assert "先再对一遍" in page.text
    assert "留好那张照片或那张纸，不要删。 把本页也拍下来。 带着它们去居委会、街道，请他们查。" in page.text
    assert {"class": "alarm", "aria-labelledby": "answer", "role": "alert"} in page.elements_of("section")


def test_with_the_ledgers_own_signature_it_cannot_be_a_slip_of_the_pen(here, keys):
    forged = signed(Checkpoint(ORIGIN, 3, bytes(32)).text, keys.signers("wutongli"))
    text = compare(here, str(forged)).text
    assert "不会是抄错。这份检查点就是证据。" in text
    assert "先再对一遍" not in text


def test_more_records_than_there_are_is_an_alarm(here, keys):
    size = shown(here).size
    text = compare(here, Checkpoint(ORIGIN, size + 40, bytes(32)).text).text
    assert "✗ 警报：账上的记录少了" in text
    assert f"您手里的检查点有 {size + 40} 条，现在签过名的只有 {size} 条。" in text


def test_the_checkpoint_of_another_ledger_is_no_alarm(here, keys):
    page = compare(here, Checkpoint("zhang.example/t/xinghuali", 3, bytes(32)).text)
    assert "这是别的账本的检查点" in page.text
    assert f"您抄的 zhang.example/t/xinghuali 这本账 {ORIGIN}" in page.text
    assert "alarm" not in page.html.partition("<template")[0]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hello", "要抄三行"),
        (f"{ORIGIN}\nmany\n{'A' * 43}=", "第二行应当是条数，只有数字"),
        (f"{ORIGIN}\n3\n{'A' * 42}=", "第三行是指纹，一共 44 个字母、数字和符号"),
        (f"{ORIGIN}\n3\n{'A' * 43}=\n— nobody", "前三行后面的签名没有抄对"),
        ("9" * 9000, "太长了"),
        ("<script>alert(1)</script>", "要抄三行"),
    ],
)
def test_what_cannot_be_read_is_said_in_words_and_stays_in_the_form(here, keys, typed, said):
    page = compare(here, typed)
    assert page.status == 400
    assert "没看懂您抄的检查点" in page.text
    assert said in page.text
    assert " ".join(typed.split()) in page.text
    (area,) = page.elements_of("textarea")
    assert (area["aria-invalid"], area["aria-describedby"]) == ("true", "checkpoint-fault")
    assert "checkpoint-fault" in page.ids


def test_before_anything_is_signed_there_is_nothing_to_compare_with(here):
    page = compare(here, Checkpoint(ORIGIN, 3, bytes(32)).text)
    assert "这本账还没有签过名的检查点，没有东西可以比。" in page.text


# -- a record --------------------------------------------------------------------------------------------


def test_a_signed_record_offers_its_proof_and_its_bytes(here, keys):
    size = shown(here).size
    page = here.read(f"/c/wutongli/events/{size - 1}")
    assert f"✓ 已写进签过名的检查点（共 {size} 条）。" in page.text
    for link in (f"/t/wutongli/proof/{size - 1}", f"/t/wutongli/entry/{size - 1}"):
        assert link in page.links
        assert here.client.get(link).status_code == 200
    assert PAGE in page.links


def test_a_record_that_is_not_signed_yet_says_so_until_it_is(here, keys, tmp_path):
    number = fund_opened(here, "maintenance", 0, A_DAY)
    address = f"/c/wutongli/events/{number}"
    page = here.read(address)
    assert "已记下，还没有写进签过名的检查点，一般 10 秒内。" in page.text
    assert f"/t/wutongli/proof/{number}" not in page.links
    resign(here, tmp_path)
    assert "✓ 已写进签过名的检查点" in here.read(address).text  # though nothing was recorded since


def test_a_record_of_a_log_that_stopped_says_why_it_has_no_proof(here, keys):
    number = fund_opened(here, "maintenance", 0, A_DAY)
    log(here).stop(Stop("publisher.unsigned", {}))
    assert "✗ 已记下，但日志停了，还没有写进签过名的检查点。原因：签出来的名自己核对不上" in (
        here.read(f"/c/wutongli/events/{number}").text
    )


def test_a_record_of_a_ledger_without_a_log_says_that_there_is_no_proof(here):
    page = here.read("/c/wutongli/events/1")
    assert "已记下。这本账还没有签过名的检查点，所以还没有证明可以下载。" in page.text
    assert [link for link in page.links if link.startswith("/t/")] == []


def test_every_page_of_a_ledger_leads_here_and_brings_the_script_that_keeps_a_checkpoint(here, keys):
    page = here.read("/c/wutongli")
    assert PAGE in page.links
    (script,) = page.elements_of("script")
    with here.client.get(script["src"]) as answer:
        assert answer.content_type.startswith("text/javascript")
    (template,) = page.elements_of("template")
    assert template["data-log"] == "/t/wutongli"
    assert "警报" not in page.text
    assert here.read("/").elements_of("script") == []
