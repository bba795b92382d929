"""What devices say is text, whatever they say: 300 strings that have run where they were shown, in every place of a page."""

import unittest
import urllib.parse

from playwright.sync_api import expect

from case import PageCase
from server import now_us

SEEDS = [
    "<script>window.hit = 1</script>", "<img src=x onerror=window.hit=1>", "<svg onload=window.hit=1>", "\"><script>window.hit=1</script>",
    "'-window.hit=1-'", "javascript:window.hit=1", "<iframe srcdoc='<script>parent.hit=1</script>'>", "<a href=javascript:window.hit=1>x</a>",
    "</title><script>window.hit=1</script>", "{{constructor.constructor('window.hit=1')()}}", "${window.hit=1}", "<math><mtext></p><img src=x onerror=window.hit=1>",
    "<body onload=window.hit=1>", "<style>@import 'http://evil.example/'</style>", "<link rel=stylesheet href=http://evil.example/>", "<base href=http://evil.example/>",
    "<form action=http://evil.example/><input name=password>", "<details open ontoggle=window.hit=1>", "<video><source onerror=window.hit=1>", "&lt;script&gt;window.hit=1&lt;/script&gt;",
    "\u202egnp.exe", "a\u0000b\u0007c\u001b[31mred", "<!--<script>window.hit=1//-->", "<x contenteditable onblur=window.hit=1>", "data:text/html,<script>window.hit=1</script>",
]
WRAPS = ["{}", "before {} after", "{}{}", "\"{}\"", "'{}", "\\\"{}", "{}\n{}", "`{}`", "-->{}", "]]>{}", "</textarea>{}", "%3Cscript%3E {}"]
HOSTILE = [wrap.replace("{}", seed) for seed in SEEDS for wrap in WRAPS]


class HostileTests(PageCase):
    has_story = False

    def check_inert(self):
        self.assertIsNone(self.page.evaluate("window.hit ?? null"))
        self.assertEqual(self.page.evaluate("document.querySelectorAll('main script, main iframe, main img, main style, main link, main base, main form[action], main details[ontoggle], main video').length"), 0)
        self.assertEqual(self.page.evaluate("[...document.querySelectorAll('a[href]')].filter(link => !['http:', 'blob:'].includes(link.protocol)).length"), 0)

    def test_three_hundred_strings_in_every_place(self):
        self.assertGreaterEqual(len(HOSTILE), 300)
        start = now_us()
        self.server.ingest([
            {"device": text.replace("\u0000", ""), "session_id": text.replace("\u0000", ""), "module_name": text.replace("\u0000", ""), "logger_name": text.replace("\u0000", ""),
             "message": text, "context": {"key": text, f"k{index}": text}, "timestamp_us": start - 1000 * index} for index, text in enumerate(HOSTILE)])
        self.open("/logs?query=since:1h")
        expect(self.page.locator(".rowlist .entry").first).to_be_visible()
        self.page.locator(".rowlist").hover()
        for _ in range(16):
            self.check_inert()
            self.page.mouse.wheel(0, -500)
            self.page.wait_for_timeout(40)
        for index in range(0, 6):
            self.page.locator(".rowlist .entry:not(.open) .line").nth(index).click()
        self.check_inert()
        for query in ("| patterns", "| stats count() by device, message", "| fields message, module, key"):
            self.open("/logs?query=" + urllib.parse.quote(f"since:1h {query}"))
            expect(self.page.locator(".other table")).to_be_visible()
            self.check_inert()
        self.open("/logs?query=since:1h")
        self.page.locator("[data-field=module].picker").click()
        expect(self.page.locator(".choices .item").first).to_be_visible()
        self.check_inert()
        for path in ("/fleet", "/sessions?since="):
            self.open(path)
            expect(self.page.locator(".device-card, tbody tr").first).to_be_visible()
            self.check_inert()
        devices = self.server.call("GET", "/fleet/devices?limit=400")["devices"]
        sessions = self.server.call("GET", "/sessions?limit=400")["sessions"]
        for index in range(0, len(devices), 60):
            self.open(f"/fleet/{devices[index]['id']}")
            expect(self.page.locator(".log-lines li").first).to_be_visible()
            self.check_inert()
        for index in range(0, len(sessions), 60):
            self.open(f"/sessions/{sessions[index]['id']}")
            expect(self.page.locator(".rowlist .entry").first).to_be_visible()
            self.check_inert()
        # What the API does not take as a file's name cannot be shown either.
        names = [text for text in HOSTILE if not set(text) & set('\\:*?"<>|/') and text.isprintable() and len(text) < 200 and not text.endswith(".")]
        self.assertGreater(len(names), 10)
        for text in names:
            path = urllib.parse.quote(f"odd {text}.txt")
            self.server.call("POST", f"/sessions/{sessions[0]['id']}/artifacts?path={path}", text.encode(), {"Content-Type": "text/html"})
        for index in range(0, len(sessions), 60):
            self.open(f"/sessions/{sessions[index]['id']}/files")
            expect(self.page.locator(".tree .leaf").first).to_be_visible()
            self.check_inert()
        self.open(f"/sessions/{sessions[0]['id']}/files")
        expect(self.page.locator(".tree .leaf", has_text="odd ")).to_have_count(len(names))
        for button in self.page.get_by_role("button", name="View odd").all()[:5]:
            button.click()
            expect(self.page.locator(".viewer pre")).to_be_visible()
            self.check_inert()
        for text in HOSTILE[::25]:
            self.problems.clear()
            self.open("/logs?query=" + urllib.parse.quote(text.replace("\u0000", "")))
            self.check_inert()
            # A query that cannot be read is 400, and the page says why.
            self.assertTrue(all("400" in problem for problem in self.problems), self.problems)
        self.problems.clear()

    def test_a_page_that_is_none(self):
        self.page.goto(self.server.url + "/<script>window.hit=1</script>")
        expect(self.page.get_by_text("There is no such page")).to_be_visible()
        self.check_inert()
        self.check_access()
        self.problems.clear()


if __name__ == "__main__":
    unittest.main()
