import LogModel

/// A filter as bytes, for what outlives the process. Each node is a byte that says its kind, and its parts in order.
enum FilterCoding {
    /// Nodes within nodes. Queries go less deep.
    private static let depthMax = 1_000

    private enum Kind: UInt8 {
        case everything, nothing, all, any, not, level, time, received, id, value, text, stream, committed
    }

    private enum ValueKind: UInt8 {
        case exists, equals, equalsExactly, wildcard, exactWildcard, less, lessOrEqual, greater, greaterOrEqual, regex
    }

    private enum TextKind: UInt8 {
        case word, phrase, openPhrase, tokenWildcard, textWildcard, regex
    }

    private enum PieceKind: UInt8 {
        case literal, anyRun, anyOne
    }

    /// - Parameter filter: Without joined attributes, whose meaning changes with the tables: see `StreamRegistry.resolved`.
    static func encode(_ filter: Filter) -> [UInt8] {
        var writer = ByteWriter()
        write(filter, to: &writer)
        return writer.bytes
    }

    /// - Throws: `.corruption`; `.formatTooNew` for a kind of node that this build does not know.
    static func decode(_ bytes: [UInt8], location: String) throws(LogError) -> Filter {
        let result: Result<Filter, LogError> = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw, location: location)
            do throws(LogError) {
                let filter = try read(&reader, depth: 0)
                guard reader.isAtEnd else { throw reader.damaged("bytes after the filter") }
                return .success(filter)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    // MARK: Writing

    private static func write(_ filter: Filter, to writer: inout ByteWriter) {
        func begin(_ kind: Kind) { writer.byte(kind.rawValue) }
        switch filter {
        case .everything: begin(.everything)
        case .nothing: begin(.nothing)
        case .all(let filters):
            begin(.all)
            write(filters, to: &writer)
        case .any(let filters):
            begin(.any)
            write(filters, to: &writer)
        case .not(let filter):
            begin(.not)
            write(filter, to: &writer)
        case .level(let levels):
            begin(.level)
            writer.byte(levels.rawValue)
        case .time(let range):
            begin(.time)
            write(range, to: &writer)
        case .received(let range):
            begin(.received)
            write(range, to: &writer)
        case .id(let key):
            begin(.id)
            writer.signedVarint(key.time)
            writer.varint(key.device)
            writer.varint(key.session)
            writer.varint(key.sequence)
        case .value(let field, let test):
            begin(.value)
            write(field, to: &writer)
            write(test, to: &writer)
        case .text(let test):
            begin(.text)
            write(test, to: &writer)
        case .joined(let attribute, _):
            preconditionFailure("\(attribute.name) was not resolved")
        case .stream(let device, let session):
            begin(.stream)
            writer.varint(device)
            writer.varint(session)
        case .committed(let sequence):
            begin(.committed)
            writer.varint(sequence)
        }
    }

    private static func write(_ filters: [Filter], to writer: inout ByteWriter) {
        writer.varint(filters.count)
        for filter in filters { write(filter, to: &writer) }
    }

    private static func write(_ range: TimeRange, to writer: inout ByteWriter) {
        writer.signedVarint(range.since.microseconds)
        writer.signedVarint(range.until.microseconds)
    }

    private static func write(_ field: Field, to writer: inout ByteWriter) {
        // Names of fields are lower case; an attribute's key may be one of them.
        if case .context(let key) = field {
            writer.byte(1)
            writer.text(key)
        } else {
            writer.byte(0)
            writer.text(field.name)
        }
    }

    private static func write(_ test: ValueTest, to writer: inout ByteWriter) {
        func begin(_ kind: ValueKind) { writer.byte(kind.rawValue) }
        switch test {
        case .exists: begin(.exists)
        case .equals(let value, let caseSensitive):
            begin(caseSensitive ? .equalsExactly : .equals)
            writer.string(value)
        case .wildcard(let pattern):
            begin(.wildcard)
            write(pattern, to: &writer)
        case .exactWildcard(let pattern):
            begin(.exactWildcard)
            write(pattern, to: &writer)
        case .compare(let comparison, let value):
            switch comparison {
            case .less: begin(.less)
            case .lessOrEqual: begin(.lessOrEqual)
            case .greater: begin(.greater)
            case .greaterOrEqual: begin(.greaterOrEqual)
            }
            writer.string(value)
        case .regex(let pattern):
            begin(.regex)
            write(pattern, to: &writer)
        }
    }

    private static func write(_ test: TextTest, to writer: inout ByteWriter) {
        func begin(_ kind: TextKind) { writer.byte(kind.rawValue) }
        switch test {
        case .word(let word):
            begin(.word)
            writer.string(word)
        case .phrase(let phrase, let openEnd):
            begin(openEnd ? .openPhrase : .phrase)
            writer.string(phrase)
        case .tokenWildcard(let pattern):
            begin(.tokenWildcard)
            write(pattern, to: &writer)
        case .textWildcard(let pattern):
            begin(.textWildcard)
            write(pattern, to: &writer)
        case .regex(let pattern):
            begin(.regex)
            write(pattern, to: &writer)
        }
    }

    private static func write(_ pattern: WildcardPattern, to writer: inout ByteWriter) {
        writer.varint(pattern.pieces.count)
        for piece in pattern.pieces {
            switch piece {
            case .literal(let bytes):
                writer.byte(PieceKind.literal.rawValue)
                writer.string(bytes)
            case .anyRun: writer.byte(PieceKind.anyRun.rawValue)
            case .anyOne: writer.byte(PieceKind.anyOne.rawValue)
            }
        }
    }

    private static func write(_ pattern: RegexPattern, to writer: inout ByteWriter) {
        writer.byte(pattern.ignoresCase ? 1 : 0)
        writer.text(pattern.text)
    }

    // MARK: Reading

    private static func unknown(_ what: String, _ reader: ByteReader) -> LogError {
        LogError(
            .formatTooNew, "a newer build has written \(what) that this one does not know; use a newer build",
            location: reader.location)
    }

    private static func read(_ reader: inout ByteReader, depth: Int) throws(LogError) -> Filter {
        guard depth < depthMax else { throw reader.damaged("a filter that is too deep") }
        guard let kind = Kind(rawValue: try reader.byte()) else { throw unknown("a kind of filter", reader) }
        switch kind {
        case .everything: return .everything
        case .nothing: return .nothing
        case .all: return .all(try readFilters(&reader, depth: depth))
        case .any: return .any(try readFilters(&reader, depth: depth))
        case .not: return .not(try read(&reader, depth: depth + 1))
        case .level: return .level(LevelSet(rawValue: try reader.byte()))
        case .time: return .time(try readRange(&reader))
        case .received: return .received(try readRange(&reader))
        case .id:
            let time = try reader.signedVarint()
            let device = try readDevice(&reader)
            let session = try reader.varint()
            return .id(EntryKey(time: time, device: device, session: session, sequence: try reader.varint()))
        case .value:
            let field = try readField(&reader)
            return .value(field, try readValueTest(&reader))
        case .text: return .text(try readTextTest(&reader))
        case .stream:
            let device = try readDevice(&reader)
            return .stream(device: device, session: try reader.varint())
        case .committed: return .committed(through: try reader.varint())
        }
    }

    private static func readFilters(_ reader: inout ByteReader, depth: Int) throws(LogError) -> [Filter] {
        var filters: [Filter] = []
        // Each takes a byte at least.
        for _ in 0..<(try reader.count(max: reader.remaining)) {
            filters.append(try read(&reader, depth: depth + 1))
        }
        return filters
    }

    private static func readRange(_ reader: inout ByteReader) throws(LogError) -> TimeRange {
        let since = Timestamp(microseconds: try reader.signedVarint())
        return TimeRange(since: since, until: Timestamp(microseconds: try reader.signedVarint()))
    }

    private static func readDevice(_ reader: inout ByteReader) throws(LogError) -> UInt32 {
        guard let device = UInt32(exactly: try reader.varint()) else { throw reader.damaged("a device's number") }
        return device
    }

    private static func readField(_ reader: inout ByteReader) throws(LogError) -> Field {
        let isContext = try reader.byte() == 1
        let name = try reader.text()
        if isContext { return .context(name) }
        guard let field = Field.ofEntries.first(where: { $0.name == name }) else { throw unknown("a field", reader) }
        return field
    }

    private static func readValueTest(_ reader: inout ByteReader) throws(LogError) -> ValueTest {
        guard let kind = ValueKind(rawValue: try reader.byte()) else { throw unknown("a test of values", reader) }
        switch kind {
        case .exists: return .exists
        case .equals: return .equals(try reader.string(), caseSensitive: false)
        case .equalsExactly: return .equals(try reader.string(), caseSensitive: true)
        case .wildcard: return .wildcard(try readWildcard(&reader, isExact: false))
        case .exactWildcard: return .exactWildcard(try readWildcard(&reader, isExact: true))
        case .less: return .compare(.less, try reader.string())
        case .lessOrEqual: return .compare(.lessOrEqual, try reader.string())
        case .greater: return .compare(.greater, try reader.string())
        case .greaterOrEqual: return .compare(.greaterOrEqual, try reader.string())
        case .regex: return .regex(try readRegex(&reader))
        }
    }

    private static func readTextTest(_ reader: inout ByteReader) throws(LogError) -> TextTest {
        guard let kind = TextKind(rawValue: try reader.byte()) else { throw unknown("a test of texts", reader) }
        switch kind {
        case .word: return .word(try reader.string())
        case .phrase: return .phrase(try reader.string(), openEnd: false)
        case .openPhrase: return .phrase(try reader.string(), openEnd: true)
        case .tokenWildcard: return .tokenWildcard(try readWildcard(&reader, isExact: false))
        case .textWildcard: return .textWildcard(try readWildcard(&reader, isExact: false))
        case .regex: return .regex(try readRegex(&reader))
        }
    }

    private static func readWildcard(
        _ reader: inout ByteReader, isExact: Bool
    ) throws(LogError) -> WildcardPattern {
        var pieces: [WildcardPattern.Piece] = []
        for _ in 0..<(try reader.count(max: reader.remaining)) {
            switch PieceKind(rawValue: try reader.byte()) {
            case .literal: pieces.append(.literal(try reader.string()))
            case .anyRun: pieces.append(.anyRun)
            case .anyOne: pieces.append(.anyOne)
            case nil: throw unknown("a piece of a pattern", reader)
            }
        }
        return WildcardPattern(pieces, isExact: isExact)
    }

    private static func readRegex(_ reader: inout ByteReader) throws(LogError) -> RegexPattern {
        let ignoresCase = try reader.byte() == 1
        let text = try reader.text()
        do throws(RegexError) {
            return try RegexPattern(text, ignoresCase: ignoresCase)
        } catch {
            throw LogError(
                .corruption, "an expression that was taken before is refused: \(error)", location: reader.location)
        }
    }
}

extension Field {
    /// The fields that every entry has a place for.
    fileprivate static let ofEntries: [Field] = [
        .time, .level, .device, .session, .module, .logger, .process, .thread, .message, .id, .received,
    ]
}
