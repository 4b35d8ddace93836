"""A stranger's text on a terminal and on a page: nothing obeyed, nothing hidden."""

import pytest
from nbconvert.filters import ansi2html

from nnkit.judging.plain import in_output, on_a_page, plain, plain_lines

CODES = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
ORDER = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize("code", [*CODES, *ORDER], ids=ascii)
def test_what_is_obeyed_is_spelled_out(code):
    assert plain(f"a{code}b") == f"a{ascii(code)[1:-1]}b"


@pytest.mark.parametrize("text", ["a b", "∂L/∂w · ✓", "李 小龙", "שלום", ""])
def test_what_prints_stays(text):
    assert plain(text) == plain_lines(text) == on_a_page(text) == text


def test_only_line_ends_stay_in_lines():
    assert plain_lines("a\nb\r\n\tc") == "a\nb\\r\n\\tc"


@pytest.mark.parametrize("code", ["\t", "\n", "\u200d"])
def test_a_page_keeps_tabs_lines_and_joined_emoji(code):
    assert on_a_page(f"a{code}b") == in_output(f"a{code}b") == f"a{code}b"


COLOURS = ["\r", "\x1b[1;31m", "\x1b[m", "\x1b[38;5;38m", "\x1b[48;2;38;48;38m"]


@pytest.mark.parametrize("code", COLOURS, ids=ascii)
def test_only_an_output_has_colours(code):
    assert on_a_page(f"a{code}b") == plain(f"a{code}b")
    assert in_output(f"a{code}b") == f"a{code}b"


@pytest.mark.parametrize(
    "code",
    ["\x1b[2J", "\x1b]8;;https://evil.example\x07", "\x9b31m", "\0", "\x7f", *ORDER],
    ids=ascii,
)
def test_a_page_shows_all_other_codes(code):
    shown = on_a_page(f"a{code}b")
    assert shown == in_output(f"a{code}b")
    assert shown.isprintable()
    assert shown.startswith("a\\")


@pytest.mark.parametrize(
    "code",
    ["\x1b[38m", "\x1b[1;048m", "\x1b[48;5;38;5;38m", "\x1b[38;2;1;1;1;48m"],
    ids=ascii,
)
def test_a_colour_that_breaks_off_is_spelled_out(code):
    with pytest.raises(IndexError):
        ansi2html(f"a{code}b")
    assert in_output(f"a{code}b") == f"a{ascii(code)[1:-1]}b"


def test_a_code_too_long_for_a_colour_is_spelled_out():
    code = "\x1b[" + ";" * 90_000 + "m"
    assert ansi2html(in_output(code)) == rf"\x1b{code[1:]}"
