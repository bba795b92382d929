"""LogDB, as `logdb-bench run` measures it, in the form in which the peers give their figures."""

import json
import subprocess
import sys

import questions


def measure(bench, server, options, report):
    """Runs the bench on the same corpus (`options`); `report` is the file for its own figures."""
    status = subprocess.run(
        [bench, "run", "--server-binary", server, "--json", report, *options],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    ).returncode
    # 1 says that a target was missed, which is no fault of the measurement.
    if status not in (0, 1):
        sys.exit(f"{bench} ended with {status}")
    with open(report) as file:
        return json.load(file)


def figures(report, corpus):
    sections = {section["title"]: section["figures"] for section in report["sections"]}

    def value(title, name):
        found = [
            figure["value"]
            for key, section in sections.items()
            if key.startswith(title)
            for figure in section
            if figure["name"] == name
        ]
        if len(found) != 1:
            sys.exit(f"the report has {len(found)} figures called {title}: {name}")
        return found[0]

    def ingest(title):
        return {
            "how": title.removeprefix("ingest, "),
            "entries": report["source"]["entryCount"],
            "entries_per_processor_second": value(title, "entries per second of the server's processor time"),
            "entries_per_processor_second_merged": value(title, "the same, with sealing, merging and flushing"),
            "entries_per_second": value(title, "entries per second"),
            "p50_ms": value(title, "acknowledgement, p50"),
            "p99_ms": value(title, "acknowledgement, p99"),
        }

    stored = next(title for title in sections if title.startswith("stored"))
    return {
        "ingest": [ingest(title.partition(" on ")[0]) for title in sections if title.startswith("ingest")],
        "bytes_per_entry": value("stored", "bytes per entry, all files"),
        "is_synced": True,
        "word_index": "word_index",
        "columns": {
            figure["name"].strip(): figure["value"] for figure in sections[stored] if figure["name"].startswith("  ")
        },
        "peak_resident_mib": value("beside", "peak resident, ingest and questions"),
        "queries": {query["id"]: class_figures(query, corpus) for query in report["queries"]},
    }


def class_figures(query, corpus):
    if not query["isSupported"]:
        return {"supported": False}
    # The bench has held its answers against what it counted; this holds them against what the others are held to.
    asked = next(kind for kind in corpus["classes"] if kind["id"] == query["id"])["questions"][1:]
    for question, answer in zip(asked, query["questions"], strict=True):
        if question["query"] != answer["query"]:
            sys.exit(f"{query['id']}: LogDB was asked something else: {answer['query']}")
        wrong = questions.mismatch(question, answer["rowCount"], answer.get("total"))
        if wrong:
            sys.exit(f"{query['id']}: {wrong}")
    return {
        "milliseconds": [answer["milliseconds"] for answer in query["questions"]],
        "row_counts": [answer["rowCount"] for answer in query["questions"]],
        "cold_ms": query.get("coldMilliseconds"),
    }
