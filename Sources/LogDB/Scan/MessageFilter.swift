import LogModel

/// A test of messages, made on the templates where a block has them, and on the texts of those rows only for which the
/// templates do not decide.
final class MessageFilter {
    enum Test {
        case text(TextMatcher)
        case value(ValueMatcher)
    }

    private let test: Test
    /// By segment.
    private var verdicts: [UInt64: [TemplateVerdict]] = [:]

    /// Rows from which on the texts are written out together and searched at once.
    private static let columnRowCountMin = 64

    init(_ test: Test) { self.test = test }

    /// The rows of `rows` that pass.
    func evaluate(_ group: RowGroup, _ rows: Bitmap, scratch: inout MatchScratch) throws(LogError) -> Bitmap {
        var found = Bitmap(count: rows.count)
        guard let column = try group.messageColumn() else {
            matches(try group.messages(), rows, into: &found, &scratch)
            return found
        }
        let verdicts = verdicts(of: column.templates, &scratch)
        var open: [Int] = []
        let codes = column.codes.view
        rows.forEachSet { row in
            switch verdicts[Int(codes[row])] {
            case .none: break
            case .some: open.append(row)
            case .all: found.set(row)
            }
        }
        if open.count >= MessageFilter.columnRowCountMin {
            var texts = ByteColumn()
            texts.bytes.reserveCapacity(open.count * 64)
            try column.append(open, to: &texts)
            var passing = Bitmap(count: open.count)
            texts.bytes.withUnsafeBytes { bytes in
                texts.ends.withUnsafeBufferPointer { ends in
                    matches(
                        BytesView(bytes: bytes, ends: ends), Bitmap(count: open.count, all: true), into: &passing,
                        &scratch)
                }
            }
            passing.forEachSet { found.set(open[$0]) }
        } else {
            for row in open {
                if try column.withMessage(row, { matches($0, &scratch) }) { found.set(row) }
            }
        }
        return found
    }

    /// What each of the templates says.
    func verdicts(of templates: MessageTemplates, _ scratch: inout MatchScratch) -> [TemplateVerdict] {
        if let known = verdicts[templates.segment] { return known }
        let made: [TemplateVerdict]
        switch test {
        case .text(let matcher):
            made = matcher.verdicts(templates, scratch: &scratch)
        case .value(let matcher):
            made = (0..<templates.count).map { template in
                if templates.hasSlots(template) { return .some }
                return templates.texts.withBytes(template) { matcher.matches($0, scratch: &scratch) } ? .all : .none
            }
        }
        verdicts[templates.segment] = made
        return made
    }

    private func matches(
        _ texts: BytesView, _ rows: Bitmap, into found: inout Bitmap, _ scratch: inout MatchScratch
    ) {
        switch test {
        case .text(let matcher):
            matcher.matches(bytes: texts.bytes, ends: texts.ends, rows: rows, into: &found, scratch: &scratch)
        case .value(let matcher):
            rows.forEachSet { row in
                if matcher.matches(texts[row], scratch: &scratch) { found.set(row) }
            }
        }
    }

    private func matches(_ text: UnsafeRawBufferPointer, _ scratch: inout MatchScratch) -> Bool {
        switch test {
        case .text(let matcher): matcher.matches(text, scratch: &scratch)
        case .value(let matcher): matcher.matches(text, scratch: &scratch)
        }
    }
}
