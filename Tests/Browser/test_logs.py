"""The logs view."""

import json
import unittest

from playwright.sync_api import expect

from case import PageCase
from server import now_us

ROWS = ".rowlist .entry"

# Less than what is in sight, so that no row is passed over; the messages that are there then.
SCROLL_UP = """async () => {
    const list = document.querySelector('.rowlist');
    const seen = () => [...list.querySelectorAll('.entry .c-message')].map(cell => cell.textContent);
    const before = seen();
    list.scrollTop -= 300;
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return before.concat(seen());
}"""


class LogsTests(PageCase):
    def rows(self):
        return self.page.locator(ROWS)

    def query(self):
        return self.page.input_value("#query")

    def test_newest_rows_are_at_the_bottom_and_the_view_is_accessible(self):
        self.search("since:2h")
        expect(self.rows().last).to_be_visible()
        times = self.page.eval_on_selector_all(ROWS, "rows => rows.sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map(row => row.querySelector('.c-time').textContent)")
        self.assertEqual(times, sorted(times))
        newest = self.server.call("GET", "/logs?query=since:2h&limit=1")["rows"][0]
        expect(self.page.locator(f"[data-id='{newest['id']}']")).to_be_in_viewport()
        measures = self.page.evaluate("performance.getEntriesByName('logs:first-rows').length")
        self.assertEqual(measures, 1)
        expect(self.page.locator(".histogram rect[class^=fill]").first).to_be_visible()
        self.check_schemes()
        self.picture("logs")
        self.picture("logs-light", "light")

    def test_filters_write_the_query_and_read_it(self):
        self.search("since:2h")
        for level in ("DEBUG", "INFO"):
            self.page.get_by_role("checkbox", name=level).uncheck()
        self.assertEqual(self.query(), "since:2h level:>=WARN")
        self.page.locator("[data-field=device].picker").click()
        self.page.get_by_role("checkbox", name="Drone-Alpha").check()
        self.page.keyboard.press("Escape")
        self.assertEqual(self.query(), "since:2h level:>=WARN device:Drone-Alpha")
        self.page.fill(".words", "GPS weak")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**query=GPS*")
        expect(self.rows().first).to_contain_text("GPS signal weak")
        self.page.go_back()
        self.page.wait_for_url("**device*")
        self.assertEqual(self.query(), "since:2h level:>=WARN device:Drone-Alpha")
        self.page.fill("#query", "level:in(ERROR, INFO) module:navigation since:1d")
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("checkbox", name="WARN")).not_to_be_checked()
        expect(self.page.get_by_role("checkbox", name="INFO")).to_be_checked()
        expect(self.page.locator("[data-field=module].picker")).to_contain_text("navigation")
        expect(self.page.locator(".range")).to_contain_text("Last 24 hours")
        self.page.locator(".range").click()
        self.page.get_by_role("button", name="Last 7 days").click()
        self.assertEqual(self.query(), "level:in(ERROR, INFO) module:navigation since:7d")

    def test_facets_count_and_choose(self):
        self.search("since:2h")
        expect(self.page.locator(".facets")).to_contain_text("Drone-Alpha")
        self.page.locator("[data-field=module].facet .include", has_text="navigation").click()
        self.page.wait_for_url("**module*")
        self.assertEqual(self.query(), "since:2h module:navigation")
        self.page.locator("[data-field=device].facet .include", has_text="Drone-Alpha").click(modifiers=["Alt"])
        self.page.wait_for_url("**-device*")
        self.assertEqual(self.query(), "since:2h module:navigation -device:Drone-Alpha")
        expect(self.page.locator("[data-field=device].facet")).not_to_contain_text("Drone-Alpha")

    def test_a_row_opens_with_all_that_is_known(self):
        self.search('"Obstacle detection timeout" since:2h')
        self.rows().last.locator(".line").click()
        detail = self.page.locator(".detail")
        for text in ("pipeline_id", "retry_count", "ObstacleDetector", "View Full Session", "View in Context", "Copy"):
            expect(detail).to_contain_text(text)
        self.check_access()
        self.picture("entry")
        detail.get_by_role("button", name="Only retry_count").click()
        self.page.wait_for_url("**retry_count*")
        self.rows().last.locator(".line").click()
        chosen = self.rows().last.get_attribute("data-id")
        self.page.get_by_role("button", name="View in Context").click()
        self.page.wait_for_url("**around*")
        expect(self.page.locator(f"[data-id='{chosen}'] .detail")).to_be_visible()
        self.page.reload()
        expect(self.page.locator(f"[data-id='{chosen}'] .detail")).to_be_in_viewport()
        self.page.get_by_role("link", name="View Full Session").click()
        self.page.wait_for_url("**session*")
        expect(self.page.locator(f"[data-id='{chosen}'] .detail")).to_be_visible()

    def test_mistakes_are_marked_where_they_are(self):
        self.open("/logs")
        self.problems.clear()
        self.page.fill("#query", "since:1h level:EROR")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".q-wrong")).to_have_text("EROR")
        expect(self.page.locator("#query-error")).to_contain_text("There is no level")
        self.check_access()
        # The browser says itself that an answer was 400; that is what was asked for here.
        self.problems[:] = [problem for problem in self.problems if "400" not in problem]
        self.page.get_by_role("button", name="Use ERROR").click()
        expect(self.rows().first).to_contain_text("ERROR")

    def test_completion_and_history(self):
        self.open("/logs")
        self.page.click("#query")
        self.page.keyboard.type("since:2h mod")
        expect(self.page.get_by_role("option", name="module:")).to_be_visible()
        self.page.keyboard.press("Tab")
        expect(self.page.get_by_role("option").first).to_be_visible()
        self.page.keyboard.type("navi")
        expect(self.page.get_by_role("option", name="navigation")).to_be_visible()
        self.check_access()
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.assertEqual(self.query(), "since:2h module:navigation ")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**navigation*")
        self.page.get_by_role("button", name="Save this query").click()
        self.page.fill("dialog input[name=name]", "Where it went")
        self.page.click("dialog button[type=submit]")
        self.page.fill("#query", "")
        self.page.keyboard.press("Enter")
        self.page.get_by_role("button", name="Saved and recent queries").click()
        self.check_access()
        self.page.get_by_role("button", name="Where it went", exact=False).first.click()
        self.assertEqual(self.query(), "since:2h module:navigation")

    def test_dragging_zooms_in_and_a_double_click_out(self):
        self.search("since:2h")
        expect(self.page.locator(".histogram rect[class^=fill]").first).to_be_visible()
        box = self.page.locator(".plot").first.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 20, steps=4)
        self.page.mouse.up()
        self.page.wait_for_url("**until*")
        self.assertRegex(self.query(), r"^since:\S+ until:\S+$")
        expect(self.rows().first).to_be_visible()
        self.page.mouse.dblclick(box["x"] + 200, box["y"] + 20)
        self.page.wait_for_url("**query=since%3A2h")
        self.page.get_by_role("button", name="As a table").click()
        expect(self.page.locator("dialog table tbody tr").first).to_be_visible()
        self.check_access()

    def test_tables_charts_and_patterns(self):
        self.search("since:2h | stats count() as n by module | sort n desc")
        expect(self.page.locator(".result-table tbody")).to_contain_text("navigation")
        self.check_access()
        self.search("since:2h | timechart 5m count() by level")
        expect(self.page.locator(".result-chart path.line").first).to_be_visible()
        self.check_access()
        self.picture("timechart")
        self.search("since:2h")
        self.page.get_by_role("button", name="Patterns").click()
        row = self.page.locator(".patterns tbody tr", has_text="Waypoint reached").first
        expect(row).to_be_visible()
        expect(row.locator(".trend svg")).to_be_visible()
        self.check_access()
        self.picture("patterns")
        row.get_by_role("button", name="Show").click()
        expect(self.rows().last).to_contain_text("Waypoint reached")

    def test_export_is_what_is_filtered(self):
        self.search("level:FATAL since:2h")
        expect(self.rows().first).to_be_visible()
        wanted = self.server.call("GET", "/logs?query=level:FATAL%20since:2h")["rows"]
        for name, read in (("CSV", lambda text: text.splitlines()[1:]), ("JSON", json.loads), ("NDJSON", str.splitlines)):
            self.page.get_by_role("button", name="Export").click()
            with self.page.expect_download() as download:
                self.page.get_by_role("menuitem", name=f"Export {name}", exact=True).click()
            with open(download.value.path()) as file:
                self.assertEqual(len(read(file.read())), len(wanted))

    def test_keys(self):
        self.search("since:2h")
        expect(self.rows().last).to_be_visible()
        self.page.keyboard.press("?")
        expect(self.page.get_by_role("dialog", name="Keys and queries")).to_be_visible()
        self.check_access()
        self.picture("help")
        self.page.keyboard.press("Escape")
        expect(self.page.locator("dialog")).to_have_count(0)
        self.page.keyboard.press("k")
        self.page.keyboard.press("k")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".detail")).to_be_visible()
        self.page.keyboard.press("/")
        self.assertEqual(self.page.evaluate("document.activeElement.id"), "query")
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("g")
        self.page.keyboard.press("s")
        self.page.wait_for_url("**/sessions")


class RowsTests(PageCase):
    """Rows that come, older ones and new ones."""

    has_story = False

    def rows(self):
        return self.page.locator(ROWS)

    def test_older_rows_come_by_scrolling_up_each_once(self):
        self.server.ingest([{"device": "Scroll", "message": f"line {index}", "timestamp_us": now_us() - (700 - index) * 1000} for index in range(700)])
        self.search("device:Scroll since:1h")
        expect(self.page.locator(".logs-status")).to_contain_text("100 loaded")
        seen = set()
        for _ in range(200):
            seen |= set(self.page.evaluate(SCROLL_UP))
            if "line 0" in seen:
                break
        self.assertEqual(seen, {f"line {index}" for index in range(700)})
        expect(self.page.locator(".logs-status")).to_contain_text("700 loaded")
        self.assertLess(self.rows().count(), 80)
        self.page.keyboard.press("G")
        expect(self.page.get_by_text("line 699", exact=True)).to_be_in_viewport()

    def test_new_entries_appear_and_wait_below_while_one_reads_above(self):
        self.search("device:Live-1")
        expect(self.page.get_by_text("Nothing was found")).to_be_visible()
        self.page.wait_for_function("() => document.querySelector('.logs-status').textContent.startsWith('Live')")
        self.server.ingest([{"device": "Live-1", "message": f"first {index}"} for index in range(80)])
        expect(self.page.get_by_text("first 79", exact=True)).to_be_in_viewport()
        self.page.locator(".rowlist").hover()
        self.page.mouse.wheel(0, -400)
        expect(self.page.locator(".logs-status")).to_contain_text("scrolled back")
        top = self.page.eval_on_selector(".rowlist", "list => list.scrollTop")
        self.server.ingest([{"device": "Live-1", "message": f"second {index}"} for index in range(5)])
        expect(self.page.locator(".newer")).to_have_text("5 new")
        self.assertEqual(self.page.eval_on_selector(".rowlist", "list => list.scrollTop"), top)
        self.page.click(".newer")
        expect(self.page.get_by_text("second 4", exact=True)).to_be_in_viewport()
        self.page.get_by_role("button", name="Auto-scroll: on").click()
        self.server.ingest([{"device": "Live-1", "message": "third"}])
        expect(self.page.locator(".newer")).to_have_text("1 new")

    def test_what_is_stored_before_the_tail_begins_is_not_missed(self):
        held = []
        self.context.route_web_socket("**/stream?*", lambda socket: held.append(socket))
        self.server.ingest([{"device": "Between", "message": "before"}])
        self.search("device:Between")
        expect(self.page.get_by_text("before", exact=True)).to_be_visible()
        self.server.ingest([{"device": "Between", "message": f"between {index}"} for index in range(250)])
        held[0].connect_to_server()
        expect(self.page.locator(".logs-status")).to_contain_text("251 loaded")
        expect(self.page.get_by_text("between 249", exact=True)).to_be_in_viewport()

    def test_a_lost_connection_leaves_no_hole(self):
        self.context.route_web_socket("**/stream?*", self._route)
        self.sockets = []
        self.search("device:Hole")
        self.page.wait_for_function("() => document.querySelector('.logs-status').textContent.startsWith('Live')")
        self.server.ingest([{"device": "Hole", "message": "before"}])
        expect(self.page.get_by_text("before", exact=True)).to_be_visible()
        self.sockets[-1].close()
        self.server.ingest([{"device": "Hole", "message": "meanwhile"}])
        self.page.wait_for_function("() => document.querySelector('.logs-status').textContent.startsWith('Live')")
        self.server.ingest([{"device": "Hole", "message": "after"}])
        expect(self.page.get_by_text("after", exact=True)).to_be_visible()
        self.assertEqual(self.page.eval_on_selector_all(ROWS, "rows => rows.map(row => row.querySelector('.c-message').textContent)"), ["before", "meanwhile", "after"])

    def _route(self, socket):
        self.sockets.append(socket)
        socket.connect_to_server()

    def test_columns_times_and_wrapping_are_in_the_address(self):
        self.server.ingest([{"device": "Wide", "message": "word " * 400, "context": {"camera_id": "front"}}])
        self.search("device:Wide")
        height = self.rows().first.bounding_box()["height"]
        self.page.get_by_role("button", name="Wrap long lines").click()
        self.page.wait_for_function(f"() => document.querySelector('{ROWS}').offsetHeight > {height * 3}")
        self.page.get_by_role("button", name="UTC").click()
        self.rows().first.locator(".line").click(position={"x": 20, "y": 5})
        self.page.get_by_role("button", name="Show camera_id as a column").click()
        expect(self.page.locator(".rowlist .head")).to_contain_text("camera_id")
        self.page.reload()
        expect(self.page.locator(".rowlist .head")).to_contain_text("camera_id")
        self.assertIn("wrap=1", self.page.url)
        self.assertIn("time=utc", self.page.url)
        self.assertGreater(self.rows().first.bounding_box()["height"], height * 3)


FIVE_MILLION = """async () => {
    const {RowList} = await import('/web/logs/rowlist.js');
    const rows = Array.from({length: 5_000_000}, (_, index) => ({index}));
    const list = new RowList({
        label: 'Numbers', rowHeight: 22, isWrapped: () => false,
        draw: (row) => {
            const node = document.createElement('div');
            node.className = 'entry';
            node.setAttribute('role', 'row');
            node.textContent = `row ${row.index}`;
            return node;
        },
    });
    list.element.id = 'millions';
    document.querySelector('.logs-body').replaceChildren(list.element);
    list.reset(rows);
    const frame = () => new Promise(requestAnimationFrame);
    const wrong = [];
    const times = [];
    let seed = 1;
    for (let jump = 0; jump < 120; jump += 1) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        list.element.scrollTop = (seed / 2 ** 32) * (list.element.scrollHeight - list.element.clientHeight);
        await frame();
        await frame();
        times.push(performance.now());
        const edge = list.element.getBoundingClientRect();
        const seen = [...list.element.querySelectorAll('.entry')].filter(node => {
            const box = node.getBoundingClientRect();
            return box.bottom > edge.top && box.top < edge.bottom;
        });
        const expected = (list.element.scrollTop / (list.element.scrollHeight - list.element.clientHeight)) * (5_000_000 - list.element.clientHeight / 22);
        const first = Number(seen[0]?.textContent.slice(4));
        if (seen.length * 22 < list.element.clientHeight - 66 || !(Math.abs(first - expected) < 40)) wrong.push([seen.length, first, expected]);
    }
    list.toBottom();
    const last = list.element.textContent.includes('row 4999999');
    // The oldest go; what is in sight stays where it is.
    list.reveal(2_500_000, false);
    const place = () => [...list.element.querySelectorAll('.entry')].find(node => node.textContent === 'row 2500000').getBoundingClientRect().top;
    const before = place();
    list.didDropOldest(rows.slice(2_000_000), 2_000_000);
    const moved = place() - before;
    const steps = times.slice(1).map((time, index) => time - times[index]).sort((a, b) => a - b);
    return {wrong, last, moved, count: list.element.querySelectorAll('.entry').length, p95: steps[Math.floor(steps.length * 0.95)] / 2};
}"""


class MillionsTests(PageCase):
    has_story = False

    def test_five_million_rows_are_jumped_through(self):
        self.open("/logs")
        found = self.page.evaluate(FIVE_MILLION)
        print(f"five million rows: {found['p95']:.1f} ms a frame (p95) under random jumps, {found['count']} rows in the document")
        self.assertEqual(found["wrong"], [])
        self.assertTrue(found["last"])
        self.assertLess(abs(found["moved"]), 1)
        self.assertLess(found["count"], 80)


if __name__ == "__main__":
    unittest.main()
