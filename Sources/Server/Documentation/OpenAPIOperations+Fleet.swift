import HTTPTypes
import LogDB

extension OpenAPIOperation {
    static let fleet: [String: [HTTPRequest.Method: OpenAPIOperation]] = [
        "/api/v1/fleet/devices": [
            .get: .init(
                "The devices in service",
                parameters: [
                    .init("environment", .choice(DeviceEnvironment.names), "Where the device is used."),
                    .init("status", .choice(DeviceStatus.names), "How it is."),
                    .init("type", .choice(DeviceType.names), "What it is."),
                    .init("search", "Text within its name or serial number, in any case."), .limit, .cursor,
                ])
        ],
        "/api/v1/fleet/devices/{id}": [
            .get: .init("A device, by id or serial number"),
            .put: .init(
                "Changes a device; what is not given stays",
                members: [
                    .init("name", "What people call it."),
                    .init("device_type", .choice(DeviceType.names), "What it is."),
                    .init("environment", .choice(DeviceEnvironment.names), "Where it is used."),
                    .init("status", .choice(DeviceStatus.names), "`maintenance` holds until another is set."),
                    .init("account", "Who has it from now on; for the account `default` only."),
                ]),
            .delete: .init("Takes a device out of service; its entries stay", status: 204, mediaTypes: []),
        ],
    ]
}
