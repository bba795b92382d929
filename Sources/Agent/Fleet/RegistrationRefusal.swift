/// What a refused registration means for the person who has the capsule.
enum RegistrationRefusal {
    static func error(status: Int, code: String, detail: String, capsule: CapsuleManifest) -> AgentError {
        let server = capsule.server
        let message =
            switch code {
            case "registration_token_expired":
                "the capsule's registration token has expired: have a new capsule made for “\(capsule.dsn)”"
            case "registration_token_used":
                "the capsule's registration token was used by another key; if that was not this device, revoke its "
                    + "certificate; have a new capsule made for “\(capsule.dsn)”"
            case "invalid_registration_token":
                "\(server) does not know the capsule's registration token (\(detail)): have a new capsule made there"
            case "foreign_device":
                "the serial number “\(capsule.dsn)” belongs to another account at \(server): give the device there to "
                    + "the capsule's account, or choose another serial number"
            case "invalid_csr":
                "\(server) refuses the device's certificate request (\(detail)): remove device.key to have a new key made"
            case "invalid_call":
                "“\(server)” is no address of a server (\(detail)): correct fleet.backend_url, or give --server"
            default:
                status == 404 || status == 405 || (300..<400).contains(status)
                    ? "there is no LogDB server at \(server) (status \(status)): correct fleet.backend_url, or give --server"
                    : "\(server) refuses to register “\(capsule.dsn)” (status \(status), \(code)): \(detail)"
            }
        return AgentError(.refused, message)
    }
}
