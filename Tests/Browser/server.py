"""A real server on a port of its own, and what is told to it over HTTP."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Server:
    def __init__(self, *options, auth="none"):
        self.directory = tempfile.TemporaryDirectory()
        binary = ROOT / os.environ.get("LOGDB_TEST_BIN", ".build/debug") / "logdb"
        self.log = open(f"{self.directory.name}/log", "wb")
        self.process = subprocess.Popen(
            [binary, "serve", "--data", f"{self.directory.name}/data", "--listen", "127.0.0.1:0", "--auth", auth,
             "--web-root", ROOT / "Sources/Server/web", *options],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
        )
        self.url = self._said(r"serves .* at (\S+)")
        self.setup_token = self._said(r"Setup token: (\S+)") if auth == "required" else None

    def _said(self, pattern):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            text = pathlib.Path(self.log.name).read_text()
            if found := re.search(pattern, text):
                return found[1]
            assert self.process.poll() is None, text
            time.sleep(0.05)
        raise AssertionError(f"the server does not say {pattern}")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.log.close()
        self.directory.cleanup()

    def call(self, method, path, body=None, headers=None):
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}", method=method, data=data,
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def ingest(self, entries, headers=None):
        lines = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
        answer = self.call("POST", "/logs/ingest", lines, {"Content-Type": "application/x-ndjson", **(headers or {})})
        assert answer["rejected"] == 0, answer
        return answer


def now_us():
    return time.time_ns() // 1000


def tell_story(server):
    """The demo's fleet: the past 50 minutes of six devices, and what they measured, were told and are to be like."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([ROOT / "Scripts/demo-fleet", directory, "history"], check=True, stdin=subprocess.DEVNULL)
        for path in sorted(pathlib.Path(directory).glob("*.ndjson")):
            server.ingest([json.loads(line) for line in path.read_text().splitlines()])
    kinds = {
        "Drone-Alpha": ("drone", "production"), "Drone-Bravo": ("drone", "testing"),
        "Camera-Gate-5": ("camera", "production"), "Robot-Mule-4": ("robot", "production"),
        "Robot-Picker-3": ("robot", "testing"), "Sensor-Weather-6": ("sensor", "development"),
    }
    for step in range(24):
        for index, device in enumerate(list(kinds)[:5]):
            server.call("POST", "/fleet/heartbeat", {
                "device_id": device, "agent_version": "0.1.0", "spool_depth": 3, "dropped_count": 0,
                "clock_offset_ms": 4, "interval_ms": 600_000,
                "metrics": {
                    "cpu_usage": 30 + (step * 7 + index * 13) % 40, "memory_usage": 50 + (step + index) % 9,
                    "disk_usage": 61, "battery_level": 92 - step - index * 5, "temperature": 40 + (step * 3) % 7,
                },
            })
        time.sleep(0.03)
    for device, (kind, environment) in kinds.items():
        server.call("PUT", f"/fleet/devices/{device}", {"device_type": kind, "environment": environment})
    server.call("PUT", "/fleet/devices/Robot-Picker-3", {"status": "maintenance"})
    server.call("POST", "/fleet/heartbeat", {"device_id": "Camera-Gate-5", "status": "error", "interval_ms": 600_000})
    server.call("PUT", "/fleet/devices/Drone-Alpha/shadow", {"desired": {"mode": "auto", "camera": {"fps": 30}}})
    server.call("PUT", "/fleet/devices/Drone-Alpha/shadow", {"reported": {"mode": "manual", "camera": {"fps": 30}}})
    told = server.call("POST", "/fleet/commands", {"device_id": "Drone-Alpha", "command": "reboot", "arguments": {"delay_s": 5}})
    server.call("GET", "/fleet/devices/Drone-Alpha/commands")
    server.call("POST", f"/fleet/devices/Drone-Alpha/commands/{told['command_id']}/result", {"status": "succeeded", "output": "up again", "exit_code": 0})
    for session, status in (("nav_mission_41", "completed"), ("nav_mission_42", "failed")):
        try:
            server.call("PUT", f"/sessions/{session}", {"status": status})
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read()) from error
    try:
        server.call("POST", "/logs/ingest", b'{"message":"whose?"}', {"Content-Type": "application/x-ndjson"})
    except urllib.error.HTTPError:
        pass
