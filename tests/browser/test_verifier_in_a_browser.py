"""`verify.html` in a real Chromium: it says of every pack what `verify.py` says, and asks nobody anything."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from ledger.verifier import verify
from tests.verifier.packs import (
    LOG_KEY,
    OTHER_KEY,
    WITNESSES,
    PackToTest,
    demonstration_pack,
    policy,
    rotated,
)
from tests.verifier.tamperings import WITH_KEY, WITHOUT_KEY, Tampering

pytestmark = pytest.mark.browser

TOO_SMALL = """[...document.querySelectorAll('button, input, textarea, summary')]
  .filter(one => one.offsetParent && one.getBoundingClientRect().height < 60)
  .map(one => one.id || one.textContent)"""
FILE = Path(verify.__file__).with_name("verify.html")
Levels = dict[str, tuple[str, int | None]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> PackToTest:
    return demonstration_pack(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, offline=True)
    opened = context.new_page()
    opened.goto(FILE.as_uri())
    yield opened
    context.close()


def seen(page: Page, pack: Path | None = None, **given: object) -> Any:
    """What the page finds."""
    page.reload()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    if pack is not None:
        page.set_input_files("#pack", str(pack))
    for name, value in given.items():
        if isinstance(value, Path):
            page.set_input_files(f"#{name}", str(value))
        else:
            page.fill(f"#{name}", str(value))
    page.click("#go")
    page.wait_for_selector(".verdict", timeout=60_000)
    return page.evaluate("globalThis.report")


def levels(report: Any) -> Levels:
    return {level["name"]: (level["state"], level["record"]) for level in report["levels"]}


def by_python(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    verify.main([*map(str, arguments), "--json"])
    return json.loads(capsys.readouterr().out)


# -- both say the same ---------------------------------------------------------------------------------------


# every other one: all of them go through verify.py in tests/verifier, and a page takes seconds
@pytest.mark.parametrize(
    "tampering", [None, *WITHOUT_KEY[::2], *WITH_KEY[::2]], ids=lambda one: one.name if one else "nothing"
)
def test_both_verifiers_agree_on_every_level_and_record(
    tampering: Tampering | None,
    sound: PackToTest,
    page: Page,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pack = sound.copy()
    if tampering is not None:
        tampering.done(pack)
    path = pack.zipped(tmp_path / "pack.zip")
    kept = tmp_path / "kept"
    kept.write_bytes(sound.files["log/checkpoint"])
    expected = by_python(capsys, path, "--vkey", LOG_KEY.vkey, "--checkpoint", kept)
    found = seen(page, path, vkey=LOG_KEY.vkey, saved=kept.read_text(encoding="utf-8"))
    assert levels(found) == levels(expected)
    assert (found["status"], found["first_bad"]) == (expected["status"], expected["first_bad"])
    assert found["status"] == int(tampering is not None)


@pytest.mark.parametrize("by_both", [True, False], ids=["both keys signed", "taken over"])
def test_both_verifiers_agree_on_a_key_that_was_replaced(
    by_both: bool, sound: PackToTest, page: Page, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = rotated(sound.copy(), by_both=by_both).zipped(tmp_path / "pack.zip")
    expected = by_python(capsys, path, "--vkey", LOG_KEY.vkey)
    found = seen(page, path, vkey=LOG_KEY.vkey)
    assert levels(found) == levels(expected)
    assert (found["status"], found["first_bad"]) == (expected["status"], expected["first_bad"])
    assert found["status"] == int(not by_both)


@pytest.mark.parametrize(("signed", "state"), [(3, "pass"), (1, "fail")])
def test_it_counts_witnesses(signed: int, state: str, sound: PackToTest, page: Page, tmp_path: Path) -> None:
    path = sound.copy().sealed(witnesses=WITNESSES[:signed]).zipped(tmp_path / "pack.zip")
    (tmp_path / "policy").write_bytes(policy(WITNESSES, 2))
    assert levels(seen(page, path, policy=tmp_path / "policy"))["signature"][0] == state


def test_three_lines_typed_from_a_photograph_are_enough(
    sound: PackToTest, page: Page, tmp_path: Path
) -> None:
    typed = "\n".join(str(sound.checkpoint(120)).split("\n")[:3])
    path = sound.zipped(tmp_path / "pack.zip")
    assert levels(seen(page, path, saved=typed))["grown"] == ("pass", None)
    assert levels(seen(page, path, saved=typed.replace("120", "121")))["grown"][0] == "fail"


def test_a_key_from_elsewhere_decides(sound: PackToTest, page: Page, tmp_path: Path) -> None:
    assert (
        levels(seen(page, sound.zipped(tmp_path / "pack.zip"), vkey=OTHER_KEY.vkey))["signature"][0] == "fail"
    )


def test_rubbish_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(b"PK rubbish")
    assert seen(page, tmp_path / "pack.zip")["status"] == 2
    assert page.inner_text(".verdict").startswith("这不是完好的资料包")


# -- the page itself -----------------------------------------------------------------------------------------


def test_it_asks_nobody_anything(browser: Browser, sound: PackToTest, tmp_path: Path) -> None:
    context = browser.new_context()
    asked: list[str] = []
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(FILE.as_uri())
    assert seen(opened, sound.zipped(tmp_path / "pack.zip"))["status"] == 0
    assert {url for url in asked if not url.startswith("blob:")} == {FILE.as_uri()}
    refused = opened.evaluate("fetch('http://127.0.0.1:9/').then(() => 'asked', error => error.name)")
    assert refused == "TypeError"
    assert "default-src 'none'" in FILE.read_text(encoding="utf-8")
    context.close()


def test_the_bundled_signatures_agree_with_those_of_the_browser(page: Page) -> None:
    page.reload()
    assert (
        page.evaluate(
            """async () => {
          const hexed = (text) => Uint8Array.from(text.match(/../g), (two) => parseInt(two, 16));
          const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
          const key = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
          for (const length of [0, 1, 111, 112, 127, 128, 500]) {
            const message = crypto.getRandomValues(new Uint8Array(length));
            const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message));
            if (!ed25519bundled(key, message, signature)) return 'refused ' + length;
            const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', message));
            if (!same(sha256(message), digest)) return 'sha256';
            signature[40] ^= 1;
            if (ed25519bundled(key, message, signature)) return 'accepted';
            if (await ed25519(key, message, signature)) return 'accepted';
          }
          const small = hexed('01' + '00'.repeat(31));
          const forged = hexed('01' + '00'.repeat(63));
          return await ed25519(small, new Uint8Array(3), forged) ? 'small order' : 'good';
        }"""
        )
        == "good"
    )


def test_without_webcrypto_and_workers_it_finds_the_same(
    browser: Browser, sound: PackToTest, tmp_path: Path
) -> None:
    context = browser.new_context()
    context.add_init_script(
        "delete globalThis.Worker; Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
    )
    opened = context.new_page()
    opened.goto(FILE.as_uri())
    found = seen(opened, sound.zipped(tmp_path / "pack.zip"), vkey=LOG_KEY.vkey)
    assert levels(found)["signature"] == ("pass", None)
    context.close()


def test_both_files_say_the_same_words() -> None:
    html = FILE.read_text(encoding="utf-8")
    table = html.split('<script type="text/plain" id="words">')[1].split("</script>")[0]
    lines = dict(line.split("|", 1) for line in table.strip().split("\n"))
    assert {code: tuple(lines[code].split("|")) for code in verify.WORDS} == verify.WORDS
    assert {name: tuple(lines[f"level.{name}"].split("|")) for name in verify.LEVELS} == verify.TITLES


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_fits_every_screen_and_has_no_barriers(
    browser: Browser, sound: PackToTest, tmp_path: Path, width: int, lang: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, locale="zh-CN" if lang == "zh" else "en-GB"
    )
    opened = context.new_page()
    opened.goto(FILE.as_uri())
    pack = sound.copy()
    WITH_KEY[0].done(pack)
    seen(opened, pack.zipped(tmp_path / "pack.zip"))
    assert opened.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = opened.evaluate(TOO_SMALL)
    assert small == []
    assert Axe().run(opened).response["violations"] == []
    context.close()
