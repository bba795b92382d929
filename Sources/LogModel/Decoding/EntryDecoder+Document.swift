/// JSON documents: `[entry, …]`, or `{"entries": [entry, …], …}` whose other members are what all entries share, in any
/// order, but for `boot` and `sequence`.
extension EntryDecoder {
    /// Reads a whole document.
    ///
    /// Shared members mean what they mean in an entry, and an entry's own members beat them.
    ///
    /// - Throws: When the document is no JSON anywhere, or has no entries, or its shared members are broken. No entry is
    ///   kept then. An entry that is JSON but not a good entry is refused alone.
    public mutating func decodeDocument(_ bytes: UnsafeRawBufferPointer) throws(DocumentError) {
        do throws(EntryFailure) {
            guard bytes.count <= EntryDecoder.documentByteCountMax else {
                throw EntryFailure(
                    .documentTooLong, at: EntryDecoder.documentByteCountMax,
                    "a document may have \(EntryDecoder.documentByteCountMax) bytes")
            }
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                throw EntryFailure(.invalidJSON, at: 0, "expected an array or an object, found the end")
            }
            // Entries stand one level deeper than a line's, or two, and may nest as deep.
            var scanner = JSONScanner(base, from: 0, to: bytes.count, depthMax: limits.depthMax)
            scanner.skipByteOrderMark()
            switch scanner.peek() {
            case UInt8(ascii: "["): try readEntries(&scanner)
            case UInt8(ascii: "{"): try readObject(&scanner)
            default: throw scanner.invalid("expected an array or an object")
            }
            scanner.skipSpace()
            guard scanner.at == bytes.count else { throw scanner.invalid("expected the end of the document") }
        } catch {
            refuseAll()
            throw DocumentError(error)
        }
    }

    /// Reads the object around the entries: first all other members, since entries need them, then the entries.
    private mutating func readObject(_ scanner: inout JSONScanner) throws(EntryFailure) {
        let start = scanner.at
        var entries: (start: Int, end: Int)?
        var boot: String?
        var sequence: UInt64?
        parser.startEntry()
        scanner.at += 1
        if !scanner.take("}") {
            repeat {
                let name = try parser.readUnexpectedName(&scanner)
                _ = scanner.peek()
                switch parser.documentMember(name.text, scanner) {
                case .entries:
                    guard entries == nil else {
                        throw EntryFailure(.invalidField, at: scanner.at, "expected `entries` once")
                    }
                    guard scanner.peek() == UInt8(ascii: "[") else {
                        throw EntryFailure(.invalidField, at: scanner.at, "expected an array for `entries`")
                    }
                    let entriesStart = scanner.at
                    try scanner.skipStructure()
                    entries = (entriesStart, scanner.at)
                case .boot:
                    let at = scanner.at
                    boot = try parser.readText(&scanner)
                    guard boot?.isEmpty != true else {
                        throw EntryFailure(.invalidField, at: at, "expected a `boot` that is not empty")
                    }
                case .sequence:
                    let at = scanner.at
                    let text = try parser.readText(&scanner)
                    sequence = text.flatMap { UInt64($0) }
                    guard text == nil || sequence != nil else {
                        throw EntryFailure(.invalidField, at: at, "expected a whole number for `sequence`")
                    }
                case nil: try parser.readMember(name, isField: true, &scanner, depth: 2)
                }
            } while try scanner.separator(orClosing: "}")
        }
        guard let entries else {
            throw EntryFailure(.missingEntries, at: start, "expected an array `entries` in the object")
        }
        switch (boot, sequence) {
        case (let boot?, let sequence?): documentIdentity = (boot, sequence)
        case (nil, nil): break
        default: throw EntryFailure(.invalidField, at: start, "expected `boot` and `sequence` together")
        }
        sharedDevice = parser.text(of: .device, scanner)
        parser.shareEntry()

        let end = scanner.at
        scanner.at = entries.start
        try readEntries(&scanner)
        guard scanner.at == entries.end else { throw scanner.invalid("expected ',' or '}'") }
        scanner.at = end
    }

    /// Reads an array of entries.
    private mutating func readEntries(_ scanner: inout JSONScanner) throws(EntryFailure) {
        scanner.at += 1
        if scanner.take("]") { return }
        repeat {
            scanner.skipSpace()
            let start = scanner.at
            do throws(EntryFailure) {
                try parser.readEntry(&scanner)
            } catch {
                if error.code == .invalidJSON { throw error }
                refuse(error)
                scanner.at = start
                try scanner.skipStructure()
                continue
            }
            guard scanner.at - start <= limits.lineByteCountMax else {
                refuse(
                    EntryFailure(.lineTooLong, at: start, "an entry may have \(limits.lineByteCountMax) bytes"))
                continue
            }
            appendParsed(scanner.bytes)
        } while try scanner.separator(orClosing: "]")
    }
}

/// The members of a document that are not its entries' own.
private enum DocumentMember {
    case entries
    case boot
    case sequence
}

extension EntryParser {
    fileprivate func documentMember(_ name: JSONText, _ scanner: JSONScanner) -> DocumentMember? {
        withText(name, scanner) { name in
            if RawBytes.areEqual(name, "entries") { return .entries }
            if RawBytes.areEqual(name, "boot") { return .boot }
            if RawBytes.areEqual(name, "sequence") { return .sequence }
            return nil
        }
    }

    /// Reads a string, or a number as its text; nil for `null`.
    fileprivate mutating func readText(_ scanner: inout JSONScanner) throws(EntryFailure) -> String? {
        let value = try readValue(&scanner, depth: 2)
        switch value.kind {
        case .absent: return nil
        case .string, .literal: return withText(value.text, scanner) { String(decoding: $0, as: UTF8.self) }
        case .structure: throw EntryFailure(.invalidField, at: Int(value.position), "expected text")
        }
    }

    /// The text of a field of the entry that was just read; nil where there is none.
    fileprivate func text(of field: EntryFieldName, _ scanner: JSONScanner) -> String? {
        let value = entry.fields[field]
        guard value.kind == .string || value.kind == .literal else { return nil }
        return withText(value.text, scanner) { String(decoding: $0, as: UTF8.self) }
    }
}
