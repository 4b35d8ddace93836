"""Formgrader in a real JupyterLab in a real browser, and feedback handed out.

Where there is no Chromium, this cannot be tried.
"""

import pytest
from formgrader_course import HINT, TOKEN, Formgrader, grade, make
from hostile.chromium import CHROMIUM, FLAGS, NAMES
from own_course import UNIT, answered, ran

pytestmark = pytest.mark.slow


@pytest.fixture
def course(built, tmp_path):
    return make(built, tmp_path / "course")


@pytest.fixture
def browser():
    if CHROMIUM is None:
        pytest.skip(f"none of {', '.join(NAMES)} is installed")
    # Without a browser it is not needed.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield found
        found.close()


def test_a_person_grades_in_jupyterlab(browser, course, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    server = Formgrader(course, home, "jupyterlab")
    try:
        page = browser.new_page()
        page.goto(f"{server.root}lab?token={TOKEN}")
        page.get_by_role("menuitem", name="Nbgrader", exact=True).click(timeout=90_000)
        page.get_by_role("menuitem", name="Formgrader", exact=True).click()
        inside = page.frame_locator("iframe")
        inside.get_by_role("link", name="Manual Grading").click(timeout=60_000)
        inside.get_by_role("link", name=UNIT, exact=True).click()
        inside.get_by_role("link", name=UNIT, exact=True).last.click()
        rows = inside.get_by_role("row").filter(has_text="Submission #")
        rows.nth(1).wait_for()
        page.goto(f"{server.address}submissions/{server.books()['ben']['id']}")
        page.get_by_text(HINT).wait_for()
        page.locator(f'textarea[placeholder^="{HINT}"]').wait_for()
        for place, text in (
            ("#why-penalty", "1"),
            ("#why-penalty_extra_credit", "0.5"),
            ("#ridge_grad", "1.5"),
        ):
            with page.expect_response(lambda reply: reply.request.method == "PUT"):
                page.locator(place).fill(text)
                page.locator(place).press("Tab")
        comment = page.locator("textarea.comment").last
        with page.expect_response(lambda reply: reply.request.method == "PUT"):
            comment.fill("By how *much*?")
            comment.press("Tab")
        assert "late by 1 d 23 h: -0.6 points" in grade(course)
        page.reload()
        for place, text in (("#why-penalty", "1"), ("#ridge_grad", "1.5")):
            page.wait_for_function(
                "([place, text]) => document.querySelector(place).value == text",
                arg=[place, text],
            )
        found, said = server.cell("ben")
        assert (found["manual_score"], found["extra_credit"]) == (1.0, 0.5)
        assert said["manual_comment"] == "By how *much*?"
    finally:
        server.close()
    ran(course, "nbgrader", "generate_feedback", UNIT)
    page = browser.new_page(color_scheme="dark")
    page.goto(f"file://{course}/feedback/ben/{UNIT}/{UNIT}.html")
    assert page.get_by_text(f"{UNIT} (Score: 2.4 / 3.0)").is_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"  # with text that is dark on it


EXCHANGE = """
c.Exchange.root = {root!r}
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>\\w+)_(?P<file_id>[\\w-]+)_attempt_(?P<timestamp>[0-9T]+)\\.ipynb"
)
"""


def test_the_exchange_and_an_archive(course, tmp_path):
    """Handed out, handed in, collected, graded, and the feedback fetched."""
    exchange, student = tmp_path / "exchange", tmp_path / "student"
    for place in (exchange, student):
        place.mkdir()
    exchange.chmod(0o777)
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text() + EXCHANGE.format(root=str(exchange)))
    (student / config.name).write_text(
        f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n"
        "c.CourseDirectory.course_id = 'nnkit'\n"
    )
    ran(course, "nbgrader", "release_assignment", UNIT)
    ran(student, "nbgrader", "fetch_assignment", UNIT)
    (student / UNIT / f"{UNIT}.ipynb").write_text(answered(course, "return w"))
    ran(student, "nbgrader", "submit", UNIT)
    ran(course, "nbgrader", "collect", UNIT)
    (mine,) = {path.name for path in (course / "submitted").iterdir()} - {"ada", "ben"}
    archive = course / "downloaded" / UNIT / "archive"
    archive.mkdir(parents=True)
    handed = archive / f"zoe_{UNIT}_attempt_20260228T153010.ipynb"
    handed.write_text(answered(course, "return 0 * w"))
    ran(course, "nbgrader", "zip_collect", UNIT, "--strict")
    assert "2 graded" in grade(course)
    ran(course, "nbgrader", "generate_feedback", UNIT)
    ran(course, "nbgrader", "release_feedback", UNIT, "--student", mine)
    ran(student, "nbgrader", "fetch_feedback", UNIT)
    (page,) = (student / UNIT / "feedback").rglob("*.html")
    assert "dw: right in" in page.read_text().replace("<code>dw</code>", "dw")
    stamp = course / "submitted" / "zoe" / UNIT / "timestamp.txt"
    assert stamp.read_text().startswith("2026-02-28 15:30:10")
