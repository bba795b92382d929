"""The figures of a run of bench_peers.py, as text and as Markdown."""


def number(value):
    if value is None:
        return "–"
    if value >= 1_000:
        return f"{value:,.0f}"
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}"


def query_cell(query):
    if query.get("supported") is False:
        return "not supported"
    cold = query.get("cold_ms")
    return number(query["warm_ms"]) + (f" [{number(cold)}]" if cold is not None else "")


def tables(result):
    """Each a title, a header and rows."""
    peers = result["peers"]
    ingest = [
        [
            name,
            figure["how"] + (", synced" if peer["is_synced"] else ""),
            number(figure["entries_per_processor_second"]),
            number(figure.get("entries_per_processor_second_merged")),
            number(figure["entries_per_second"]),
            number(figure["p50_ms"]),
            number(figure["p99_ms"]),
        ]
        for name, peer in peers.items()
        for figure in peer["ingest"]
    ]
    yield (
        "Ingest",
        ["", "", "entries per CPU-second", "with merging", "entries/s", "answer p50, ms", "p99, ms"],
        ingest,
    )
    yield (
        "Disk and memory",
        ["", "bytes per entry", "of that for finding words", "peak resident, MiB"],
        [
            [
                name,
                number(peer["bytes_per_entry"]),
                number(peer["columns"][peer["word_index"]]),
                number(peer["peak_resident_mib"]),
            ]
            for name, peer in peers.items()
        ],
    )
    yield (
        "The largest parts, bytes per entry",
        ["", ""],
        [
            [name, ", ".join(f"{part} {number(size)}" for part, size in list(peer["columns"].items())[:10] if size)]
            for name, peer in peers.items()
        ],
    )
    rows = []
    for id, title in result["titles"].items():
        counts = sorted(peers["ClickHouse"]["queries"][id]["row_counts"])
        cells = [query_cell(peer["queries"][id]) for peer in peers.values()]
        rows.append([id, title, *cells, f"{counts[len(counts) // 2]:,}"])
    yield "Questions, milliseconds, warm [cold]", ["", "", *peers, "rows"], rows


def source(result):
    machine, corpus = result["machine"], result["corpus"]
    versions = ", ".join(f"{name} {peer['version']}" for name, peer in result["peers"].items())
    return (
        f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"Linux {machine['kernel']}; load {machine['load_average']} at the start, "
        f"{result['load_average_after']} at the end. {corpus['entryCount']:,} entries, "
        f"{corpus['byteCount'] / corpus['entryCount']:.1f} bytes of JSON each, seed {corpus['seed']}. {versions}."
    )


def text(result):
    lines = [source(result)]
    for title, header, rows in tables(result):
        widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
        lines += ["", title]
        for row in [header, *rows] if any(header) else rows:
            lines.append("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return "\n".join(lines)


def markdown(result):
    lines = [source(result)]
    for title, header, rows in tables(result):
        lines += ["", f"**{title}**", "", "| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
