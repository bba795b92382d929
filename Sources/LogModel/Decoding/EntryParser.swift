/// Reads an entry's JSON object into a `ParsedEntry`.
///
/// Of a name that stands twice, the last value counts. Objects within the context, and under names that are no field's,
/// become one attribute for each value in them, named by the path with dots.
struct EntryParser {
    private(set) var entry = ParsedEntry()
    /// The texts that do not stand in the source as they are: strings with escapes and dotted names.
    private(set) var scratch: [UInt8] = []
    /// What entries inherit, and its part of `scratch`.
    private(set) var shared = ParsedEntry()
    private var sharedScratchCount = 0
    /// The names of the objects around the one being read, each with its dot.
    private var path: [UInt8] = []
    private var predictor = NamePredictor()
    private let limits: EntryDecoder.Limits

    init(limits: EntryDecoder.Limits) { self.limits = limits }

    /// Reads the object that is next in `scanner`, into `entry`.
    ///
    /// One loop for the members of the object and of its context, in which the common case, an expected name and a
    /// plain value, calls nothing: this is where ingesting spends its time.
    mutating func readEntry(_ scanner: inout JSONScanner) throws(EntryFailure) {
        startEntry()
        // A copy that no call takes the address of, so that its position stays in a register.
        var local = scanner
        let first = local.peek()
        entry.position = local.at
        guard first == UInt8(ascii: "{") else { throw refuseNonObject(local) }
        local.at += 1
        var isInContext = false
        var hasMembers = !local.take("}")
        while hasMembers {
            let name = try readName(&local)
            let first = local.peek()
            if first == UInt8(ascii: "{") {
                if !isInContext, name.field == .context {
                    try local.checkDepth(2)
                    entry.fields.context = ParsedEntry.Value()
                    local.at += 1
                    isInContext = !local.take("}")
                    if isInContext { continue }
                } else {
                    local.at = try readObject(name, isField: !isInContext, local, depth: isInContext ? 3 : 2)
                }
            } else {
                var value = ParsedEntry.Value()
                value.position = UInt32(truncatingIfNeeded: local.at)
                if first == UInt8(ascii: "\"") {
                    value.text = try local.string(scratch: &scratch)
                    value.kind = .string
                } else if first &- UInt8(ascii: "0") <= 9 {
                    value.text = try local.number()
                    value.kind = .literal
                } else {
                    var copy = local
                    value = try readValue(&copy, depth: isInContext ? 3 : 2)
                    local.at = copy.at
                }
                if !isInContext, let field = name.field {
                    entry.fields[field] = value
                    if field == .time { entry.isTimeInMicroseconds = name.isTimeInMicroseconds }
                } else {
                    try appendAttribute(name, value)
                }
            }
            while try !local.separator(orClosing: "}") {
                guard isInContext else {
                    hasMembers = false
                    break
                }
                isInContext = false
            }
        }
        scanner = local
    }

    @inline(never)
    private mutating func refuseNonObject(_ scanner: JSONScanner) -> EntryFailure {
        var scanner = scanner
        let start = scanner.at
        do throws(EntryFailure) { try scanner.skipValue(depth: 1, scratch: &scratch) } catch { return error }
        return EntryFailure(.notAnObject, at: start, "expected an object")
    }

    /// Forgets the entry before: the next one has only what is shared.
    mutating func startEntry() {
        entry.reset(to: shared)
        predictor.startEntry()
        if scratch.count > sharedScratchCount { scratch.removeLast(scratch.count - sharedScratchCount) }
        if !path.isEmpty { path.removeAll(keepingCapacity: true) }
    }

    /// Makes what was read so far the shared fields of all entries to come.
    mutating func shareEntry() {
        shared = entry
        sharedScratchCount = scratch.count
    }

    // MARK: Members

    struct Name {
        var text: JSONText
        /// What it is in an entry's own object.
        var field: EntryFieldName?
        /// As `ParsedEntry.Attribute.nameIdentity`.
        var identity: UInt32 = 0

        /// Of the names of the time, which of them.
        var isTimeInMicroseconds: Bool { text.count == 12 }
    }

    /// Reads a member's name and the colon after it.
    @inline(__always)
    private mutating func readName(
        _ scanner: inout JSONScanner
    ) throws(EntryFailure) -> Name {
        guard scanner.peek() == UInt8(ascii: "\"") else { throw scanner.invalid("expected a name in quotes") }
        let start = scanner.at &+ 1
        if let known = predictor.next(scanner.bytes, at: start, end: scanner.end) {
            scanner.at = known.valueStart
            return Name(
                text: JSONText(offset: start, count: known.nameCount, isInScratch: false), field: known.field,
                identity: known.identity)
        }
        var copy = scanner
        let found = try readUnexpectedName(&copy)
        scanner.at = copy.at
        return found
    }

    /// As `readName`, for a name that is not the expected one.
    @inline(never)
    mutating func readUnexpectedName(
        _ scanner: inout JSONScanner
    ) throws(EntryFailure) -> Name {
        guard scanner.peek() == UInt8(ascii: "\"") else { throw scanner.invalid("expected a name in quotes") }
        let start = scanner.at + 1
        let name = try scanner.string(scratch: &scratch)
        let field = withText(name, scanner) { EntryFieldName($0) }
        try scanner.require(":")
        scanner.skipSpace()
        let identity = predictor.learn(
            name.isInScratch ? nil : UnsafeRawBufferPointer(start: scanner.bytes + start, count: scanner.at - start),
            nameCount: Int(name.count), field)
        return Name(text: name, field: field, identity: identity)
    }

    /// Reads any value whole: text, or the JSON text of anything else.
    @inline(never)
    mutating func readValue(
        _ scanner: inout JSONScanner, depth: Int
    ) throws(EntryFailure) -> ParsedEntry.Value {
        let first = scanner.peek()
        let position = scanner.at
        var kind = ParsedEntry.Kind.literal
        var text: JSONText?
        switch first {
        case UInt8(ascii: "\""):
            text = try scanner.string(scratch: &scratch)
            kind = .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try scanner.number()
        case UInt8(ascii: "t"): _ = try scanner.literal("true")
        case UInt8(ascii: "f"): _ = try scanner.literal("false")
        case UInt8(ascii: "n"):
            _ = try scanner.literal("null")
            kind = .absent
        default:
            try scanner.skipValue(depth: depth, scratch: &scratch)
            kind = .structure
        }
        return ParsedEntry.Value(
            text: text ?? JSONText(offset: position, count: scanner.at - position, isInScratch: false), kind: kind,
            position: UInt32(truncatingIfNeeded: position))
    }

    @inline(__always)
    private mutating func appendAttribute(_ name: Name, _ value: ParsedEntry.Value) throws(EntryFailure) {
        guard Int(name.text.count) <= limits.keyByteCountMax else { throw nameTooLong(at: Int(value.position)) }
        guard entry.attributeCount < limits.attributeCountMax else { throw tooManyFields(at: Int(value.position)) }
        entry.append(ParsedEntry.Attribute(name: name.text, nameIdentity: name.identity, value: value))
    }

    // MARK: Objects within the context

    /// Reads the object that is next, the value of `name`, and returns where it ends.
    @inline(never)
    private mutating func readObject(
        _ name: Name, isField: Bool, _ scanner: JSONScanner, depth: Int
    ) throws(EntryFailure) -> Int {
        var scanner = scanner
        try readMember(name, isField: isField, &scanner, depth: depth)
        return scanner.at
    }

    /// Reads the value of a member, of the entry's own object or of one in the context, where no name is a field's.
    mutating func readMember(
        _ name: Name, isField: Bool, _ scanner: inout JSONScanner, depth: Int
    ) throws(EntryFailure) {
        let field = isField ? name.field : nil
        let isObject = scanner.peek() == UInt8(ascii: "{")
        if let field, !isObject || field != .context {
            entry.fields[field] = try readValue(&scanner, depth: depth)
            if field == .time { entry.isTimeInMicroseconds = name.isTimeInMicroseconds }
            return
        }
        // An empty object has no value that a path could name: it is kept as its text.
        if field == nil, !isObject || scanner.isEmptyObject {
            let name = path.isEmpty ? name : dotted(name.text, scanner)
            try appendAttribute(name, try readValue(&scanner, depth: depth))
            return
        }
        let mark = path.count
        if field == .context { entry.fields.context = ParsedEntry.Value() } else { try extendPath(name.text, scanner) }
        try scanner.checkDepth(depth)
        scanner.at += 1
        if !scanner.take("}") {
            repeat {
                let name = try readUnexpectedName(&scanner)
                try readMember(name, isField: false, &scanner, depth: depth + 1)
            } while try scanner.separator(orClosing: "}")
        }
        path.removeLast(path.count - mark)
    }

    private mutating func extendPath(_ name: JSONText, _ scanner: JSONScanner) throws(EntryFailure) {
        if name.isInScratch {
            path.append(contentsOf: scratch[name.range])
        } else {
            path.append(
                contentsOf: UnsafeRawBufferPointer(start: scanner.bytes + Int(name.offset), count: Int(name.count)))
        }
        path.append(UInt8(ascii: "."))
        guard path.count <= limits.keyByteCountMax else { throw nameTooLong(at: scanner.at) }
    }

    /// The name with the path before it.
    private mutating func dotted(_ name: JSONText, _ scanner: JSONScanner) -> Name {
        let start = scratch.count
        scratch.append(contentsOf: path)
        if name.isInScratch {
            scratch.append(contentsOf: Array(scratch[name.range]))
        } else {
            scratch.append(
                contentsOf: UnsafeRawBufferPointer(start: scanner.bytes + Int(name.offset), count: Int(name.count)))
        }
        return Name(text: JSONText(offset: start, count: scratch.count - start, isInScratch: true))
    }

    func withText<R>(_ text: JSONText, _ scanner: JSONScanner, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard text.isInScratch else {
            return body(UnsafeRawBufferPointer(start: scanner.bytes + Int(text.offset), count: Int(text.count)))
        }
        return scratch.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[text.range])) }
    }

    // MARK: Limits

    @inline(never)
    private func nameTooLong(at offset: Int) -> EntryFailure {
        EntryFailure(.fieldTooLong, at: offset, "an attribute's name may have \(limits.keyByteCountMax) bytes")
    }

    @inline(never)
    private func tooManyFields(at offset: Int) -> EntryFailure {
        EntryFailure(.tooManyFields, at: offset, "an entry may have \(limits.attributeCountMax) attributes")
    }
}
