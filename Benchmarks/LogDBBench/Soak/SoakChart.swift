/// Memory and times of a soak over its minutes, as SVG: three panels above each other, kills as lines through all of them.
struct SoakChart {
    let samples: [SoakWatch.Sample]
    let kills: [Double]
    /// What the width stands for.
    let seconds: Double

    private static let width = 860.0
    private static let left = 70.0
    private static let panelHeight = 110.0
    private static let panelStep = 160.0
    private static let top = 40.0
    private static let style =
        "text{font:12px system-ui,sans-serif;fill:#222}.t{font-weight:600}.s{fill:#666}.a{stroke:#999;fill:none}"
        + ".k{stroke:#e8a33d;stroke-dasharray:2 3}.m{stroke:#0b7285;fill:none;stroke-width:1.5}"
        + ".n{stroke:#8e9aaf;fill:none;stroke-width:1.5}"
        + "@media(prefers-color-scheme:dark){text{fill:#ddd}.s{fill:#999}}"

    /// One curve, and how it is drawn.
    private typealias Curve = (kind: String, value: (SoakWatch.Sample) -> Double?)

    var svg: String {
        let height = SoakChart.top + 3 * SoakChart.panelStep
        var parts = panel(0, "resident memory, MiB", [("m", \.residentMebibytes)])
        parts += panel(
            1, "acknowledgement, ms: p99, and p50 in grey", [("n", \.acknowledgedP50), ("m", \.acknowledgedP99)])
        parts += panel(2, "question over the last minute, ms", [("m", \.questionMilliseconds)])
        for kill in kills {
            let x = fixed(place(kill), 1)
            let bottom = fixed(SoakChart.top + 2 * SoakChart.panelStep + SoakChart.panelHeight, 0)
            parts.append(#"<line class="k" x1="\#(x)" y1="\#(fixed(SoakChart.top, 0))" x2="\#(x)" y2="\#(bottom)"/>"#)
        }
        let title = "\(Figure.text(seconds / 60)) minutes; dotted: \(kills.count) kills"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(fixed(SoakChart.width, 0)) \(fixed(height, 0))">
            <style>\(SoakChart.style)</style>
            <text class="t" x="16" y="20">\(title)</text>
            \(parts.joined(separator: "\n"))
            </svg>

            """
    }

    private func place(_ moment: Double) -> Double {
        SoakChart.left + moment / max(seconds, 1) * (SoakChart.width - SoakChart.left - 16)
    }

    private func panel(_ index: Int, _ title: String, _ curves: [Curve]) -> [String] {
        let top = SoakChart.top + Double(index) * SoakChart.panelStep
        let bottom = top + SoakChart.panelHeight
        let most = curves.flatMap { curve in samples.compactMap(curve.value) }.max() ?? 1
        let (left, right) = (fixed(SoakChart.left, 0), fixed(SoakChart.width - 16, 0))
        var parts = [
            #"<text x="\#(left)" y="\#(fixed(top - 6, 0))">\#(title)</text>"#,
            #"<path class="a" d="M\#(left) \#(fixed(top, 0))V\#(fixed(bottom, 0))H\#(right)"/>"#,
            #"<text class="s" x="\#(fixed(SoakChart.left - 6, 0))" y="\#(fixed(top + 10, 0))" text-anchor="end">"#
                + #"\#(Figure.text(most))</text>"#,
            #"<text class="s" x="\#(fixed(SoakChart.left - 6, 0))" y="\#(fixed(bottom, 0))" text-anchor="end">0</text>"#,
        ]
        for curve in curves {
            let points = samples.compactMap { sample in
                curve.value(sample).map {
                    "\(fixed(place(sample.seconds), 1)),\(fixed(bottom - $0 / max(most, 0.001) * SoakChart.panelHeight, 1))"
                }
            }
            parts.append(#"<polyline class="\#(curve.kind)" points="\#(points.joined(separator: " "))"/>"#)
        }
        return parts
    }
}
