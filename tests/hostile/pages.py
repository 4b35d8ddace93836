"""What an instructor opens after grading, and what in it a student could have done.

    autograded/ ──trimmed──> a course's folder ──generate_feedback──> a page each
                                     └──formgrader's exporter──> another page each

Trimmed: nbconvert takes half a second for what the release has in every notebook.
"""

import json
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import nbgrader.server_extensions.formgrader as formgrader
from nbconvert.exporters import HTMLExporter
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from selectolax.lexbor import LexborHTMLParser

from nnkit.demo import UNIT
from nnkit.grading.release import Release

TEMPLATES = Path(formgrader.__file__).parent / "templates"
EMBEDDING = {"applet", "base", "embed", "frame", "frameset", "iframe", "link", "math"}
EMBEDDING |= {"meta", "object", "portal", "script", "style", "svg", "template"}
EMBEDDING |= {"form", "select", "input", "textarea", "button", "audio", "video"}
ADDRESSES = {"src", "srcset", "poster", "background", "action", "formaction", "data"}
ADDRESSES |= {"href", "xlink:href", "ping", "manifest", "cite", "longdesc"}
ODD = {"srcdoc", "contenteditable", "popovertarget", "name"}
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+")
NO_MATH = re.compile(r"\\(?:href|style|class|cssId|bbox|mmlToken|html\w+)\{?.{0,40}")
HIDDEN = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def trimmed(folder: Path, to: Path) -> Path:
    """Copy what nbgrader makes pages of, without cells that are the release's own."""
    given = {cell.source for cell in Release.find(UNIT).cells if not cell.grade_id}
    shutil.copy(folder / "gradebook.db", to)
    for path in sorted((folder / "autograded").glob("*/*/*.ipynb")):
        notebook = json.loads(path.read_bytes())
        cells = notebook["cells"]
        notebook["cells"] = [c for c in cells if c["source"] not in given]
        copy = to / path.relative_to(folder)
        copy.parent.mkdir(parents=True)
        copy.write_text(json.dumps(notebook))
    return to


def feedback_of(folder: Path) -> dict[str, str]:
    """Return every student's page as `nbgrader generate_feedback` makes it."""
    course = CourseDirectory(root=str(folder), assignment_id=UNIT)
    GenerateFeedback(coursedir=course).start()
    pages = sorted((folder / "feedback").glob("*/*/*.html"))
    return {page.parents[1].name: page.read_text() for page in pages}


def submissions_of(folder: Path) -> dict[str, str]:
    """Return every student's page as formgrader shows it."""
    exporter = HTMLExporter(
        template_name="formgrade", extra_template_basedirs=[str(TEMPLATES)]
    )
    made = {}
    for path in sorted((folder / "autograded").glob("*/*/*.ipynb")):
        student = path.parents[1].name
        named = dict.fromkeys(("last_name", "first_name"), "")
        facts = {"assignment_id": UNIT, "notebook_id": UNIT, "submission_id": "0"}
        facts |= {"index": 0, "total": 1, "base_url": "", "student": student}
        facts |= {"notebook_path": path.name}
        made[student], _ = exporter.from_filename(str(path), {**facts, **named})
    return made


def found_in(html: str) -> set[str]:
    """Name all in a page that could run, ask for something or pose as its own.

    What the template puts there is among it, and the same in everybody's page.
    """
    found, ids = set(), set()
    for tag in LexborHTMLParser(html).root.traverse():
        attributes = {name: value or "" for name, value in tag.attributes.items()}
        if tag.tag in EMBEDDING or tag.tag == "title":
            found.add(f"{tag.tag} {sorted(attributes.items())} {tag.text()}")
        for name, value in attributes.items():
            odd = name.startswith(("on", "data-")) or name in ODD
            if odd or (name == "style" and "url" in value):
                found.add(f"{tag.tag} {name}={value}")
            if name in ADDRESSES and not is_harmless(tag.tag, name, value):
                found.add(f"{tag.tag} {name}={value}")
        if (name := attributes.get("id")) in ids and name:
            found.add(f"a second id {name}")
        ids.add(name)
    return found | set(NO_MATH.findall(typeset_in(html)))


def typeset_in(html: str) -> str:
    """Return the text in which MathJax looks for math."""
    page = LexborHTMLParser(html)
    page.strip_tags(["script", "style", "pre", "code", "textarea"])
    for tag in page.css(".tex2jax_ignore.mathjax_ignore"):
        tag.decompose()
    return page.body.text() if page.body else ""


def is_harmless(tag: str, name: str, address: str) -> bool:
    """Whether an address is asked for by nobody, or only when somebody clicks."""
    if tag == "img" and name == "src":
        return PICTURE.fullmatch(address) is not None
    parts = urlsplit(address)
    clicked = tag == "a" and name == "href"
    return clicked and (parts.scheme in ("http", "https") or address.startswith("#"))


def words_of(html: str) -> str:
    """Return the text of a page as it is read, spaces as one."""
    page = LexborHTMLParser(html)
    page.strip_tags(["script", "style"])
    return " ".join(page.body.text().split())
