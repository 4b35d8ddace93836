"""A browser in which a page is opened, and what the page then did.

All that it asks for is written down and answered by nobody.
"""

import shutil
from dataclasses import dataclass, field

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
HOME = "http://pages.test/"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
FLAGS += ("--disable-component-update", "--disable-sync", "--no-first-run")


@dataclass
class Seen:
    """What a page did when it was opened."""

    asked: set[str] = field(default_factory=set)
    ran: list[str] = field(default_factory=list)
    title: str = ""
    links: set[str] = field(default_factory=set)


class Reader:
    """Opens pages in one tab, and keeps all requests from leaving the machine."""

    def __init__(self, browser):
        self.context = browser.new_context()
        self.context.expose_function("pwned", lambda *_: self.seen.ran.append("pwned"))
        self.context.route("**/*", self.answer)
        self.tab = self.context.new_page()
        self.tab.on("dialog", self.dialog)
        self.tab.on("popup", lambda popup: self.seen.ran.append(f"popup {popup.url}"))

    def answer(self, route):
        if route.request.url == self.home:
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
        else:
            self.seen.asked.add(route.request.url)
            route.abort()

    def dialog(self, dialog):
        self.seen.ran.append(dialog.message)
        dialog.dismiss()

    def open(self, name, html):
        self.seen, self.home, self.html = Seen(), f"{HOME}{name}", html
        self.tab.goto(self.home)
        # What waits for the end of loading has run when this comes back.
        self.tab.evaluate("() => new Promise(done => setTimeout(done, 20))")
        links = "() => [...document.querySelectorAll('a[href]')].map(a => a.protocol)"
        self.seen.links = set(self.tab.evaluate(links))
        self.seen.title = self.tab.title()
        assert self.tab.url == self.home
        return self.seen
