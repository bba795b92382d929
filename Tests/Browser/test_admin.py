"""Administration, and who may see what."""

import re
import unittest

from playwright.sync_api import expect

from case import PageCase

PASSWORD = "correct horse battery"


class AdministrationTests(PageCase):
    def test_every_part_shows_what_is(self):
        for part, text in (
            ("storage", "Compression"), ("retention", "How long entries are kept"), ("ingest", "Refused batches: 1"), ("jobs", "None since the server started|Progress"),
            ("users", "Nobody has to sign in".lower()), ("keys", "Keys are for machines"), ("audit", "Audit log"),
        ):
            self.open("/admin#" + part)
            expect(self.page.locator("#main")).to_contain_text(re.compile(text, re.IGNORECASE))
            self.check_schemes()

    def test_compaction_seals_and_is_a_job(self):
        self.open("/admin")
        self.page.get_by_role("button", name="Compact").click()
        self.page.get_by_role("link", name="Jobs").click()
        expect(self.page.locator("tbody tr").first).to_contain_text("Done")
        self.check_access()
        self.page.get_by_role("link", name="Storage").click()
        expect(self.page.get_by_role("region", name="Columns")).to_contain_text("message")
        self.picture("storage")

    def test_what_is_stored_is_verified(self):
        self.open("/admin")
        self.page.get_by_role("button", name="Verify").click()
        self.check_access()
        self.page.locator("dialog").get_by_role("button", name="Verify").click()
        self.page.get_by_role("link", name="Jobs").click()
        expect(self.page.locator("tbody tr", has_text="verify")).to_contain_text("Sound: ")
        self.page.get_by_role("link", name="Storage").click()
        self.page.get_by_role("button", name="Back up").click()
        self.page.fill("dialog input[name=to]", self.server.directory.name + "/backup")
        self.page.locator("dialog").get_by_role("button", name="Back up").click()
        self.page.get_by_role("link", name="Jobs").click()
        expect(self.page.locator("tbody tr", has_text="backup")).to_contain_text(re.compile("entr.* new"))

    def test_a_retention_is_tried_and_saved(self):
        self.server.ingest([{"device": "Old-1", "level": "DEBUG", "message": "long ago", "timestamp": "2020-01-01T00:00:00Z"}])
        self.open("/admin#retention")
        self.page.get_by_role("button", name="Add rule").click()
        self.page.get_by_label("Rule 1: device").fill("Old-1")
        self.page.get_by_label("Rule 1: DEBUG").check()
        self.page.get_by_label("Rule 1: keep for").fill("30 parsecs")
        self.page.get_by_role("button", name="Dry run").click()
        expect(self.page.get_by_role("alert").first).to_contain_text("delete_after")
        # That it was refused the browser says itself.
        self.assertTrue(all("400" in problem for problem in self.problems), self.problems)
        self.problems.clear()
        self.page.get_by_label("Rule 1: keep for").fill("30d")
        self.page.get_by_role("button", name="Dry run").click()
        effects = self.page.get_by_role("region", name="What the policy does now")
        expect(effects).to_contain_text("deletes")
        self.check_schemes()
        self.picture("retention")
        self.page.get_by_role("button", name="Save").click()
        self.check_access()
        expect(self.page.locator("dialog")).to_contain_text("1 entry is past it now")
        self.page.locator("dialog").get_by_role("button", name="Save").click()
        expect(self.page.get_by_text("The policy was saved")).to_be_visible()
        self.open("/admin#retention")
        expect(self.page.get_by_label("Rule 1: keep for")).to_have_value("30d")
        expect(self.page.get_by_label("Rule 1: DEBUG")).to_be_checked()

    def test_refused_batches_are_tried_again_and_discarded(self):
        self.open("/admin#ingest")
        row = self.page.locator("tbody tr", has_text="Download").first
        expect(row).to_be_visible()
        expect(self.page.locator(".line-chart path.line")).to_have_count(1)
        self.picture("ingest")
        row.get_by_role("button", name="Discard").click()
        self.page.locator("dialog").get_by_role("button", name="Discard").click()
        expect(self.page.get_by_text("Refused batches: 0")).to_be_visible()


class GuardedTests(PageCase):
    auth = "required"
    has_story = False

    def sign_in(self, name):
        self.page.fill("#username", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("#signin button[type=submit]")

    def test_setup_roles_and_signing_out(self):
        self.open("/logs")
        self.check_schemes()
        self.page.fill("#setup_token", self.server.setup_token)
        self.sign_in("alice")
        expect(self.page.locator("#who")).to_contain_text("alice")
        self.assertEqual(self.page.evaluate("document.cookie"), "")
        self.page.wait_for_function("() => document.querySelector('.logs-status').textContent.startsWith('Live')")
        # Access ends after a quarter of an hour; the page goes on with what is good for longer.
        self.context.clear_cookies(name="logdb_token")
        self.page.evaluate("localStorage.setItem('logdb.renewedAt', '0')")
        self.open("/admin#users")
        self.page.get_by_role("button", name="Add user").click()
        self.page.fill("dialog input[name=username]", "victor")
        self.page.fill("dialog input[name=password]", PASSWORD)
        self.check_access()
        self.page.click("dialog button[type=submit]")
        expect(self.page.locator("tbody tr", has_text="victor")).to_contain_text("viewer")
        self.page.get_by_role("link", name="API keys").click()
        self.page.get_by_role("button", name="Add key").click()
        self.page.fill("dialog input[name=name]", "gateway")
        self.page.click("dialog button[type=submit]")
        key = self.page.locator("#new-key").inner_text()
        self.page.get_by_role("button", name="Close", exact=True).last.click()
        self.server.ingest([{"device": "Kept-1", "session_id": "s", "message": "by key"}], {"X-API-Key": key})
        expect(self.page.locator("tbody tr", has_text="gateway")).to_be_visible()
        self.page.get_by_role("link", name="Audit log").click()
        expect(self.page.locator("tbody")).to_contain_text("alice")
        self.page.get_by_role("button", name="Verify the chain").click()
        expect(self.page.get_by_text(re.compile("Intact: "))).to_be_visible()
        self.check_access()
        self.page.click("#who")
        self.page.get_by_role("menuitem", name="Sign out").click()
        expect(self.page.locator("#signin")).to_be_visible()

        self.problems.clear()
        self.sign_in("mallory")
        expect(self.page.get_by_role("alert")).to_contain_text("wrong")
        # That a sign-in was refused the browser says itself.
        self.assertTrue(all("401" in problem for problem in self.problems), self.problems)
        self.problems.clear()
        self.sign_in("victor")
        expect(self.page.locator("#who")).to_contain_text("victor")
        expect(self.page.get_by_role("link", name="Administration")).to_have_count(0)
        self.open("/fleet")
        expect(self.page.locator(".device-card")).to_have_count(1)
        expect(self.page.get_by_role("button", name="Add device")).to_have_count(0)
        self.page.locator(".device-card h2 a").click()
        expect(self.page.locator(".log-lines")).to_contain_text("by key")
        expect(self.page.get_by_role("button", name="Send Command")).to_have_count(0)
        self.open("/admin")
        expect(self.page.get_by_text("This is for operators and administrators")).to_be_visible()
        self.open("/sessions")
        expect(self.page.locator("tbody tr")).to_have_count(1)


if __name__ == "__main__":
    unittest.main()
