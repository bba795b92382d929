"""The fleet, and the page of a device."""

import unittest
import urllib.parse

from playwright.sync_api import expect

from case import PageCase


class FleetTests(PageCase):
    def cards(self):
        return self.page.locator(".device-card")

    def test_devices_as_cards_and_as_a_table(self):
        self.open("/fleet")
        expect(self.cards()).to_have_count(6)
        alpha = self.page.locator(".device-card", has_text="Drone-Alpha")
        for text in ("Online", "Battery", "CPU", "Last seen"):
            expect(alpha).to_contain_text(text)
        self.check_schemes()
        self.picture("fleet")
        self.page.get_by_role("button", name="List").click()
        expect(self.page.locator("tbody tr")).to_have_count(6)
        self.check_schemes()
        self.page.locator("tbody tr", has_text="Drone-Bravo").locator("td").nth(2).click()
        self.page.wait_for_url("**/fleet/*")

    def test_tabs_filters_and_search(self):
        self.open("/fleet")
        self.page.get_by_role("link", name="Production").click()
        expect(self.cards()).to_have_count(3)
        self.page.get_by_label("All types").or_(self.page.locator("select[name=type]")).first.select_option("drone")
        expect(self.cards()).to_have_count(1)
        self.page.reload()
        expect(self.cards()).to_have_count(1)
        self.open("/fleet?status=maintenance")
        expect(self.cards()).to_have_count(1)
        self.open("/fleet")
        self.page.get_by_label("Search devices").fill("weather")
        expect(self.cards()).to_have_count(1)
        self.page.get_by_label("Search devices").fill("no such device")
        expect(self.page.get_by_text("No device is like that")).to_be_visible()
        self.check_access()

    def test_a_status_changes_while_one_looks(self):
        self.server.ingest([{"device": "Late-1", "message": "here"}])
        self.open("/fleet?search=Late-1")
        expect(self.cards()).to_contain_text("Offline")
        self.server.call("POST", "/fleet/heartbeat", {"device_id": "Late-1", "interval_ms": 600_000})
        expect(self.cards()).to_contain_text("Online")
        self.server.call("DELETE", "/fleet/devices/Late-1")

    def test_the_page_of_a_device(self):
        self.open("/fleet/Drone-Alpha")
        expect(self.page.get_by_role("heading", name="Drone-Alpha")).to_be_visible()
        expect(self.page.locator(".line-chart path.line")).to_have_count(5)
        expect(self.page.locator(".log-lines li")).to_have_count(50)
        expect(self.page.get_by_text("up again")).to_be_visible()
        expect(self.page.locator(".diff-del")).to_contain_text("auto")
        self.check_schemes()
        self.page.set_viewport_size({"width": 1280, "height": 1500})
        self.picture("device")
        self.page.set_viewport_size({"width": 1280, "height": 800})
        self.page.get_by_role("button", name="1 d", exact=True).click()
        expect(self.page.locator(".line-chart path.line")).to_have_count(5)

    def test_a_command_is_confirmed_sent_and_cancelled(self):
        self.open("/fleet/Drone-Bravo")
        self.page.get_by_role("button", name="Send Command").click()
        self.page.fill("dialog input[name=command]", "reboot")
        self.page.fill("dialog textarea", "[1]")
        self.page.click("dialog button[type=submit]")
        expect(self.page.locator("dialog .form-error")).to_contain_text("JSON object")
        self.page.fill("dialog textarea", '{"delay_s": 5}')
        self.check_access()
        self.page.click("dialog button[type=submit]")
        expect(self.page.get_by_role("dialog", name="Send it?")).to_be_visible()
        self.check_access()
        self.page.get_by_role("button", name="Send reboot").click()
        row = self.page.locator("section", has_text="Commands").locator("tbody tr", has_text="reboot").first
        expect(row).to_contain_text("Queued")
        waiting = self.server.call("GET", "/fleet/devices/Drone-Bravo/commands")["commands"]
        self.assertEqual(waiting[0]["arguments"], {"delay_s": 5})
        row.get_by_role("button", name="Cancel").click()
        expect(row).to_contain_text("Cancelled")

    def test_a_device_is_edited_and_taken_out_of_service(self):
        self.server.ingest([{"device": "Old-9", "message": "still here"}])
        self.open("/fleet/Old-9")
        self.page.get_by_role("button", name="Edit").first.click()
        self.page.fill("dialog input[name=name]", "The old one")
        self.page.select_option("dialog select[name=device_type]", "vehicle")
        self.check_access()
        self.page.click("dialog button[type=submit]")
        expect(self.page.get_by_role("heading", name="The old one")).to_be_visible()
        self.assertEqual(self.server.call("GET", "/fleet/devices/Old-9")["device_type"], "vehicle")
        self.page.get_by_role("button", name="More").click()
        self.page.get_by_role("menuitem", name="Decommission").click()
        self.page.fill("dialog input[name=confirmation]", "wrong")
        self.page.click("dialog button[type=submit]")
        expect(self.page.locator("dialog .form-error")).to_contain_text("not the serial number")
        self.page.fill("dialog input[name=confirmation]", "Old-9")
        self.page.click("dialog button[type=submit]")
        self.page.wait_for_url("**/fleet")
        expect(self.page.get_by_text("The old one")).to_have_count(0)

    def test_the_wizard_ends_in_a_capsule_and_a_command(self):
        self.open("/fleet")
        self.page.get_by_role("button", name="Add device").click()
        self.page.fill("dialog input[name=dsn]", "DEV-ABC-12345")
        self.check_access()
        self.page.fill("dialog textarea", '{"name": "DroneNav"}')
        self.page.click("dialog button[type=submit]")
        expect(self.page.locator("#install-command")).to_have_text("logdb-agent register --capsule DEV-ABC-12345.capsule.yaml")
        self.check_access()
        self.picture("add-device")
        with self.page.expect_download() as download:
            self.page.click("#download-capsule")
        self.assertEqual(download.value.suggested_filename, "DEV-ABC-12345.capsule.yaml")
        with open(download.value.path()) as file:
            manifest = file.read()
        self.assertIn("DEV-ABC-12345", manifest)
        self.assertIn("DroneNav", manifest)

    def test_names_with_anything_in_them_are_found(self):
        for name in ("a/b ü #1?", "5", "100%"):
            self.server.ingest([{"device": name, "session_id": name, "message": "odd"}])
            self.open("/fleet?search=" + urllib.parse.quote(name))
            self.page.locator(".device-card h2").get_by_role("link", name=name, exact=True).click()
            self.page.wait_for_url("**/fleet/*")
            expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
            expect(self.page.locator(".log-lines")).to_contain_text("odd")
            self.server.call("DELETE", "/fleet/devices/" + str(self.page.url.rsplit("/", 1)[1]))


class EmptyFleetTests(PageCase):
    has_story = False

    def test_an_empty_server_teaches(self):
        for path, text in (("/logs", "There are no entries yet"), ("/fleet", "There are no devices yet"), ("/sessions?since=", "There are no sessions yet")):
            self.open(path)
            expect(self.page.get_by_text(text)).to_be_visible()
            self.check_schemes()


if __name__ == "__main__":
    unittest.main()
