"""A student's markdown, made fit for an instructor's browser.

nbgrader's pages render markdown without taking script out of it, and send whatever
picture it names a request. So each cell that a student wrote is rendered here as they
will, and looked at:

    source ──render──> nothing but what markdown makes ──> the source, as it was
                  └──> anything else ──nh3──> clean HTML, in one block ──> the source

Math stays text between dollars, which MathJax typesets in the page; text with commands
in it that make links, styles or ids is shown letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from html import escape
from urllib.parse import unquote

import nh3
from bs4 import BeautifulSoup, ParserRejectedMarkup, Tag
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from nnkit.grading.attachments import Picture
from nnkit.judging.plain import on_a_page, plain_lines

MAX_RENDERED = 8_000
"""Characters of a cell; some markdown takes time in proportion to its square."""
MAX_RENDERED_IN_ALL = 40_000
LEAST = 100
"""Characters that a cell counts at least: the shortest takes milliseconds, too."""
MAX_BACKSLASHES = 1_000
MAX_HEADINGS = 100
MAX_SHOWN = 20_000

_TAGS = {
    *("a", "blockquote", "br", "code", "del", "details", "dd", "div", "dl", "dt", "em"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "b", "img", "kbd", "li", "ol"),
    *("p", "pre", "q", "s", "small", "span", "strong", "sub", "summary", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"value"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
# What markdown itself makes, beside the above: a heading's anchor, an aligned column.
_OF_MARKDOWN = {
    "a": {"class"},
    "code": {"class"},
    "div": {"class"},
    "pre": {"class"},
    "span": {"class"},
    "td": {"style"},
    "th": {"style"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_LINK = re.compile(r"(?:https?://|mailto:|#)[^\s\x00-\x20]*", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
_ALIGNED = re.compile(r"text-align:\s*(?:left|right|center);?")
_CLASS = re.compile(r"anchor-link|highlight|language-[\w+#-]{1,20}|[a-z]{1,2}[0-9a-z]?")

# MathJax's, and those of others that typeset: what in math is no math; what sets math
# where other words stand; and what changes all math of a page, also an instructor's.
_NO_MATH = re.compile(
    r"\\(?:href|url|style|class|cssId|data|mmlToken|bbox|html[A-Za-z]*|includegraphics"
    r"|texttip|mathtip|csname|require|unicode"
    r"|raise|lower|raisebox|moveleft|moveright|m?kern|[hm]skip|(?:math)?[lr]lap|smash"
    r"|mspace|Space|[Rr]ule|DeclareMathOperator|Newextarrow|definecolor"
    r"|g?def|let|(?:re)?newcommand|providecommand|(?:re)?newenvironment)(?![A-Za-z])"
    r"|\\[hv]space\*?\s*\{\s*-|\\(?:\\\*?|newline)\s*\[\s*-"
    # Each goes back a little, and many go back to other words.
    r"|(?:\\(?:!|neg(?:thin|med|thick)space(?![A-Za-z]))[\s{}]*){8}"
)
# What a parser makes of `<p><![x[`, and of what is nested too deep.
_NO_HTML = (ParserRejectedMarkup, RecursionError)
_IN_A_COMMENT = {"p", "code", "em", "strong"}
# What formgrader's page goes by, beside its cells.
_ITS_IDS = {"notebook", "notebook-container", "statusmessage", "toc"}
_ID_ENDINGS = ("", "-comment", "_extra_credit")


class _Attachments(dict[str, dict[str, str]]):
    """Attachments of a cell. One that is missing is empty; nbconvert would fail."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> dict[str, str]:
        return {"image/png": ""}


class _Quoted(_Attachments):
    """The same, whose names may be written as addresses are: nbconvert would fail."""

    def __missing__(self, name: str) -> dict[str, str]:
        return self.get(unquote(name)) or {"image/png": ""}


class Markup:
    """Takes the markdown of one notebook, cell by cell.

    Args:
        reserved: ids that nbgrader's pages go by; a heading must not take one.
    """

    def __init__(self, reserved: frozenset[str] = frozenset()) -> None:
        self._reserved = _ITS_IDS | {i + end for i in reserved for end in _ID_ENDINGS}
        self._room = MAX_RENDERED_IN_ALL

    def shown(self, source: str, pictures: Sequence[Picture] = ()) -> str:
        """Return markdown that is safe to render: the source itself, if it is.

        Args:
            source: a cell's.
            pictures: those that are in it; in text that is not the source, they are in
                the text itself.
        """
        source = on_a_page(source)
        if not source.strip():
            return source
        size = max(LEAST, len(source))
        too_much = size > min(MAX_RENDERED, self._room)
        too_much |= source.count("\\") > MAX_BACKSLASHES
        if too_much or _headings(source) > MAX_HEADINGS:
            return as_code(source)
        self._room -= size
        try:
            return self._fit(source, pictures)
        except _NO_HTML:
            return as_code(source)

    def _fit(self, source: str, pictures: Sequence[Picture]) -> str:
        # Whether a name is known can be seen with small pictures, too.
        small = _Attachments({name: {kind: "AAAA"} for name, kind, _ in pictures})
        html = _rendered(source, small, escape=True)
        if html == _rendered(source, small) and self._is_plain(html):
            return source
        whole = _Quoted({name: {kind: data} for name, kind, data in pictures})
        clean = _clean(_rendered(source, whole, exclude_anchor_links=True))
        return as_code(source) if _is_obeyed(clean) else _block(clean)

    def _is_plain(self, html: str) -> bool:
        return not _is_obeyed(html) and all(
            tag in _TAGS and self._is_expected(tag, name, value)
            for tag, name, value in _attributes(html)
        )

    def _is_expected(self, tag: str, name: str, value: str) -> bool:
        match name:
            case "":
                return True
            case "href" if tag == "a":
                return _LINK.fullmatch(value) is not None
            case "src" if tag == "img":
                return _PICTURE.fullmatch(value) is not None
            case "id" if name in _OF_MARKDOWN.get(tag, ()):
                return value not in self._reserved
            case "style" if name in _OF_MARKDOWN.get(tag, ()):
                return _ALIGNED.fullmatch(value) is not None
            case "class" if name in _OF_MARKDOWN.get(tag, ()):
                return all(_CLASS.fullmatch(word) for word in value.split())
        return name in _ATTRIBUTES.get(tag, ())


def _headings(source: str) -> int:
    """Count headings, also in lists and quotes: nbconvert takes its time for each."""
    lines = [line for line in source.split("\n") if not line.isspace() and line]
    starts = [line.lstrip(" \t>*+-0123456789.)") for line in lines]
    return sum(start[:1] == "#" or not start.strip("=") for start in starts)


def as_code(source: str) -> str:
    """Return text as markdown that shows it letter by letter."""
    rest = len(source) - MAX_SHOWN
    more = f"\n[{rest} more characters are in what was handed in]" if rest > 0 else ""
    return _block(f"<pre>{escape(on_a_page(source[:MAX_SHOWN]))}{more}</pre>")


@lru_cache(maxsize=4096)  # most of what a class is told is told to many
def as_comment(text: str) -> str:
    """Return text as markdown for a comment, which nbgrader renders as it is.

    A stranger's words in it stay words: what could be more is shown as code.
    """
    if len(text) <= MAX_RENDERED:
        with suppress(*_NO_HTML):
            html = _rendered(text, _Attachments(), escape=True)
            tags = {tag for tag, _, _ in _attributes(html)}
            same = html == _rendered(text, _Attachments())
            if same and tags <= _IN_A_COMMENT and not _is_obeyed(html):
                return text
    return as_fenced(text)


def as_fenced(text: str) -> str:
    """Return text as a block of code, which ends with the text and not inside it."""
    text = plain_lines(text)
    runs = re.findall("`+", text)
    fence = "`" * max(3, 1 + max(map(len, runs), default=0))
    return f"{fence}\n{text}\n{fence}"


def _rendered(
    source: str,
    pictures: _Attachments,
    *,
    escape: bool = False,
    exclude_anchor_links: bool = False,
) -> str:
    renderer = IPythonRenderer(
        escape=escape,
        attachments=pictures,
        exclude_anchor_links=exclude_anchor_links,
    )
    return str(MarkdownWithMath(renderer=renderer).render(source))


def _attributes(html: str) -> Iterator[tuple[str, str, str]]:
    """Yield (tag, "", "") for every tag, and (tag, name, value) for its attributes."""
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        yield tag.name, "", ""
        for name, value in tag.attrs.items():
            yield tag.name, name, " ".join(value) if isinstance(value, list) else value


def _is_obeyed(html: str) -> bool:
    """Say whether MathJax would obey a command in it, or a browser a code or override.

    The latter may be written as entities, which are characters only here.
    """
    soup = BeautifulSoup(html, "html.parser")
    decoded = str(soup)
    no_math = _NO_MATH.search(soup.get_text()) is not None
    return no_math or on_a_page(decoded) != decoded


def _clean(html: str) -> str:
    return nh3.clean(
        _without_strange_pictures(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def _without_strange_pictures(html: str) -> str:
    """Put words where a picture would be asked for elsewhere, or is none."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all("img"):
        if not _PICTURE.fullmatch(str(tag.get("src", ""))):
            words = Tag(name="em")
            words.string = f"[picture left out: {tag.get('alt') or 'no name'}]"
            tag.replace_with(words)
    return str(soup)


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _LINK.fullmatch(value) else None
    if name == "src":
        return value if _PICTURE.fullmatch(value) else None
    return value


def _block(html: str) -> str:
    """Return HTML as one line, which markdown takes for one block and leaves alone."""
    return f"<div>{html.strip()}</div>".replace("\r", "").replace("\n", "&#10;")
