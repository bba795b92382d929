"""Draws a run of bench_peers.py as SVG."""

import math
from xml.sax.saxutils import escape

COLOURS = {"LogDB": "#0b7285", "ClickHouse": "#e8a33d", "PostgreSQL": "#8e9aaf"}
WIDTH = 860
LABELS = 300
BAR = 11
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#222}.t{font-weight:600;font-size:14px}.s{fill:#666}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.s{fill:#999}}"
)


def words(value, unit):
    places = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{places}f} {unit}".strip()


class Picture:
    def __init__(self):
        self.parts = []
        self.y = 24

    def text(self, x, y, content, kind="", anchor="start"):
        place = f'x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"'
        self.parts.append(f'<text {place} class="{kind}">{escape(content)}</text>')

    def title(self, content, remark):
        self.text(16, self.y, content, "t")
        self.text(16, self.y + 16, remark, "s")
        self.y += 30

    def bars(self, label, values, length, unit):
        """A label, and a bar for each peer that has a value; `length` says how long it is, of 1."""
        top = self.y
        for name, value in values:
            if value is None:
                self.text(LABELS, self.y + BAR - 1, "not supported", "s")
            else:
                width = max(2, length(value) * (WIDTH - LABELS - 110))
                self.parts.append(
                    f'<rect x="{LABELS}" y="{self.y}" width="{width:.1f}" height="{BAR}" fill="{COLOURS[name]}"/>'
                )
                self.text(LABELS + width + 5, self.y + BAR - 1, words(value, unit), "s")
            self.y += BAR + 2
        self.text(LABELS - 8, (top + self.y) / 2 + 3, label, anchor="end")
        self.y += 7

    def legend(self, names):
        x = LABELS
        for name in names:
            self.parts.append(f'<rect x="{x}" y="{self.y}" width="12" height="12" fill="{COLOURS[name]}"/>')
            self.text(x + 17, self.y + 10, name)
            x += 120
        self.y += 30

    def svg(self, title):
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y}" role="img">'
            f"<title>{escape(title)}</title><style>{STYLE}</style>\n" + "\n".join(self.parts) + "\n</svg>\n"
        )


def draw(result):
    peers = result["peers"]
    picture = Picture()
    picture.legend(peers)

    picture.title("Ingest", "entries per second of processor time; longer is better")
    best = max(figure["entries_per_processor_second"] for peer in peers.values() for figure in peer["ingest"])
    for name, peer in peers.items():
        for figure in peer["ingest"]:
            value = figure["entries_per_processor_second"]
            how = figure["how"] + (", synced" if peer["is_synced"] else "")
            picture.bars(how, [(name, value)], lambda value: value / best, "")
    picture.y += 14

    picture.title("Disk", "bytes per entry, indexes included; shorter is better")
    sizes = [(name, peer["bytes_per_entry"]) for name, peer in peers.items()]
    picture.bars("all files", sizes, lambda value: value / max(size for _, size in sizes), "")
    picture.y += 14

    picture.title("Questions", "milliseconds at the client, warm, on a logarithmic scale; shorter is better")
    times = [query["warm_ms"] for peer in peers.values() for query in peer["queries"].values() if query["warm_ms"]]
    low, high = math.log(min(times) / 1.5), math.log(max(times))
    for id, title in result["titles"].items():
        values = [(name, peer["queries"][id]["warm_ms"]) for name, peer in peers.items()]
        picture.bars(f"{id}  {title}", values, lambda value: (math.log(value) - low) / (high - low), "ms")
    return picture.svg(f"LogDB, ClickHouse and PostgreSQL with {result['corpus']['entryCount']:,} entries")
