import HTTPTypes

/// What each method of each route is for; a test holds it against the table of routes.
extension OpenAPIOperation {
    static let all: [String: [HTTPRequest.Method: OpenAPIOperation]] =
        logs.merging(fleet) { $1 }.merging(administration) { $1 }.merging(server) { $1 }

    private static let lines = "application/x-ndjson"

    private static let logs: [String: [HTTPRequest.Method: OpenAPIOperation]] = [
        "/api/v1/logs/ingest": [
            .post: .init(
                "Stores a batch of entries; 200 says that it is durable and visible",
                body: .init(
                    mediaTypes: [lines, "application/json", "application/vnd.logdb.batch"],
                    about: "An entry a line, an array or an object with `entries`, or the agent's frame."))
        ],
        "/api/v1/logs": [
            .get: .init(
                "Finds entries, or what the query's pipes make of them",
                parameters: Parameter.query + [.limit, .cursor, .order], mediaTypes: ["application/json", lines]),
            .post: .init(
                "As GET, with the parameters in a JSON object",
                parameters: Parameter.query + [.limit, .cursor, .order],
                members: Parameter.query + [.limit, .cursor, .order], mediaTypes: ["application/json", lines]),
            .delete: .init(
                "Deletes what a query finds: gone from every answer at once, then from the disk",
                parameters: Parameter.query + [
                    .init(
                        "dry_run", .choice(["true", "false"]), "Only counts what would go: 200, and nothing is deleted."
                    )
                ], status: 202),
        ],
        "/api/v1/logs/histogram": [
            .get: .init(
                "Counts entries over time",
                parameters: Parameter.query + [
                    .init("step", "The width of a bucket, such as 1m."),
                    .init("by", "A field whose values are counted too."),
                ])
        ],
        "/api/v1/logs/fields": [
            .get: .init("Counts the fields that entries have", parameters: Parameter.query)
        ],
        "/api/v1/logs/fields/{name}/values": [
            .get: .init("Counts the values of a field", parameters: Parameter.query + [.limit])
        ],
        "/api/v1/logs/export": [
            .get: .init(
                "Everything that a query finds, as a download",
                parameters: Parameter.query + [
                    .order, .init("format", .choice(["csv", "json", "ndjson"]), "Of the file."),
                ], mediaTypes: ["application/json", "text/csv", lines])
        ],
        "/api/v1/logs/stream": [
            .get: .init(
                "Entries as they are stored, over a WebSocket or as Server-Sent Events",
                parameters: Parameter.query + [.cursor], mediaTypes: ["text/event-stream"])
        ],
        "/api/v1/logs/complete": [
            .get: .init(
                "How a query that is being written may go on",
                parameters: [
                    .init("query", "The text so far."),
                    .init("at", .integer(0...1_000_000), "Where the cursor stands."),
                ])
        ],
        "/api/v1/logs/quarantine": [
            .get: .init(
                "Batches that were refused, the newest first",
                parameters: [.limit, .init("cursor", .integer(1...Int(Int32.max)), "Where the answer before ended.")])
        ],
        "/api/v1/logs/quarantine/{id}": [
            .get: .init(
                "A refused batch as it was received",
                mediaTypes: [
                    lines, "application/json", "application/vnd.logdb.batch", "application/gzip", "application/zstd",
                ]),
            .delete: .init("Discards a refused batch", status: 204, mediaTypes: []),
        ],
        "/api/v1/logs/quarantine/{id}/replay": [
            .post: .init("Stores what can be stored of a refused batch now")
        ],
        "/api/v1/logs/{id}": [.get: .init("One entry")],
        "/api/v1/logs/{id}/context": [
            .get: .init(
                "An entry and its neighbours in the same session",
                parameters: [
                    .init("before", .integer(0...5_000), "How many before it."),
                    .init("after", .integer(0...5_000), "How many after it."),
                ])
        ],
    ]

    private static let administration: [String: [HTTPRequest.Method: OpenAPIOperation]] = [
        "/api/v1/admin/backup": [
            .post: .init(
                "Copies all that is stored",
                members: [
                    .init(
                        "to", required: true, "A directory of the server, or s3://BUCKET/PREFIX?endpoint=URL&region=R."),
                    .init(
                        "cold", .choice(BackupRoute.coldChoices), "Whether the cold tier's objects are copied or named."
                    ),
                ], status: 202)
        ],
        "/api/v1/admin/check": [.get: .init("Whether the tables agree with their indexes")],
        "/api/v1/admin/compact": [
            .post: .init("Seals what is in memory, merges, removes obsolete files", status: 202)
        ],
        "/api/v1/admin/deletions": [.get: .init("What was deleted, and whether it is off the disk")],
        "/api/v1/admin/jobs": [.get: .init("Work that goes on, and went on before")],
        "/api/v1/admin/jobs/{id}": [.get: .init("One piece of such work")],
        "/api/v1/admin/rekey": [
            .post: .init(
                "Brings all objects under the newest key of the file",
                members: [.init("backups", "A place of backups whose objects are brought there too.")], status: 202)
        ],
        "/api/v1/admin/retention": [
            .get: .init("How long entries are kept, and what that does now"),
            .put: .init(
                "Sets how long entries are kept",
                parameters: [.init("dry_run", .flag, "Whether only to say what it would do.")],
                members: [
                    .init("cold_after", "When entries go to the cold tier, such as 7d."),
                    .init("delete_after", "When those that no rule is for are deleted."),
                    .init("bytes_max", .integer(1...Int.max), "What all segments may take."),
                    .init("hot_bytes_max", .integer(1...Int.max), "What those in the hot tier may take."),
                    .init(
                        "rules", .list, "Others, by environment, device, module, levels: the first that fits decides."),
                ]),
        ],
        "/api/v1/admin/scrubbing": [
            .get: .init("What is taken out of entries before they are stored, and how often it was")
        ],
        "/api/v1/admin/storage": [.get: .init("What is stored, and what it costs")],
        "/api/v1/admin/tier": [
            .post: .init(
                "Moves what is old to the cold tier",
                members: [.init("older_than", "A number and s, m, h, d or w; 7d by default, 0s for everything.")],
                status: 202)
        ],
        "/api/v1/admin/verify": [
            .post: .init(
                "Reads all of the store and compares it with itself",
                members: [.init("repair", .flag, "Whether what can be made whole is.")], status: 202)
        ],
        "/api/v1/admin/users": [
            .get: .init("The users"),
            .post: .init(
                "Adds a user",
                members: [
                    .init("username", required: true, "1 to 64 letters, digits and - . _ @."),
                    .init("password", required: true, "8 to 1,024 bytes."),
                    .init("role", .choice(Role.allCases.map(\.rawValue)), required: true, "What the user may do."),
                    .init("account", "The account that the user belongs to."),
                ], status: 201, isCreation: true),
            .delete: .init(
                "Removes a user", parameters: [.init("username", required: true, "Of the user.")], status: 204,
                mediaTypes: []),
        ],
        "/api/v1/admin/users/{name}": [.delete: .init("Removes a user", status: 204, mediaTypes: [])],
        "/api/v1/admin/api-keys": [
            .get: .init("The API keys, without the keys themselves"),
            .post: .init(
                "Adds an API key, and shows it once",
                members: [
                    .init("name", required: true, "1 to 64 letters, digits and - . _ @."),
                    .init("scopes", .choices(Permissions.names), required: true, "What the key is good for."),
                    .init("account", "The account that the key belongs to."),
                    .init("per_second", .integer(0...1_000_000), "Requests a second; 0 for any number."),
                    .init("per_day", .integer(0...1_000_000_000), "Requests a day; 0 for any number."),
                ], status: 201, isCreation: true),
            .delete: .init(
                "Removes an API key", parameters: [.init("name", required: true, "Of the key.")], status: 204,
                mediaTypes: []),
        ],
        "/api/v1/admin/api-keys/{name}": [.delete: .init("Removes an API key", status: 204, mediaTypes: [])],
        "/api/v1/admin/audit": [
            .get: .init(
                "What was done by whom, the newest first",
                parameters: [
                    .limit, .init("cursor", .integer(1...Int(Int32.max)), "Where the answer before ended."),
                    .init("verify", .flag, "Check the chain of hashes."),
                ])
        ],
    ]

    private static let credentials: [Parameter] = [
        .init("username", required: true, "Who signs in."), .init("password", required: true, "The password."),
        .init("cookie", .flag, "Keep the tokens in cookies."),
    ]

    private static let server: [String: [HTTPRequest.Method: OpenAPIOperation]] = [
        "/api/v1/auth/setup": [
            .post: .init(
                "Makes the first user",
                members: [.init("setup_token", required: true, "As the server printed it.")] + credentials, status: 201)
        ],
        "/api/v1/auth/login": [.post: .init("Signs in", members: credentials)],
        "/api/v1/auth/refresh": [
            .post: .init("The next tokens for a refresh token", members: [.init("refresh_token", "Good once.")])
        ],
        "/api/v1/auth/logout": [.post: .init("Signs out", status: 204, mediaTypes: [])],
        "/api/v1/auth/me": [.get: .init("Who is signed in")],
        "/api/v1/ca": [
            .get: .init("The certificate of the own authority", mediaTypes: ["application/x-pem-file"])
        ],
        "/api/v1/ca/crl": [
            .get: .init("The certificates that were taken back", mediaTypes: ["application/x-pem-file"])
        ],
        "/api/v1/version": [.get: .init("The server's version")],
        "/api/v1/limits": [.get: .init("What a request may ask for")],
        "/api/v1/openapi.json": [.get: .init("This document")],
        "/health": [.get: .init("Whether the process lives")],
        "/ready": [.get: .init("Whether entries are taken")],
        "/metrics": [.get: .init("Counters and gauges for Prometheus", mediaTypes: ["text/plain"])],
        "/favicon.ico": [.get: .init("The icon", mediaTypes: ["image/svg+xml"])],
        "/web/{file}": [.get: .init("A file of the user interface", mediaTypes: fileTypes)],
        "/web/{view}/{file}": [.get: .init("A file of a view", mediaTypes: fileTypes)],
        "/web/{version}/{view}/{file}": [.get: .init("The same, of one version of all files", mediaTypes: fileTypes)],
        "/": [.get: .init("The logs", mediaTypes: ["text/html"])],
        "/logs": [.get: .init("The logs; `query` is shown with its newest rows", mediaTypes: ["text/html"])],
        "/fleet": [.get: .init("The devices", mediaTypes: ["text/html"])],
        "/fleet/{id}": [.get: .init("One device", mediaTypes: ["text/html"])],
        "/sessions": [.get: .init("The sessions", mediaTypes: ["text/html"])],
        "/sessions/{id}": [.get: .init("One session", mediaTypes: ["text/html"])],
        "/sessions/{id}/files": [.get: .init("The files of a session", mediaTypes: ["text/html"])],
        "/admin": [.get: .init("Administration", mediaTypes: ["text/html"])],
    ]

    private static let fileTypes = ["text/javascript", "text/css", "image/svg+xml", "text/html"]
}
