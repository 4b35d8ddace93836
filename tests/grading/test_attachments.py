"""Pictures that a student pasted: honest ones are shown, others leave a note."""

import base64
import io
import json
import time
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from grading_builders import UNIT, answered, nbcell
from nbconvert.exporters import HTMLExporter
from nbformat import from_dict
from PIL import Image

from nnkit.grading import attachments
from nnkit.grading.attachments import SIZES, Album, size_of
from nnkit.grading.autograded import graded_notebook
from nnkit.grading.parcels import pack_cells
from nnkit.grading.release import Release
from nnkit.grading.submission import read_submission

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='steal()'/>"
NO_PICTURE = "its bytes are no such picture"
OTHER_KIND = "none of PNG, JPEG, GIF and WebP"


def picture(kind, **options):
    data = io.BytesIO()
    Image.new("RGB", (7, 5)).save(data, kind.removeprefix("image/"), **options)
    return data.getvalue()


def pasted(
    data, kind="image/png", name="p.png", source="see ![plot](attachment:p.png)"
):
    encoded = base64.b64encode(data).decode()
    return nbcell(source, "markdown") | {"attachments": {name: {kind: encoded}}}


def shown(release, hand_in, *cells):
    """The notes on a submission, and the page that is made of it."""
    submission = read_submission("ada", hand_in([*answered(), *cells], "ada"), release)
    notebook = from_dict(graded_notebook(release, submission, {}))
    page, _ = HTMLExporter().from_notebook_node(notebook)
    return submission, BeautifulSoup(page, "html.parser")


@pytest.mark.parametrize("kind", SIZES)
def test_a_picture_is_shown_as_it_was_pasted(release, hand_in, kind):
    data = picture(kind)
    submission, page = shown(release, hand_in, pasted(data, kind))
    (image,) = page.find_all("img", alt="plot")
    head, _, encoded = image["src"].partition(",")
    assert (head, base64.b64decode(encoded)) == (f"data:{kind};base64", data)
    assert submission.notes == ()


@pytest.mark.parametrize("name", ["ein Bild.png", "öl.png", "a(1).png"])
@pytest.mark.parametrize("written", ["as JupyterLab writes it", "as it is"])
def test_names_are_found_however_they_are_written(release, hand_in, name, written):
    by_lab = written == "as JupyterLab writes it"
    address = f"attachment:{quote(name)}" if by_lab else f"<attachment:{name}>"
    source = f"see ![plot]({address})"
    _, page = shown(
        release, hand_in, pasted(picture("image/png"), "image/png", name, source)
    )
    (image,) = page.find_all("img", alt="plot")
    assert image["src"].startswith("data:image/png;base64,iVBOR")


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (SVG, "image/svg+xml", OTHER_KIND),
        (SVG, "image/png", NO_PICTURE),
        (b"<script>", "text/html", OTHER_KIND),
        (picture("image/gif"), "image/png", NO_PICTURE),
        (picture("image/png")[:20], "image/png", NO_PICTURE),
        (picture("image/jpeg")[:9], "image/jpeg", NO_PICTURE),
        (b"", "image/webp", NO_PICTURE),
        (b"RIFF\0\0\0\0WEBPVP8X", "image/webp", NO_PICTURE),
        pytest.param(
            *(picture("image/png") + bytes(attachments.MAX_BYTES), "image/png"),
            "too big",
            id="bytes",  # or else all of them are in the test's name
        ),
        (b"GIF89a" + b"\xff" * 4 + bytes(9), "image/gif", "too big"),
    ],
)
def test_anything_else_leaves_a_note_where_it_was(release, hand_in, data, kind, why):
    submission, page = shown(release, hand_in, pasted(data, kind))
    assert page.find_all("img") == []
    assert "see [picture left out: plot]" in page.get_text()
    (note,) = submission.notes
    assert "the picture 'p.png' is left out: " in note
    assert why in note


@pytest.mark.parametrize(
    "odd",
    [5, [], {"p.png": 5}, {"p.png": {"image/png": 5}}, {"p.png": {"image/png": "?"}}],
)
def test_attachments_of_no_sense_stop_no_page(release, hand_in, odd):
    cell = nbcell("see ![plot](attachment:p.png)", "markdown") | {"attachments": odd}
    _, page = shown(release, hand_in, cell)
    assert "see [picture left out: plot]" in page.get_text()


def test_a_notebooks_pictures_share_their_room(monkeypatch):
    data = base64.b64encode(picture("image/png")).decode()
    monkeypatch.setattr(attachments, "MAX_PIXELS", 2 * 7 * 5)
    album, notes = Album(), []
    taken = [
        album.take({f"{n}.png": {"image/png": data}}, f"cell {n}", notes)
        for n in range(3)
    ]
    assert list(map(len, taken)) == [1, 1, 0]
    assert [note.partition(":")[0] for note in notes] == ["cell 2"]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("image/webp", {"lossless": True}),
        ("image/webp", {"exif": b"Exif\0\0"}),
        ("image/jpeg", {"progressive": True}),
        ("image/jpeg", {"exif": b"Exif\0\0" + bytes(999)}),
        ("image/gif", {"save_all": True}),
    ],
)
def test_width_and_height_are_read(kind, options):
    assert size_of(kind, picture(kind, **options)) == (7, 5)


def test_a_picture_of_nothing_but_markers_takes_no_time():
    """Read byte by byte, it held up everybody's grading for many seconds."""
    start = b"\xff\xd8\xff"
    for filler in (b"\xff", b"\xff\xe0\0\2"):
        data = start + filler * (attachments.MAX_BYTES // len(filler))
        before = time.process_time()
        assert size_of("image/jpeg", data) is None
        assert time.process_time() - before < 0.5


def test_the_releases_own_are_shown_whatever_they_are(course, hand_in):
    path = course / UNIT / f"{UNIT}.ipynb"
    released = json.loads(path.read_text())
    given = pasted(SVG, "image/svg+xml")
    released["cells"].append(given)
    path.write_text(json.dumps(released))
    release = Release.load(path)
    submission, page = shown(release, hand_in, {**given, "attachments": {}})
    (image,) = page.find_all("img", alt="plot")
    assert base64.b64decode(image["src"].partition(",")[2]) == SVG
    assert submission.notes == ()


def test_no_worker_gets_them(release, hand_in):
    submission, _ = shown(release, hand_in, pasted(picture("image/png")))
    assert submission.cells[-1].pictures
    assert b"iVBOR" not in pack_cells(submission.cells)
