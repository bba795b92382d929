"""Measures LogDB, ClickHouse and PostgreSQL with the same entries and the same questions, one after the other.

`make bench-peers` runs it. Every answer's rows are counted, and a count that differs from what `logdb-bench` counted
while it made the corpus ends the run: the times of different answers would compare nothing.
"""

import argparse
import json
import os
import shutil
import sys

import logdb_peer
import questions
import table
from measuring import drop_page_cache, machine, median, page_cache_can_be_dropped, run

HERE = os.path.dirname(os.path.abspath(__file__))


def say(text):
    print(text, file=sys.stderr, flush=True)


def measure_peer(script, data, corpus_path, questions_path, corpus, programs):
    """The figures of a peer whose script has the parts load, warm and cold."""

    def part(*arguments):
        common = ["--data", data, "--questions", questions_path]
        return json.loads(run([sys.executable, "-B", f"{HERE}/{script}", *arguments, *common]))

    say("  loading…")
    figures = part("load", "--corpus", corpus_path)
    say("  asking…")
    warm = part("warm")
    figures["queries"] = warm["queries"]
    peaks = [peak for peak in (figures["peak_resident_mib"], warm.get("peak_resident_mib")) if peak]
    figures["peak_resident_mib"] = max(peaks, default=None)
    if page_cache_can_be_dropped():
        say("  asking after cold starts…")
        for kind in corpus["classes"]:
            drop_page_cache(programs)
            figures["queries"][kind["id"]]["cold_ms"] = part("cold", "--id", kind["id"])
    return figures


def clickhouse_programs():
    import chdb

    folder = os.path.dirname(chdb.__file__)
    return [f"{folder}/{name}" for name in os.listdir(folder) if ".so" in name]


def postgres_programs():
    from glob import glob

    return glob("/usr/lib/postgresql/*/bin/postgres")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bench-binary", required=True)
    parser.add_argument("--server-binary", required=True)
    parser.add_argument("--directory", default="/var/tmp", help="where to make the data, on the disk that matters")
    parser.add_argument("--json", help="the file for the figures; .bench/peers-ENTRIES.json when not given")
    options = parser.parse_args()
    output = options.json or f".bench/peers-{options.entries}.json"

    home = f"{options.directory}/logdb-bench-peers-{os.getpid()}"
    # The user that PostgreSQL runs as has to come through.
    os.makedirs(home, mode=0o755)
    try:
        result = {"machine": machine(), "command": " ".join(sys.argv)}
        say(f"Making {options.entries} entries…")
        corpus_path, questions_path = f"{home}/corpus.ndjson", f"{home}/questions.json"
        made = ["--entries", str(options.entries), "--seed", str(options.seed)]
        run([options.bench_binary, "generate", *made, "--out", corpus_path, "--queries", questions_path])
        corpus = questions.load(questions_path)
        result["corpus"] = {name: corpus[name] for name in ("entryCount", "byteCount", "seed", "end")}

        say("LogDB")
        report = logdb_peer.measure(
            options.bench_binary, options.server_binary, [*made, "--directory", home], f"{home}/logdb.json"
        )
        peers = {"LogDB": logdb_peer.figures(report, corpus)}
        peers["LogDB"]["version"] = run([options.server_binary, "--version"]).split()[-1]
        say("ClickHouse")
        peers["ClickHouse"] = measure_peer(
            "clickhouse_peer.py", f"{home}/clickhouse", corpus_path, questions_path, corpus, clickhouse_programs()
        )
        shutil.rmtree(f"{home}/clickhouse")
        say("PostgreSQL")
        peers["PostgreSQL"] = measure_peer(
            "postgres_peer.py", f"{home}/postgresql", corpus_path, questions_path, corpus, postgres_programs()
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)

    for peer in peers.values():
        for query in peer["queries"].values():
            query["warm_ms"] = median(query.get("milliseconds"))
    result["load_average_after"] = round(os.getloadavg()[0], 2)
    result["titles"] = {kind["id"]: kind["title"] for kind in corpus["classes"]}
    result["peers"] = peers
    os.makedirs(os.path.dirname(output) or ".", exist_ok=True)
    with open(output, "w") as file:
        json.dump(result, file, indent=1)
    print(table.text(result))
    say(f"Written to {output}")


if __name__ == "__main__":
    main()
