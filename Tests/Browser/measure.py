"""How quick the logs view is, on a server that runs already: first rows, frames under random jumps, live entries.

    measure.py URL [QUERY]
"""

import json
import statistics
import sys
import time
import urllib.parse
import urllib.request

from playwright.sync_api import sync_playwright

NAVIGATIONS = 20
LIVE_ENTRIES = 100

WATCH = """() => {
    window.shown = {};
    const look = () => {
        for (const cell of document.querySelectorAll('.rowlist .c-message')) {
            const text = cell.textContent;
            if (text.startsWith('measured ')) window.shown[text] ??= Date.now();
        }
        requestAnimationFrame(look);
    };
    look();
}"""


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def ingest(url, message):
    body = json.dumps({"device": "Measure-1", "message": message}).encode()
    request = urllib.request.Request(f"{url}/api/v1/logs/ingest", data=body, headers={"Content-Type": "application/x-ndjson"})
    urllib.request.urlopen(request).read()
    return time.time() * 1000


def main():
    url = sys.argv[1].rstrip("/")
    query = sys.argv[2] if len(sys.argv) > 2 else ""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", headless=True)
        for name, is_cold in (("an empty cache", True), ("a warm cache", False)):
            times = []
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            for _ in range(NAVIGATIONS + 1):
                if is_cold:
                    context.close()
                    context = browser.new_context(viewport={"width": 1280, "height": 800})
                page = context.new_page()
                page.goto(f"{url}/logs?query={urllib.parse.quote(query)}")
                page.wait_for_selector(".rowlist .entry")
                page.wait_for_timeout(500)
                times.append(page.evaluate("performance.getEntriesByName('logs:first-rows')[0].duration"))
                page.close()
            times = times[1:]
            print(f"first rows, {name}: median {statistics.median(times):.0f} ms, p95 {percentile(times, 0.95):.0f} ms")
        page = context.new_page()
        page.goto(f"{url}/logs?query=device:Measure-1")
        page.wait_for_function("() => document.querySelector('.logs-status')?.textContent.startsWith('Live')")
        page.evaluate(WATCH)
        delays = []
        for index in range(LIVE_ENTRIES):
            acked = ingest(url, f"measured {index}")
            page.wait_for_function(f"() => window.shown['measured {index}']")
            delays.append(max(0, page.evaluate(f"window.shown['measured {index}']") - acked))
            time.sleep(0.05)
        print(f"from the acknowledgement to the screen: median {statistics.median(delays):.0f} ms, p95 {percentile(delays, 0.95):.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
