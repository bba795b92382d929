import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel

/// A device's way to its certificates.
enum RegistrationRoute {
    private static let infoByteCountMax = 16 << 10

    /// `POST /api/v1/fleet/register`: 201, or 200 to a device that asks again.
    @Sendable static func register(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let limits = exchange.services.registrationLimits
        var members = try await exchange.bodyObject()
        let registration = Fleet.Registration(
            dsn: try members.require("dsn"), token: try members.require("registration_token"),
            info: try members.takeObject("device_info", byteCountMax: infoByteCountMax) ?? "",
            request: try members.require("csr"))
        try members.checkAllTaken()
        try limits.check(exchange.address, user: registration.dsn)
        let authority = try exchange.services.authority.get()
        let registered: Fleet.Registered
        do {
            registered = try await exchange.services.fleet.register(
                registration, authority: authority, address: exchange.address)
        } catch {
            limits.didFail(exchange.address, user: registration.dsn)
            throw error
        }
        var response = exchange.json(status: registered.isRepeated ? .ok : .created) { json in
            json.object { json in
                json.member("device_id", registered.device.id)
                json.key("certificate")
                json.value(registered.certificatePEM)
                json.key("ca_certificate")
                json.value(authority.certificatePEM)
                json.member("mqtt_endpoint", "")
                json.member("iot_thing_name", Fleet.thingName(registered.device.id))
            }
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }

    /// `GET /api/v1/fleet/devices/{id}/certificate`: those that the device was given, the oldest first.
    @Sendable static func certificates(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let device = try await exchange.pathDevice()
        let certificates = try await exchange.services.fleet.certificates(of: device.id)
        return exchange.json { json in
            json.object { json in
                json.key("certificates")
                json.array(certificates) { json, certificate in
                    json.object { $0.members(of: certificate) }
                }
            }
        }
    }

    /// `POST /api/v1/fleet/devices/{id}/certificate`: the next certificate, for a device that shows one.
    @Sendable static func renew(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        guard exchange.principal?.kind == .device, let serial = exchange.certificateSerial else {
            throw Problem(
                403, "certificate_needed",
                "A device renews its certificate itself, on the device listener, with the one that it has.")
        }
        let device = try await exchange.pathDevice()
        var members = try await exchange.bodyObject()
        let request = try members.require("csr")
        try members.checkAllTaken()
        try exchange.services.registrationLimits.check(exchange.address, user: exchange.pathValues[0])
        let authority = try exchange.services.authority.get()
        let certificate = try await exchange.services.fleet.renew(
            device, request: request, shown: serial, authority: authority, by: exchange.author)
        return exchange.json(status: .created) { json in
            json.object { json in
                json.key("certificate")
                json.value(certificate.pem)
                json.key("ca_certificate")
                json.value(authority.certificatePEM)
                json.members(of: certificate)
            }
        }
    }

    /// `POST /api/v1/fleet/devices/{id}/certificate/revoke`.
    @Sendable static func revoke(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        var members = try await exchange.bodyObject()
        let serial = try members.take("serial")
        try members.checkAllTaken()
        let revoked = try await exchange.services.fleet.revoke(
            exchange.pathValues[0], serial: serial, account: exchange.ownAccount, by: exchange.author)
        return exchange.json { json in
            json.object { json in
                json.key("revoked")
                json.array(revoked) { json, serial in json.value(serial) }
            }
        }
    }
}

extension Exchange {
    /// Of the certificate that the client showed.
    var certificateSerial: String? { services.connections.peer(channel)?.serial }
}

extension JSONOutput {
    fileprivate mutating func members(of certificate: Fleet.DeviceCertificate) {
        member("serial", certificate.serial)
        member("issued_at", certificate.issued)
        member("expires_at", certificate.expires)
        member("revoked_at", certificate.revoked)
    }
}
