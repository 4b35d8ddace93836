"""A student's markdown, made fit for an instructor's browser.

nbgrader's pages render markdown without taking script out of it, and send whatever
picture it names a request. So each cell that a student wrote is rendered here as they
will, and looked at:

    source ──render──> nothing but what markdown makes ──> the source, as it was
                  └──> anything else ──nh3──> clean HTML, in one block ──> the source

Math stays text between dollars, which MathJax typesets in the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import nh3
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

MAX_RENDERED = 8_000
"""Characters of a cell; some markdown takes time in proportion to its square."""
MAX_RENDERED_IN_ALL = 40_000
MAX_BACKSLASHES = 1_000
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
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/]+={0,2}")
_ALIGNED = re.compile(r"text-align:\s*(?:left|right|center);?")
_CLASS = re.compile(r"anchor-link|highlight|language-[\w+#-]{1,20}|[a-z]{1,2}[0-9a-z]?")


class _Attachments(dict[str, dict[str, str]]):
    """Attachments of a cell. One that is missing is empty; nbconvert would fail."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> dict[str, str]:
        return {"image/png": ""}


class Markup:
    """Takes the markdown of one notebook, cell by cell.

    Args:
        reserved: ids that nbgrader's pages go by; a heading must not take one.
    """

    def __init__(self, reserved: frozenset[str] = frozenset()) -> None:
        self._reserved = reserved
        self._room = MAX_RENDERED_IN_ALL

    def shown(self, source: str, attachments: Mapping[str, Any] | None = None) -> str:
        """Return markdown that is safe to render: the source itself, if it is."""
        too_much = len(source) > min(MAX_RENDERED, self._room)
        if too_much or source.count("\\") > MAX_BACKSLASHES:
            return as_code(source)
        self._room -= len(source)
        pictures = _Attachments(attachments or {})
        html = _rendered(source, pictures)
        if html == _rendered(source, pictures, escape=True) and self._is_plain(html):
            return source
        return _block(_clean(_rendered(source, pictures, exclude_anchor_links=True)))

    def _is_plain(self, html: str) -> bool:
        return all(
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


def as_code(source: str) -> str:
    """Return text as markdown that shows it letter by letter."""
    rest = len(source) - MAX_SHOWN
    more = f"\n[{rest} more characters are in what was handed in]" if rest > 0 else ""
    return _block(f"<pre>{escape(source[:MAX_SHOWN])}{more}</pre>")


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


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _LINK.fullmatch(value) else None
    if name == "src":
        return value if _PICTURE.fullmatch(value) else None
    return value


def _block(html: str) -> str:
    """Return HTML as one line, which markdown takes for one block and leaves alone."""
    return f"<div>{html.strip()}</div>".replace("\r", "").replace("\n", "&#10;")
