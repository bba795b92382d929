"""Sessions, their course and their files."""

import unittest

from playwright.sync_api import expect

from case import PageCase


class SessionsTests(PageCase):
    def test_sessions_are_listed_filtered_and_lead_on(self):
        self.open("/sessions")
        rows = self.page.locator("tbody tr")
        expect(rows.first).to_be_visible()
        mission = self.page.locator("tbody tr", has_text="nav_mission_42")
        expect(mission).to_contain_text("Failed")
        self.check_schemes()
        self.picture("sessions")
        self.page.select_option("select[name=status]", "failed")
        expect(rows).to_have_count(1)
        self.page.reload()
        expect(rows).to_have_count(1)
        self.page.get_by_label("Started on or before").fill("2020-01-01")
        expect(self.page.get_by_text("No session is like that")).to_be_visible()
        self.page.select_option("select[name=since]", "1d")
        expect(rows).to_have_count(1)
        mission.get_by_role("link", name="Logs").click()
        self.page.wait_for_url("**/logs**")
        self.assertEqual(self.page.input_value("#query"), "device:Drone-Alpha session:nav_mission_42 since:1970-01-01")
        expect(self.page.locator(".rowlist .entry").first).to_be_visible()
        self.page.go_back()
        self.page.locator("tbody tr", has_text="nav_mission_42").locator("td").nth(2).click()
        self.page.wait_for_url("**/sessions/*")

    def test_the_timeline_drives_the_entries(self):
        self.open("/sessions/nav_mission_42")
        expect(self.page.locator(".timeline-plot rect").first).to_be_visible()
        expect(self.page.locator(".timeline-plot .edge")).to_have_count(1)
        rows = self.page.locator(".rowlist .entry")
        expect(rows.last).to_contain_text("Shutting down")
        self.check_schemes()
        self.picture("session")
        self.page.get_by_role("button", name="First error").click()
        expect(self.page.locator(".rowlist .is-ERROR").first).to_be_visible()
        expect(self.page.get_by_text("Shutting down")).to_have_count(0)
        self.page.get_by_role("button", name="Show the whole session").click()
        expect(rows.last).to_contain_text("Shutting down")
        box = self.page.locator(".timeline-plot").bounding_box()
        self.page.mouse.move(box["x"] + 2, box["y"] + 30)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + 60, box["y"] + 30, steps=4)
        self.page.mouse.up()
        expect(self.page.locator(".rowlist")).to_contain_text("Boot complete")


class SharedNameTests(PageCase):
    has_story = False

    def test_a_session_of_a_device_that_shares_its_name(self):
        self.server.ingest([{"device": device, "session_id": "shared", "message": device} for device in ("Twin-1", "Twin-2")])
        session = self.server.call("GET", "/sessions?device=Twin-2")["sessions"][0]
        self.open(f"/sessions/{session['id']}")
        expect(self.page.locator(".rowlist .entry")).to_have_count(1)
        expect(self.page.locator(".rowlist")).to_contain_text("Twin-2")


if __name__ == "__main__":
    unittest.main()
