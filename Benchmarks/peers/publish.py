"""Puts runs of bench_peers.py into docs/BENCHMARKS.md and its picture: `publish.py FIGURES.json…`.

Each file replaces what stands between the two marks for its number of entries; the first file makes the picture.
"""

import json
import os
import sys

import chart
import table

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOCUMENT = f"{ROOT}/docs/BENCHMARKS.md"
PICTURE = f"{ROOT}/docs/images/benchmarks.svg"


def replaced(document, result):
    count = result["corpus"]["entryCount"]
    begin, end = f"<!-- {count} entries -->", f"<!-- end of {count} entries -->"
    before, found_begin, rest = document.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        sys.exit(f"{DOCUMENT} has no place for {count} entries: {begin} … {end}")
    return f"{before}{begin}\n\n{table.markdown(result)}\n\n{end}{after}"


def main():
    results = []
    for path in sys.argv[1:]:
        with open(path) as file:
            results.append(json.load(file))
    if not results:
        sys.exit(__doc__)
    with open(DOCUMENT) as file:
        document = file.read()
    for result in results:
        document = replaced(document, result)
    with open(DOCUMENT, "w") as file:
        file.write(document)
    with open(PICTURE, "w") as file:
        file.write(chart.draw(results[0]))


main()
