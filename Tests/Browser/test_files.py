"""The files of a session."""

import unittest
import zlib

from playwright.sync_api import expect

from case import PageCase

CSV = "time,altitude,note\n0,12.5,start\n1,13.0,\"with, comma and \"\"quotes\"\"\"\n"


def png(size):
    """A picture of one colour."""
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    rows = b"".join(b"\x00" + b"\x20\x90\x80" * size for _ in range(size))
    head = size.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class FilesTests(PageCase):
    def setUp(self):
        super().setUp()
        session = self.server.call("GET", "/sessions?device=Drone-Alpha&limit=5")["sessions"]
        self.session = next(one for one in session if one["session_id"] == "nav_mission_42")["id"]
        for path, kind, content in (
            ("data/waypoints.json", "application/json", b'{"waypoints": [{"x": 1, "y": "<b>2</b>"}]}'),
            ("data/telemetry.csv", "text/csv", CSV.encode()), ("screenshots/frame_0001.png", "image/png", png(120)),
            ("page.html", "text/html", b"<script>window.hit = 1</script>"), ("data/raw.bin", "application/octet-stream", bytes(range(256))),
        ):
            self.server.call("POST", f"/sessions/{self.session}/artifacts?path={path}&replace=true", content, {"Content-Type": kind})

    def view(self, name):
        self.page.get_by_role("button", name=f"View {name}").click()
        return self.page.locator(".viewer .body")

    def test_files_are_a_tree_to_look_at_and_to_download(self):
        self.open(f"/sessions/{self.session}/files")
        tree = self.page.locator(".tree")
        for text in ("logs/", "session.log", "data/", "waypoints.json", "screenshots/", "frame_0001.png"):
            expect(tree).to_contain_text(text)
        self.check_schemes()
        self.picture("files")
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Download telemetry.csv").click()
        with open(download.value.path()) as file:
            self.assertEqual(file.read(), CSV)
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Download all").click()
        self.assertTrue(download.value.suggested_filename.endswith(".zip"))

    def test_files_are_shown_as_what_they_are_and_run_nothing(self):
        self.open(f"/sessions/{self.session}/files")
        expect(self.view("frame_0001.png").locator("img")).to_have_js_property("naturalWidth", 120)
        self.check_access()
        body = self.view("telemetry.csv")
        expect(body.locator("tbody tr").nth(1)).to_contain_text('with, comma and "quotes"')
        self.check_access()
        expect(self.view("waypoints.json").locator("pre")).to_contain_text('"y": "<b>2</b>"')
        expect(self.view("page.html").locator("pre")).to_contain_text("<script>")
        self.assertIsNone(self.page.evaluate("window.hit ?? null"))
        expect(self.view("session.log").locator("pre")).to_contain_text("Boot complete")
        self.check_access()
        expect(self.page.get_by_role("button", name="View raw.bin")).to_have_count(0)

    def test_uploads_are_on_the_timeline(self):
        self.open(f"/sessions/{self.session}")
        expect(self.page.locator(".timeline-plot path.fill-OTHER")).to_have_count(5)
        expect(self.page.get_by_text("5 files that were uploaded")).to_be_visible()


if __name__ == "__main__":
    unittest.main()
