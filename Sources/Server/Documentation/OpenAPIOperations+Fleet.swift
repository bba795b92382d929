import HTTPTypes
import LogDB

extension OpenAPIOperation {
    private static let sessionMembers: [Parameter] = [
        .init("name", "What people call it."),
        .init("status", .choice(SessionRecord.Status.allCases.map(\.name)), "How it is, or ended."),
        .init("capsule_id", .integer(1...Int(Int32.max)), "What the device ran."),
        .init("started_at", "When it started."), .init("completed_at", "When it ended; now."),
    ]

    private static let artifactPath = Parameter("path", required: true, "Where in the session, such as data/a.json.")

    static let fleet: [String: [HTTPRequest.Method: OpenAPIOperation]] = [
        "/api/v1/capsules/generate": [
            .post: .init(
                "Makes a capsule: the manifest with a token for one registration within 24 hours",
                members: [
                    .init("dsn", required: true, "The device's serial number."),
                    .init("type", .choice(DeviceType.names), required: true, "What it is."),
                    .init("environment", .choice(DeviceEnvironment.names), "Where it is used; testing."),
                    .init("composition", .object, "What runs on it."),
                    .init("backend_url", "Where the device reaches the server."),
                    .init("account", "Who is to have the device; for the account `default` only."),
                ], status: 201, mediaTypes: [CapsulesRoute.mediaType, "application/json"], isCreation: true)
        ],
        "/api/v1/fleet/register": [
            .post: .init(
                "Registers a device with its capsule's token; 200 where it asks again",
                members: [
                    .init("dsn", required: true, "The serial number in the capsule."),
                    .init("registration_token", required: true, "The capsule's."),
                    .init("csr", required: true, "A certificate request, PKCS #10 in PEM."),
                    .init("device_info", .object, "What the device says of itself."),
                ], status: 201)
        ],
        "/api/v1/fleet/devices/{id}/certificate": [
            .get: .init("The certificates that the device was given"),
            .post: .init(
                "The next certificate, for a device that shows one",
                members: [.init("csr", required: true, "A certificate request, PKCS #10 in PEM.")], status: 201),
        ],
        "/api/v1/fleet/devices/{id}/certificate/revoke": [
            .post: .init(
                "Takes certificates back; what they opened is closed",
                members: [.init("serial", "Of the only one to take back; none: all of the device.")])
        ],
        "/api/v1/fleet/heartbeat": [
            .post: .init(
                "Says how a device is",
                members: [
                    .init("device_id", "Its id or serial number; by itself that of the certificate."),
                    .init("status", .choice(DeviceStatus.names), "online, if not said."),
                    .init("metrics", .object, "cpu_usage, memory_usage, disk_usage, battery_level, temperature."),
                    .init("current_session_id", "The session that runs on it."),
                    .init("current_capsule_id", .integer(1...Int(Int32.max)), "The capsule that it runs."),
                    .init("agent_version", "Of what speaks for it."),
                    .init("spool_depth", .integer(0...Int(Int32.max)), "Batches that wait on it."),
                    .init("dropped_count", .integer(0...Int(Int32.max)), "Entries that it dropped."),
                    .init("clock_offset_ms", .integer(-1_000_000_000...1_000_000_000), "Its clock less the server's."),
                    .init("interval_ms", .integer(1_000...3_600_000), "How far apart its heartbeats are; 30,000."),
                ])
        ],
        "/api/v1/fleet/devices/{id}/metrics": [
            .get: .init(
                "What a device measured of itself",
                parameters: [
                    .init("since", "From when on; an hour ago."), .init("until", "Up to when."),
                    .init("step", .choice(["heartbeat", "5m", "1h"]), "How fine."), .limit,
                ])
        ],
        "/api/v1/fleet/devices/{id}/shadow": [
            .get: .init("What a device is to be like, and is"),
            .put: .init(
                "Puts the desired document, or the reported one, in place of what was there",
                members: [
                    .init("desired", .object, "An operator's."), .init("reported", .object, "The device's."),
                    .init("version", .integer(0...Int(Int32.max)), "That was read; 409 if it is another by now."),
                ]),
        ],
        "/api/v1/sessions": [
            .get: .init(
                "The sessions, those that were first heard of last first",
                parameters: [
                    .init("device", "Of this device, by id or serial number."),
                    .init("status", .choice(SessionRecord.Status.allCases.map(\.name)), "How they are."),
                    .init("since", "Started from then on."), .init("until", "Started before."),
                    .init("capsule", .integer(1...Int(Int32.max)), "Of devices that ran this capsule."), .limit,
                    .init("cursor", .integer(1...Int(Int32.max)), "Where the answer before ended."),
                ]),
            .post: .init(
                "Starts a session, or says more of one that entries have started",
                members: [
                    .init("session_id", required: true, "The device's name for it."),
                    .init("device_id", "By itself the certificate's."),
                ] + sessionMembers, status: 201),
        ],
        "/api/v1/sessions/{id}": [
            .get: .init("A session, by number or by the device's name for it"),
            .put: .init("Changes a session; what is not given stays", members: sessionMembers),
        ],
        "/api/v1/sessions/{id}/timeline": [
            .get: .init(
                "A session's entries by level over time, its first error, where it said nothing, and what was uploaded",
                parameters: [.init("step", "The width of a bucket, such as 1m.")])
        ],
        "/api/v1/sessions/{id}/files": [
            .get: .init("The files of a session as a tree: its logs, and what was uploaded into it")
        ],
        "/api/v1/sessions/{id}/files/download": [
            .get: .init(
                "A file of a session, or with Range a part of it",
                parameters: [.init("path", required: true, "As the tree has it.")],
                mediaTypes: ["application/octet-stream", DownloadedFile.logType])
        ],
        "/api/v1/sessions/{id}/archive": [
            .get: .init("All files of a session in one archive", mediaTypes: ["application/zip"])
        ],
        "/api/v1/sessions/{id}/artifacts": [
            .get: .init("How much of an upload is here", parameters: [artifactPath]),
            .post: .init(
                "Uploads a file into a session, or with Content-Range a part of one; 202 until the last part is here",
                parameters: [
                    artifactPath, .init("sha256", "That the whole file must have, in hexadecimal."),
                    .init("replace", .choice(["true", "false"]), "Takes the place of another content."),
                ], body: .init(mediaTypes: ["application/octet-stream"], about: "The bytes of the file, of any type."),
                status: 201),
            .delete: .init(
                "Takes a file out of a session", parameters: [artifactPath], status: 204, mediaTypes: []),
        ],
        "/api/v1/fleet/commands": [
            .post: .init(
                "Tells a device, or all that a filter finds, to do something",
                members: [
                    .init("device_id", "Its id or serial number."),
                    .init("filter", "In place of it, such as environment:testing type:drone."),
                    .init("command", required: true, "What to do."), .init("arguments", .object, "How."),
                    .init("expires_in", "How long it is good, 1s to 30d; 1d."),
                    .init("max_attempts", .integer(1...20), "How often the device gets it; 3."),
                ], status: 201, isCreation: true)
        ],
        "/api/v1/fleet/commands/dead-letters": [
            .get: .init("Commands that came to nothing", parameters: [.limit, .cursor])
        ],
        "/api/v1/fleet/commands/{id}": [
            .get: .init("A command, and what became of it"),
            .delete: .init("Takes a command back that has not ended", status: 204, mediaTypes: []),
        ],
        "/api/v1/fleet/commands/{id}/replay": [
            .post: .init("Sends a command again that came to nothing", status: 201)
        ],
        "/api/v1/fleet/devices/{id}/commands": [
            .get: .init(
                "The commands that a device is to have now",
                parameters: [.init("wait", "How long to wait for one, up to 60s.")])
        ],
        "/api/v1/fleet/devices/{id}/commands/history": [
            .get: .init("A device's commands, the newest first", parameters: [.limit, .cursor])
        ],
        "/api/v1/fleet/devices/{id}/commands/{command}/result": [
            .post: .init(
                "Says what became of a command",
                members: [
                    .init("status", .choice(["acknowledged", "succeeded", "failed"]), required: true, "How it ended."),
                    .init("output", "What it said."),
                    .init("exit_code", .integer(Int(Int32.min)...Int(Int32.max)), "With what it ended."),
                ])
        ],
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
