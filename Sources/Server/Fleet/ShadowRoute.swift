import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel

/// What a device is to be like, and is.
enum ShadowRoute {
    private static let documentByteCountMax = 32 << 10

    /// `GET /api/v1/fleet/devices/{id}/shadow`.
    @Sendable static func show(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let device = try await exchange.pathDevice()
        return answer(try await exchange.services.fleet.shadow(device.id), exchange)
    }

    /// `PUT /api/v1/fleet/devices/{id}/shadow`: puts one of the documents, or both, in place of what was there.
    @Sendable static func update(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let device = try await exchange.pathDevice()
        var members = try await exchange.bodyObject()
        var change = Fleet.ShadowChange()
        change.desired = try members.takeObject("desired", byteCountMax: documentByteCountMax)
        change.reported = try members.takeObject("reported", byteCountMax: documentByteCountMax)
        change.expectedVersion = try members.takeInteger("version", in: 0...(.max)).map { UInt64($0) }
        try members.checkAllTaken()
        let permissions = exchange.principal?.permissions ?? []
        guard change.desired == nil || permissions.contains(.operate),
            change.reported == nil || permissions.contains(.ingest)
        else {
            throw Problem(
                403, "forbidden", "An operator says what is desired, and the device, or who stores for it, what is.")
        }
        guard change.desired != nil || change.reported != nil else { throw Problem.missing("desired") }
        return answer(try await exchange.services.fleet.changeShadow(of: device.id, change), exchange)
    }

    private static func answer(_ shadow: ShadowRecord, _ exchange: Exchange) -> Response {
        exchange.json { json in
            json.object { json in
                json.member("device_id", shadow.deviceID)
                for (name, document) in [("desired", shadow.desired), ("reported", shadow.reported)] {
                    json.key(name)
                    json.object { json in
                        json.key("document")
                        json.raw { $0 += Array(document.text.utf8) }
                        json.member("version", document.version)
                        json.member(
                            "updated_at", document.version == 0 ? nil : Timestamp(microseconds: document.updated))
                    }
                }
                json.key("difference")
                json.raw { $0 += shadow.difference.bytes }
            }
        }
    }
}
