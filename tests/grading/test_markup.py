"""A student's markdown in a browser: honest text stays, script does not."""

import pytest
from bs4 import BeautifulSoup
from grading_builders import answered, nbcell
from nbconvert.filters import markdown2html_mistune

from nnkit.grading import markup
from nnkit.grading.autograded import graded_notebook
from nnkit.grading.markup import LEAST, MAX_RENDERED_IN_ALL, Markup, as_comment
from nnkit.grading.submission import read_submission

PIXEL = "data:image/png;base64,iVBORw0KGgo="
HONEST = [
    "Plain *words*, **bold**, `code`, and a [link](https://example.org/a).",
    "# A heading\n\n1. one\n2. two\n\n> quoted",
    "| a | b |\n| :-- | --: |\n| 1 | 2 |",
    "$w \\leftarrow w - \\eta\\, g$ and\n\n$$\\frac{1}{2m} \\sum_i e_i^2 < 3$$",
    "```python\nif a < b:\n    print('<script>')\n```",
    f"![a picture]({PIXEL})",
    "1 < 2 & 3 > 2",
]
HOSTILE = [
    "<script>steal()</script>",
    "<img src=x onerror=steal()>",
    "<svg onload=steal()><script>steal()</script></svg>",
    "<iframe src='https://evil.example'></iframe>",
    "[click](javascript:steal())",
    "<a href='java\tscript:steal()'>click</a>",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![beacon](https://evil.example/seen.png)",
    "<img srcset='https://evil.example/seen.png 1x'>",
    f"![svg]({PIXEL.replace('png', 'svg+xml')})",
    "<style>body { background: url(https://evil.example/) }</style>",
    "<p style='background: url(https://evil.example/)'>x</p>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<form action='https://evil.example'><button>Save</button></form>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=steal()></style>",
    "```mermaid\n<img src=x onerror=steal()>\n```",
    "# neuron_grads",
    "<div id=neuron_grads class='modal score'>x</div>",
    "<script src='https://evil.example/a.js'",
    "<!-- <img src=x onerror=steal()> --!><img src=x onerror=steal()>",
    "<details ontoggle=steal() open>x</details>",
    "</div></div></body><script>steal()</script>",
    "<scr\x00ipt>steal()</scr\x00ipt>",
    "a\n\n<b\nonclick=steal()>x</b>",
]
ACTIVE = {"script", "style", "iframe", "object", "embed", "link", "meta", "base"}
ACTIVE |= {"form", "button", "input", "svg", "math", "video", "audio", "template"}


def shown(source):
    return Markup(frozenset({"neuron_grads"})).shown(source)


def harm_in(html):
    """What a browser would run, request or mistake for the page's own."""
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        if tag.name in ACTIVE:
            yield tag.name
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else value
            asks = (
                name.startswith("on"),
                name in ("srcset", "action", "formaction"),
                name == "src" and not text.startswith("data:image/png;"),
                name == "href" and not text.startswith(("https:", "#")),
                name == "style" and "url(" in text,
                name == "id" and text == "neuron_grads",
            )
            if any(asks):
                yield f"{tag.name} {name}={text}"


@pytest.mark.parametrize("source", HONEST)
def test_honest_markdown_is_left_as_it_is(source):
    assert shown(source) == source


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_in_a_page_runs_or_asks_for_anything(source):
    assert list(harm_in(markdown2html_mistune(shown(source)))) == []


def test_words_around_a_script_stay():
    html = markdown2html_mistune(shown("before <script>steal()</script> *after*"))
    assert BeautifulSoup(html, "html.parser").get_text().split() == ["before", "after"]
    assert "<em>after</em>" in html


def test_a_picture_that_is_not_there_stops_no_page():
    html = markdown2html_mistune(shown("see ![plot](attachment:plot.png) here"))
    assert "see" in html
    assert "here" in html


@pytest.mark.parametrize(
    "source", ["\\(" * 3000, "[" * 9000, "x" * 30_000, "#\n" * 3000, "a\n--\n" * 200]
)
def test_what_is_long_is_shown_letter_by_letter(source):
    text = shown(source)
    assert text.startswith("<div><pre>")
    assert len(text) < 25_000


def test_thousands_of_short_cells_are_rendered_up_to_a_limit(monkeypatch):
    rendered = []
    original = markup._rendered
    monkeypatch.setattr(
        markup, "_rendered", lambda *a, **k: rendered.append(1) or original(*a, **k)
    )
    page = Markup()
    pages = [page.shown(text) for text in ["*a*", "", "<b x>"] * 2000]
    assert len(rendered) <= 3 * MAX_RENDERED_IN_ALL / LEAST
    assert pages[:2] == ["*a*", ""]
    assert pages[-2:] == ["", "<div><pre>&lt;b x&gt;</pre></div>"]


@pytest.mark.parametrize(
    "math",
    [
        r"\raise{90px}{\text{3 of 3}}",
        r"\kern-500px \text{right}",
        r"\smash{\lower 9em{x}}",
        r"\rlap{x}",
        r"\begin{array}{c} a \\[-400px] \text{right} \end{array}",
        r"\begin{array}{c} a \\ [ -400px] b \end{array}",
        r"\hspace{ -40em} x",
        r"\def\frac#1#2{\text{right}}",
        r"\renewcommand{\mathbf}[1]{x}",
        r"\let\eta=\pi",
        r"\require{html}",
        r"\mspace{-500mu} \text{right}",
        r"\Space{-40em}{0em}{0em} \text{right}",
        r"\rule[-20em]{40em}{20em}",
        r"\Rule{40em}{20em}{9em}",
        r"a \newline [-40em] b",
        r"\!" * 200 + r"\text{right}",
        r"\negthinspace { }" * 200 + r"\text{right}",
        r"\DeclareMathOperator{\partial}{right}",
        r"\DeclareMathOperator*{\partial}{right}",
        r"\Newextarrow{\frac}{5,10}{0x21C0}",
        r"\definecolor{black}{rgb}{1,1,1}",
    ],
)
def test_math_stays_in_its_place_and_to_itself(math):
    assert shown(f"${math}$").startswith("<div><pre>")


@pytest.mark.parametrize(
    "math",
    [
        r"a \\ b",
        r"a \\[2pt] b \\ [x - y]",
        r"\hspace{1em} \defeq \letters \lowered",
        r"\left( x \right) \leq \lambda",
        r"\int\!\!\!\int x \newline y",
    ],
)
def test_math_that_only_looks_like_it_stays(math):
    assert shown(f"${math}$") == f"${math}$"


@pytest.mark.parametrize("source", ["<p><![x[", "<div>a <![x[ b ]]>", "<p><!["])
def test_what_a_parser_refuses_is_shown_letter_by_letter(source):
    text = shown(source)
    assert text.startswith("<div><pre>")
    assert BeautifulSoup(text, "html.parser").get_text() == source


@pytest.mark.parametrize("source", ["a &#x202e;b", "*a* <b>&#8238;b</b>", "&#x2067;"])
def test_what_puts_words_in_another_order_is_shown_letter_by_letter(source):
    for text in (shown(source), as_comment(source)):
        html = markdown2html_mistune(text)
        assert BeautifulSoup(html, "html.parser").get_text().strip() == source


def test_many_cells_share_what_may_be_rendered():
    markup = Markup()
    texts = [markup.shown("word " * 1000) for _ in range(20)]
    assert [text.startswith("<div><pre>") for text in texts] == [False] * 8 + [
        True
    ] * 12


def test_the_samples_would_do_harm_as_they_are():
    harmless = [s for s in HOSTILE if not list(harm_in(markdown2html_mistune(s)))]
    assert len(harmless) <= 2, "a tag without an end, a name with a NUL in it"


def test_a_graded_notebook_has_no_other_text(release, hand_in):
    script = "<script>steal()</script>"
    cells = [
        nbcell(script, "markdown"),
        {"cell_type": "raw", "metadata": {"format": "text/html"}, "source": script},
    ]
    submission = read_submission("ada", hand_in([*answered(), *cells], "ada"), release)
    notebook = graded_notebook(release, submission, {})
    for cell in notebook["cells"][-2:]:
        assert cell["cell_type"] == "markdown"
        assert list(harm_in(markdown2html_mistune(cell["source"]))) == []
    assert "&lt;script&gt;" in notebook["cells"][-1]["source"]
