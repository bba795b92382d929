/// What became of the lines of one input, or of several.
struct IngestTally: Sendable {
    /// Refusals that are kept with their reasons.
    static let refusalCountMax = 10

    private(set) var acceptedCount = 0
    private(set) var duplicateCount = 0
    private(set) var refusedCount = 0
    private(set) var refusals: [LineRefusal] = []
    var byteCount: Int64 = 0

    var entryCount: Int { acceptedCount + duplicateCount }

    mutating func add(_ receipt: SinkReceipt, of prepared: PreparedPiece) {
        acceptedCount += receipt.acceptedCount
        duplicateCount += receipt.duplicateCount
        refuse(
            receipt.refusals.map { refusal in
                LineRefusal(line: prepared.line(ofRow: refusal.row), code: refusal.code, detail: refusal.detail)
            }, count: receipt.refusedCount)
    }

    /// - Parameter count: How many there are, `refusals` being the first of them.
    mutating func refuse(_ refusals: [LineRefusal], count: Int) {
        refusedCount += count
        self.refusals += refusals.prefix(max(0, IngestTally.refusalCountMax - self.refusals.count))
    }

    mutating func add(_ other: IngestTally) {
        acceptedCount += other.acceptedCount
        duplicateCount += other.duplicateCount
        refusedCount += other.refusedCount
        byteCount += other.byteCount
    }

    /// One line for a person.
    func summary(_ name: String, in duration: Duration) -> String {
        var text = PlainText.escaped(name) + ": "
        if acceptedCount == 0, refusedCount == 0, duplicateCount > 0 {
            text += "nothing new, all \(Humane.count(duplicateCount, "entry was", "entries were")) stored before"
        } else {
            text +=
                "\(Humane.count(acceptedCount)) accepted, "
                + "\(Humane.count(duplicateCount, "duplicate", "duplicates")), \(Humane.count(refusedCount)) refused"
        }
        let seconds = duration / .seconds(1)
        text += " in \(Humane.duration(duration))"
        if entryCount > 0, seconds > 0 { text += " (\(Humane.count(Int(Double(entryCount) / seconds)))/s)" }
        return text
    }

    /// Why lines were refused, a line for each of the first.
    func refusalLines(_ name: String) -> String {
        var text = ""
        for refusal in refusals {
            text +=
                "\(PlainText.escaped(name)):\(refusal.line): \(refusal.code): \(PlainText.escaped(refusal.detail))\n"
        }
        let left = refusedCount - refusals.count
        if left > 0 { text += "\(PlainText.escaped(name)): \(Humane.count(left, "more line", "more lines")) refused\n" }
        return text
    }
}
