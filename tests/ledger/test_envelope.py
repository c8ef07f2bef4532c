"""The bytes: RFC 8785 in a narrow profile going out, strict JSON coming in."""

import json
import sys
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from unicodedata import normalize
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.envelope import BODY_DEPTH_MAX, ENTRY_BYTES_MAX, ENTRY_DEPTH_MAX, canonical, leaf_hash, parse
from ledger.errors import Malformed
from ledger.fields import SAFE_INTEGER
from projections.batch import unswept

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "tlog-vectors" / "jcs"
CONTROLS = {*range(0x20), *range(0x7F, 0xA0)}
UNSEEN = {0x61C, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2060, 0x206A), 0xFEFF}
UNSAFE = CONTROLS | UNSEEN | {*range(0xFFF9, 0x10000)}


def refusal(act, *args):
    """(pointer, code) of the refusal."""
    with pytest.raises(Malformed) as refused:
        act(*args)
    ((pointer, code, _),) = refused.value.errors
    return pointer, code


# -- the profile -----------------------------------------------------------------------------------

TEXT = (
    st.text(st.characters(codec="utf-8"), max_size=40)
    .map(lambda text: normalize("NFC", text))
    .filter(lambda text: not UNSAFE & set(map(ord, text)))
)
NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
WHOLE = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
VALUES = st.recursive(
    TEXT | WHOLE | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
).filter(lambda value: depth_of(value) <= ENTRY_DEPTH_MAX)


def depth_of(value):
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


@given(VALUES)
def test_canonical_bytes_are_those_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_canonical_bytes_encode_again_to_themselves(value):
    assert canonical(parse(canonical(value))) == canonical(value)


@given(VALUES)
def test_the_standard_library_alone_makes_the_same_bytes(value):
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    assert canonical(value) == plain.encode()


def test_members_are_sorted_and_nothing_is_spaced():
    assert (
        canonical({"b": [1, True], "a": "梧桐里", "B": {}}) == '{"B":{},"a":"梧桐里","b":[1,true]}'.encode()
    )


def test_a_day_is_written_as_text():
    assert canonical({"on": date(2026, 9, 30)}) == b'{"on":"2026-09-30"}'


FRACTIONS = [0.5, 1.0, float("nan"), Decimal("1.00")]
OTHERS = [None, b"\x00", bytearray(b"1"), UUID(int=7), datetime(2026, 9, 30, tzinfo=UTC)]


@pytest.mark.parametrize("value", [*FRACTIONS, *OTHERS], ids=repr)
def test_what_has_no_one_spelling_is_refused(value):
    assert refusal(canonical, {"a": [value]}) == ("/a/0", "json.not-in-profile")


def test_text_is_in_normal_form_c():
    assert canonical("\u00c5") == '"\u00c5"'.encode()
    assert refusal(canonical, {"name": "A\u030a"}) == ("/name", "text.not-nfc")


def test_every_usual_chinese_character_is_in_normal_form_as_it_is():
    usual = "".join(map(chr, range(0x4E00, 0xA000))) + "、。（），：；"
    assert normalize("NFC", usual) == usual
    assert canonical(usual, bytes_max=100_000) == rfc8785.dumps(usual)


@pytest.mark.parametrize("accented", ["e\u0301", "か\u3099", "\u1100\u1161"])
def test_among_chinese_text_is_in_normal_form_c_too(accented):
    assert refusal(canonical, {"name": f"梧桐{accented}里"}) == ("/name", "text.not-nfc")
    assert refusal(canonical, {"name": f"{accented}里"}) == ("/name", "text.not-nfc")


@pytest.mark.parametrize("code_point", sorted(UNSAFE))
def test_characters_that_hide_or_forge_text_are_refused(code_point):
    assert refusal(canonical, {"name": f"梧桐{chr(code_point)}里"}) == ("/name", "text.unsafe-character")


@pytest.mark.parametrize("half", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_half_a_character_is_refused(half):
    assert refusal(canonical, {"name": chr(half)}) == ("/name", "text.unsafe-character")


@pytest.mark.parametrize("number", [SAFE_INTEGER, -SAFE_INTEGER])
def test_the_largest_whole_numbers_are_exact_in_every_language(number):
    assert canonical(number) == str(number).encode()
    assert refusal(canonical, [number + (1 if number > 0 else -1)]) == ("/0", "integer.out-of-range")


@pytest.mark.parametrize("name", ["名", "a\x00", "a\x7f", "\u00e9", 7])
def test_member_names_are_printable_ascii(name):
    assert refusal(canonical, {"a": {name: 1}}) == ("/a", "json.member-name")


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_eight_levels_are_enough_and_nine_too_many():
    assert canonical(nested(8)) == b"[[[[[[[[1]]]]]]]]"
    assert refusal(canonical, nested(9)) == ("/0" * 8, "json.too-deep")


def test_a_depth_that_breaks_a_recursive_encoder_is_refused_like_any_other():
    assert refusal(canonical, nested(sys.getrecursionlimit() * 100))[1] == "json.too-deep"


def test_an_entry_is_at_most_65535_bytes():
    longest = "x" * (ENTRY_BYTES_MAX - 2)
    assert len(canonical(longest)) == 65_535
    assert refusal(canonical, longest + "x") == ("", "entry.too-long")


def test_bytes_are_counted_and_not_characters():
    assert len(canonical("明" * 21_844)) == 65_534
    assert refusal(canonical, "明" * 21_845) == ("", "entry.too-long")


def test_a_leaf_hash_is_that_of_rfc_6962():
    # RFC 9162 2.1.1: SHA-256 of 0x00 and the entry; known answers of transparency-dev/merkle
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"\x00").hex() == "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"


# -- reading ---------------------------------------------------------------------------------------


def test_clean_json_is_read():
    assert parse('{"a":[1,-2.5,true,null,"\\u6885梅\\ud83d\\ude02"]}'.encode()) == {
        "a": [1, -2.5, True, None, "梅梅😂"]
    }
    assert parse(b' \r\n\t{"a" : 1 }\n') == {"a": 1}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xff", "json.not-utf-8"),
        ("梧桐里".encode("gbk"), "json.not-utf-8"),
        ('{"a":1}'.encode("utf-16"), "json.not-utf-8"),
        (b'"\xed\xa0\x80"', "json.not-utf-8"),
        (b'"\xc0\x80"', "json.not-utf-8"),
        (b"\xef\xbb\xbf{}", "json.byte-order-mark"),
        (b'{"a":NaN}', "json.not-a-number"),
        (b"[Infinity]", "json.not-a-number"),
        (b"[-Infinity]", "json.not-a-number"),
        (b'{"a":1,"a":2}', "json.duplicate-member"),
        (b'{"a":1,"\\u0061":2}', "json.duplicate-member"),
        (b'[{"b":{"a":1,"a":1}}]', "json.duplicate-member"),
        (b'"\\ud800"', "json.lone-surrogate"),
        (b'{"\\udfff":1}', "json.lone-surrogate"),
        (b'[{"a":"\\ude02\\ud83d"}]', "json.lone-surrogate"),
        (b"", "json.malformed"),
        (b"   ", "json.malformed"),
        (b"{}{}", "json.malformed"),
        (b"1 2", "json.malformed"),
        (b'{"a":1}\x00', "json.malformed"),
        (b"\xc2\xa0{}", "json.malformed"),
        (b"\x0c{}", "json.malformed"),
        (b"{'a':1}", "json.malformed"),
        (b'{"a":1,}', "json.malformed"),
        (b"[1,]", "json.malformed"),
        (b"01", "json.malformed"),
        (b"+1", "json.malformed"),
        (b"1_000", "json.malformed"),
        (b"0x10", "json.malformed"),
        (b'"a\nb"', "json.malformed"),
        (b'"a', "json.malformed"),
        (b"// one\n1", "json.malformed"),
        (b"1e999", "json.number-too-large"),
        (b"-1e999", "json.number-too-large"),
        (b"123456789012345678901", "json.number-too-large"),
    ],
)
def test_json_that_is_not_clean_is_refused(body, code):
    assert refusal(parse, body) == ("", code)


def test_a_mistake_is_found_by_line_and_column():
    with pytest.raises(Malformed) as refused:
        parse(b'\n\n{"a":1,\n "b":}')
    assert refused.value.errors == (("", "json.malformed", {"line": 4, "column": 6}),)


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_thirty_two_levels_are_read_and_thirty_three_refused(brackets):
    assert depth_of(parse(body_of_depth(BODY_DEPTH_MAX, brackets))) == 32
    assert refusal(parse, body_of_depth(BODY_DEPTH_MAX + 1, brackets)) == ("", "json.too-deep")


def body_of_depth(depth, brackets):
    opening = "[" if brackets == "[]" else '{"a":'
    innermost = brackets
    return (opening * (depth - 1) + innermost + brackets[1] * (depth - 1)).encode()


def test_brackets_in_text_are_no_depth():
    body = json.dumps({"a": ["[" * 100, '"{{{{\\"[' * 100, "\\"]})
    assert parse(body.encode()) == json.loads(body)


def test_many_brackets_side_by_side_are_no_depth():
    assert len(parse(b"[" + b"[]," * 1_000 + b"[]]")) == 1_001


MEBIBYTE = 2**20
HOSTILE = {
    "open brackets": b"[" * MEBIBYTE,
    "open objects": b'{"a":' * (MEBIBYTE // 5),
    "quotes in a string that never ends": b"[" * 33 + b'"' + b'\\"' * (MEBIBYTE // 2),
    "quotes and backslashes": b"[" * 33 + b'"' + b"\\\\" * (MEBIBYTE // 2) + b"\\",
    "quotes": b"[" * 33 + b'"' * MEBIBYTE,
    "many strings": b"[" * 33 + b'"[",' * (MEBIBYTE // 4),
    "digits": b"1" * MEBIBYTE,
    "digits of a fraction": b"0." + b"1" * MEBIBYTE,
    "digits of an exponent": b"1e" + b"9" * MEBIBYTE,
    "digits before a fraction": b"1" * MEBIBYTE + b".0",
    "escaped halves": b'"' + b"\\ud800" * (MEBIBYTE // 6) + b'"',
    "blanks": b" " * MEBIBYTE,
    "blanks and nothing": b"[" + b" \n" * (MEBIBYTE // 2),
    "members": b"{" + b",".join(b'"%d":1' % n for n in range(80_000)) + b"}",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_mebibyte_of_anything_is_read_in_bounded_time(body):
    began = time.thread_time()
    with unswept(), suppress(Malformed):  # sweeping the heap of a long session takes a second or two
        parse(body)
    assert time.thread_time() - began < 2.0  # milliseconds, in truth; digits made a number take four seconds


@given(st.binary(max_size=200))
def test_whatever_comes_in_is_read_or_refused(body):
    try:
        value = parse(body)
    except Malformed:
        return
    assert value == json.loads(body)


@given(VALUES)
def test_what_goes_out_can_come_in(value):
    assert parse(canonical(value)) == value


# -- the published vectors of RFC 8785 -------------------------------------------------------------


with_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the vectors lie in ../shared/data/tlog-vectors/jcs, which is not here"
)
OUTSIDE = {  # what of each vector lies outside our profile, noticed first
    "arrays": ("/0/1/10", "json.not-in-profile"),  # null
    "french": ("", "json.member-name"),
    "structures": ("/1", "json.member-name"),
    "unicode": ("/Unnormalized Unicode", "text.not-nfc"),
    "values": ("/numbers/0", "json.not-in-profile"),  # a fraction
    "weird": ("", "json.member-name"),
}


def vectors():
    for source in ("cyberphone", "erdtman"):
        for given_input in sorted((VECTORS / source / "input").glob("*.json")):
            yield given_input, (VECTORS / source / "output" / given_input.name).read_bytes().rstrip(b"\n")


@with_vectors
def test_the_published_vectors_are_read_and_lie_outside_the_profile():
    seen = 0
    for given_input, output in vectors():
        value = parse(given_input.read_bytes())
        assert rfc8785.dumps(value) == output  # what was read is what was meant
        assert refusal(canonical, value)[1] == OUTSIDE[given_input.stem][1], given_input
        seen += 1
    assert seen == 12


@with_vectors
def test_every_part_of_a_published_vector_inside_the_profile_has_the_published_bytes():
    for given_input, output in vectors():
        pieces = [canonical(piece) for piece in pieces_inside(parse(given_input.read_bytes()))]
        assert all(piece in output for piece in pieces), given_input
        assert pieces or given_input.stem == "unicode", given_input


def pieces_inside(value):
    """The largest parts of a value that lie inside the profile."""
    try:
        canonical(value)
    except Malformed:
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from pieces_inside(part)
    else:
        yield value
