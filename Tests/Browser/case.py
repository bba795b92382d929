"""What every test of a page checks besides its subject: a clean console, no failed request, and axe."""

import os
import unittest
import urllib.parse

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from server import ROOT, Server, tell_story

# As long as a busy machine may take; what is there at once is found at once.
WAIT_MS = 30_000
expect.set_options(timeout=WAIT_MS)

IMAGES = ROOT / "docs/images"


class PageCase(unittest.TestCase):
    """A browser and a server that has the demo's story, for all tests of a class."""

    has_story = True
    options = ()
    auth = "none"

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.options, auth=cls.auth)
        cls.addClassCleanup(cls.server.stop)
        if cls.has_story:
            tell_story(cls.server)
        cls.play = sync_playwright().start()
        cls.addClassCleanup(cls.play.stop)
        cls.browser = cls.play.chromium.launch(executable_path="/usr/bin/chromium", headless=True)
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.problems = []
        self.context = self.browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="dark", accept_downloads=True)
        self.addCleanup(self.context.close)
        self.page = self.new_page()

    def new_page(self):
        page = self.context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda message: message.type in ("error", "warning") and self.problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("response", lambda answer: answer.status >= 400 and self.problems.append(f"{answer.status}: {answer.url}"))
        page.on("requestfailed", self._did_fail)
        return page

    def _did_fail(self, request):
        # Requests that the page itself gave up, or that end with the page or become a download, are none that failed.
        if request.failure not in ("net::ERR_ABORTED",):
            self.problems.append(f"{request.failure}: {request.url}")

    def tearDown(self):
        self.assertEqual(self.problems, [])

    def open(self, path):
        self.page.goto(self.server.url + path)
        expect(self.page.locator("#main > *").first).to_be_visible()

    def search(self, query):
        self.open("/logs?query=" + urllib.parse.quote(query))

    def check_access(self):
        """No violation of WCAG that a program can see, once what fades in is there."""
        self.page.evaluate(
            "Promise.all(document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations < Infinity)"
            ".map((one) => one.finished.catch(() => {})))"
        )
        found = Axe().run(self.page).response["violations"]
        self.assertEqual([(item["id"], [node["html"][:200] for node in item["nodes"][:3]]) for item in found], [])

    def check_schemes(self):
        """In both themes, on a desk and on a tablet, and nothing is wider than the window."""
        for scheme in ("dark", "light"):
            for width, height in ((1280, 800), (820, 1100)):
                self.page.emulate_media(color_scheme=scheme)
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.wait_for_timeout(150)
                self.check_access()
                self.assertLessEqual(self.page.evaluate("document.documentElement.scrollWidth"), width)
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size({"width": 1280, "height": 800})

    def picture(self, name, scheme="dark"):
        if not os.environ.get("LOGDB_SCREENSHOTS"):
            return
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=IMAGES / f"ui-{name}.png")
