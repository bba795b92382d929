import LogDB
import LogModel

/// What a device is to be like and what it says it is like: two documents, each with a version that counts its changes.
struct ShadowRecord: TableRecord {
    struct Document: Sendable, Equatable {
        /// A JSON object.
        var text = "{}"
        /// 0 before it was first written.
        var version: UInt64 = 0
        /// In microseconds since the epoch.
        var updated: Int64 = 0
    }

    var id: UInt64 = 0
    var deviceID: UInt64
    var desired = Document()
    var reported = Document()

    static let tableNumber: UInt8 = 29
    static let tableName = "shadows"
    static let byDevice = TableIndex<ShadowRecord>(number: 1, name: "device", isUnique: true) {
        IndexValue.number($0.deviceID)
    }
    static let indexes = [byDevice]

    init(deviceID: UInt64) { self.deviceID = deviceID }

    func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, deviceID)
        for (first, document) in [(UInt8(2), desired), (5, reported)] {
            fields.text(first, document.text)
            fields.unsigned(first + 1, document.version)
            fields.signed(first + 2, document.updated)
        }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let deviceID = try fields.unsigned(1) else { throw fields.missing("device") }
        self.id = id
        self.deviceID = deviceID
        func document(_ first: UInt8) throws(LogError) -> Document {
            Document(
                text: fields.text(first) ?? "{}", version: try fields.unsigned(first + 1) ?? 0,
                updated: try fields.signed(first + 2) ?? 0)
        }
        desired = try document(2)
        reported = try document(5)
    }

    /// What the device still has to do: the members of the desired document that the reported one has not, or otherwise.
    var difference: JSONValue {
        ShadowRecord.difference(
            JSONValue(Array(desired.text.utf8)) ?? .object([]), JSONValue(Array(reported.text.utf8)) ?? .object([]))
            ?? .object([])
    }

    private static func difference(_ desired: JSONValue, _ reported: JSONValue?) -> JSONValue? {
        guard case .object(let members) = desired, case .object? = reported else {
            return desired == reported ? nil : desired
        }
        let differing = members.compactMap { member in
            difference(member.value, reported?[member.name]).map { JSONValue.Member(name: member.name, value: $0) }
        }
        return differing.isEmpty ? nil : .object(differing)
    }
}
