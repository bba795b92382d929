"""Clients that this project did not write, against a fresh server: a browser, curl, and a WebSocket library.

    check_clients.py URL SETUP_TOKEN
"""

import asyncio
import gzip
import json
import subprocess
import sys

import websockets
from playwright.sync_api import sync_playwright

PASSWORD = "correct horse battery"


def curl(url, *arguments):
    """The body of an answer, and its status."""
    run = subprocess.run(
        ["curl", "-sS", "-w", "\n%{http_code}", url, *arguments], capture_output=True, check=True
    )
    body, status = run.stdout.rsplit(b"\n", 1)
    return body, int(status)


def ingest(url, credential, messages):
    lines = "".join(json.dumps({"device": "Robot-1", "message": message}) + "\n" for message in messages)
    body, status = curl(
        f"{url}/api/v1/logs/ingest", "-H", credential, "-H", "Content-Type: application/x-ndjson",
        "--data-binary", lines,
    )
    assert status == 200 and json.loads(body)["accepted"] == len(messages), body


def check_browser(url, token):
    """Sets up and signs in on the page, searches, and follows with an EventSource that the cookie lets in."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", headless=True)
        page = browser.new_page()
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(url)
        page.fill("#username", "alice")
        page.fill("#password", PASSWORD)
        page.fill("#setup_token", token)
        page.click("#signin button")
        page.wait_for_selector("#who:visible")
        assert "alice" in page.inner_text("#who"), page.inner_text("#who")
        # Scripts see neither token.
        assert page.evaluate("document.cookie") == "", page.evaluate("document.cookie")
        key = page.evaluate(
            """async () => {
                const me = await (await fetch('/api/v1/auth/me')).json();
                const answer = await fetch('/api/v1/admin/api-keys', {
                    method: 'POST',
                    headers: {'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf_token},
                    body: JSON.stringify({name: 'check', scopes: ['ingest', 'query']}),
                });
                return (await answer.json()).key;
            }"""
        )
        credential = f"X-API-Key: {key}"
        page.evaluate(
            """() => new Promise(resolve => {
                window.seen = [];
                const source = new EventSource('/api/v1/logs/stream?query=follow');
                source.onmessage = event => {
                    window.seen.push(...JSON.parse(event.data).rows.map(row => row.message));
                    resolve();
                };
            })"""
        )
        ingest(url, credential, ["follow me", "leave me", "follow <b>me</b> too"])
        page.wait_for_function("window.seen.length >= 2")
        assert page.evaluate("window.seen") == ["follow me", "follow <b>me</b> too"]
        page.fill("#query", "follow since:1h")
        page.keyboard.press("Enter")
        page.wait_for_selector(".rowlist .entry:nth-child(2)")
        # What was logged is text on the page, and nothing else.
        assert "<b>me</b>" in page.inner_text(".rowlist"), page.inner_text(".rowlist")
        assert page.query_selector(".rowlist b") is None
        page.click("#who")
        page.click("[role=menuitem]:has-text('Sign out')")
        page.wait_for_selector("#signin:visible")
        page.reload()
        page.wait_for_selector("#signin:visible")
        assert not problems, problems
        browser.close()
    return key


def check_curl(url, credential):
    """Compressed and plain answers are the same, and what is sent compressed is stored."""
    messages = [f"compressible message number {index}" for index in range(200)]
    ingest(url, credential, messages)
    query = ["-G", "-H", credential, "--data-urlencode", "query=compressible since:1d", "-d", "limit=1000"]
    plain, status = curl(f"{url}/api/v1/logs/export", *query[:5])
    packed, _ = curl(f"{url}/api/v1/logs/export", *query[:5], "--compressed")
    assert status == 200 and plain == packed and len(plain.splitlines()) == 200
    rows, _ = curl(f"{url}/api/v1/logs", *query, "--compressed")
    assert len(json.loads(rows)["rows"]) == 200
    raw, _ = curl(f"{url}/api/v1/logs", *query, "-H", "Accept-Encoding: gzip")
    assert json.loads(gzip.decompress(raw))["rows"] == json.loads(rows)["rows"]


async def check_websocket(url, credential):
    """A stream is live, gets what is stored, and is taken up again without a hole."""
    name, value = credential.split(": ")
    address = url.replace("http://", "ws://") + "/api/v1/logs/stream?query=tick"
    async with websockets.connect(address, additional_headers={name: value}) as stream:
        first = json.loads(await stream.recv())
        assert first["type"] == "rows" and first["rows"] == [], first
        ingest(url, credential, ["tick 1", "tock", "tick 2"])
        rows = []
        while len(rows) < 2:
            frame = json.loads(await stream.recv())
            rows += frame["rows"]
            cursor = frame["cursor"] or cursor
        assert [row["message"] for row in rows] == ["tick 1", "tick 2"], rows
        await (await stream.ping())
    ingest(url, credential, ["tick 3"])
    async with websockets.connect(f"{address}&cursor={cursor}", additional_headers={name: value}) as stream:
        rows = []
        while not rows:
            rows = json.loads(await stream.recv())["rows"]
        assert [row["message"] for row in rows] == ["tick 3"], rows
    try:
        async with websockets.connect(address):
            raise AssertionError("a stream without a credential")
    except websockets.InvalidStatus as refusal:
        assert refusal.response.status_code == 401, refusal
    try:
        async with websockets.connect(address, additional_headers={name: value}, origin="http://evil.example"):
            raise AssertionError("a stream of another site's page")
    except websockets.InvalidStatus as refusal:
        assert refusal.response.status_code == 403, refusal


def main():
    url, token = sys.argv[1:]
    credential = "X-API-Key: " + check_browser(url, token)
    print("browser: page, sign-in, EventSource", flush=True)
    check_curl(url, credential)
    print("curl: compressed answers", flush=True)
    asyncio.run(asyncio.wait_for(check_websocket(url, credential), 120))
    print("websockets: live, resumed, refused", flush=True)


main()
