/// Why an entry, or a whole JSON document, was refused. The raw value is the `code` that clients see; it never changes.
public enum RejectionCode: String, CaseIterable, Sendable {
    /// The text is not JSON (RFC 8259). In a document this refuses the whole document, since what follows cannot be
    /// told apart.
    case invalidJSON = "invalid_json"
    /// A string holds bytes that are not UTF-8, or an escaped surrogate without its partner.
    case invalidEncoding = "invalid_encoding"
    /// An entry is valid JSON, but no object.
    case notAnObject = "not_an_object"
    /// `level` is no known level's name.
    case invalidLevel = "invalid_level"
    /// The time is neither RFC 3339 nor an epoch number of 10, 13, 16 or 19 digits.
    case invalidTime = "invalid_time"
    /// There is no `message`. An empty one is fine.
    case missingMessage = "missing_message"
    /// Neither the entry nor its surroundings name a device, or its name is empty.
    case missingDevice = "missing_device"
    /// The sender is a known device, and the entry names another one.
    case deviceMismatch = "device_mismatch"
    /// A field's value has the wrong type: an object or array where text is expected, or a `context` that is no object.
    case invalidField = "invalid_field"
    /// The entry has more bytes than `EntryDecoder.Limits.lineByteCountMax`.
    case lineTooLong = "line_too_long"
    /// An identifier or the name of an attribute has more bytes than it may.
    case fieldTooLong = "field_too_long"
    /// The entry has more attributes than `EntryDecoder.Limits.attributeCountMax`.
    case tooManyFields = "too_many_fields"
    /// Objects and arrays are nested deeper than `EntryDecoder.Limits.depthMax`.
    case tooDeep = "too_deep"
    /// A document that is an object has no `entries`.
    case missingEntries = "missing_entries"
    /// A document has more bytes than `EntryDecoder.documentByteCountMax`.
    case documentTooLong = "document_too_long"
}

/// What is wrong with one entry, and where.
struct EntryFailure: Error, Equatable {
    var code: RejectionCode
    /// In bytes from the start of the line or document.
    var offset: Int
    /// What was expected there.
    var expected: String

    init(_ code: RejectionCode, at offset: Int, _ expected: String) {
        self.code = code
        self.offset = offset
        self.expected = expected
    }

    var detail: String { "offset \(offset): \(expected)" }
}
