import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from nnkit.graph import MOST, _boxes, _place, draw, number
from nnkit.tensor import Tensor, affine, exp, tanh

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture, style):
    root = ET.fromstring(picture.svg)
    return [t.text for t in root.iter(f"{SVG}text") if t.get("class") == style]


@pytest.fixture
def out():
    a = Tensor(3.0, "a")
    out = a * a + a
    out.name = "f"
    return out


def test_value_and_gradient_stand_on_each_node(out):
    out.backward(keep=True)
    picture = draw(out)
    assert texts(picture, "op") == ["a", "mul", "f = add"]
    assert texts(picture, "value") == ["value 3", "value 9", "value 12"]
    assert texts(picture, "grad") == ["grad  7", "grad  1", "grad  1"]


def test_contributions_add_up_to_the_gradient(out):
    out.backward(keep=True)
    assert texts(draw(out), "part") == ["3", "3", "1", "1"]  # into mul, into add
    assert 3 + 3 + 1 == 7


def test_without_backward_there_are_values_only(out):
    picture = draw(out)
    assert not texts(picture, "grad")
    assert not texts(picture, "part")


def test_picture_is_said_in_words(out):
    out.backward(keep=True)
    picture = draw(out)
    assert picture.alt == (
        "a, value 3, grad 7; mul, value 9, grad 1 from a and a; "
        "f = add, value 12, grad 1 from mul and a."
    )
    root = ET.fromstring(picture.svg)
    assert root.find(f"{SVG}desc").text == picture.alt
    assert root.get("role") == "img"
    assert picture._repr_svg_() == picture.svg
    assert picture.alt in repr(picture)


def test_same_graph_gives_the_same_picture(out):
    again = Tensor(3.0, "a")
    other = again * again + again
    other.name = "f"
    assert draw(out).svg == draw(other).svg


def test_constants_are_shown_and_names_escaped():
    x = Tensor(2.0, "x < y & z")
    picture = draw(1.5 * x + np.ones(2))
    assert "x < y & z" in texts(picture, "op")
    assert "1.5" in texts(picture, "value")
    assert "[1, 1]" in texts(picture, "value")


def test_no_boxes_overlap_and_all_lie_inside():
    rng = np.random.default_rng(0)
    x, w, b = Tensor(0.5, "x"), Tensor(rng.normal(size=(3, 4))), Tensor(np.zeros(4))
    y = exp(x) * tanh(x * 2) + x / (x + 1.5) - x**2
    out = (affine(rng.normal(size=(5, 3)), w, b) * y).sum()
    out.backward(keep=True)
    boxes = _boxes(out)
    _place(boxes)
    for i, a in enumerate(boxes):
        assert a.x >= 0
        assert a.y >= 0
        for b in boxes[:i]:
            apart = a.x + a.width < b.x or b.x + b.width < a.x
            assert apart or a.y + a.height < b.y or b.y + b.height < a.y
        for arrow in a.arrows:
            assert arrow.source.x + arrow.source.width < a.x  # left to right


def test_terms_stand_in_the_order_in_which_their_arrows_arrive():
    w, b = Tensor(1.5, "w"), Tensor(-0.5, "b")
    z = w * 0.8 + b  # the neuron of unit 5: the product comes in above the bias
    boxes = _boxes(tanh(z) - 1.0)
    _place(boxes)
    for box in boxes:
        heights = [arrow.source.y for arrow in box.arrows]
        assert heights == sorted(heights)


def test_too_large_a_graph_is_refused():
    x = Tensor(1.0)
    for _ in range(MOST):
        x = x * 1.0
    with pytest.raises(ValueError, match="draw a part of it"):
        draw(x)


def test_picture_is_saved(out, tmp_path):
    draw(out).save(tmp_path / "graph.svg")
    assert ET.parse(tmp_path / "graph.svg").getroot().tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.123456, "0.1235"),
        (-2.0, "-2"),
        (-0.0, "0"),
        ([-0.0, 1.0, -0.0], "[0, 1, 0]"),
        ([1.0, 2.5], "[1, 2.5]"),
        (np.full((3, 4), -2.0), "(3, 4) rms 2"),
    ],
)
def test_numbers_are_short(value, said):
    assert number(value) == said


@pytest.mark.parametrize("name", ["a\x00b", "\x1b[0m", "two\nlines", "\ud800"])
def test_name_that_can_not_be_printed_leaves_the_picture_readable(name, tmp_path):
    picture = draw(Tensor(1.0, name) * 2)
    picture.save(tmp_path / "graph.svg")
    ET.parse(tmp_path / "graph.svg")


def test_only_a_tensor_has_a_graph():
    with pytest.raises(TypeError, match=r"got float.*Tensor\(3\.0\)"):
        draw(3.0)


def test_empty_array_is_said_to_be_empty():
    assert "value (0, 3) empty" in texts(draw(Tensor(np.ones((0, 3))) * 2), "value")


def test_the_picture_in_the_readme_is_what_the_lines_above_it_draw(
    tmp_path, monkeypatch
):
    tests = Path(__file__).parent
    readme = (tests.parent / "README.md").read_text("utf-8")
    (lines,) = re.findall(r"^```python\n(.*?)^```", readme, re.M | re.S)
    assert "](tests/pictures/graph.svg)" in readme
    monkeypatch.chdir(tmp_path)
    found = {}
    exec(lines, found)
    drawn = Path("graph.svg").read_text("utf-8")
    assert drawn == (tests / "pictures" / "graph.svg").read_text("utf-8")
    slope = 2 * (np.tanh(-0.75) - 1) * (1 - np.tanh(-0.75) ** 2)
    assert found["w"].grad == pytest.approx(2 * slope)
    assert found["b"].grad == pytest.approx(slope)
