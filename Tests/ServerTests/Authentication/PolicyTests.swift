import HTTPTypes
import Testing

@testable import Server

/// Who may do what, for each route of the table, as a client finds it.
struct PolicyTests {
    private enum Who: String, CaseIterable {
        case nobody, viewer, `operator`, admin, query, ingest, operate, administer, stranger
    }

    /// Written apart from the policy: what each may use. `stranger` administers another account than `default`.
    private static func expected(_ pattern: String, _ method: String) -> Set<Who> {
        let readers: Set<Who> = [.viewer, .operator, .admin, .query, .stranger]
        switch "\(method) \(pattern)" {
        case "GET /health", "GET /ready",
            "GET /favicon.ico", "GET /web/{file}", "GET /web/{view}/{file}", "GET /web/{version}/{view}/{file}",
            "GET /", "GET /logs", "GET /fleet",
            "GET /fleet/{id}", "GET /sessions", "GET /sessions/{id}", "GET /sessions/{id}/files", "GET /admin",
            "POST /api/v1/auth/login",
            "POST /api/v1/auth/setup", "POST /api/v1/auth/refresh", "GET /api/v1/ca", "POST /api/v1/fleet/register":
            return Set(Who.allCases)
        case "POST /api/v1/auth/logout", "GET /api/v1/auth/me", "GET /api/v1/version", "GET /api/v1/limits",
            "GET /api/v1/openapi.json", "GET /api/v1/ca/crl":
            return Set(Who.allCases).subtracting([.nobody])
        case let route where route.contains("/api/v1/logs/quarantine"): return [.operator, .admin, .operate, .stranger]
        case "POST /api/v1/logs/ingest": return [.operator, .admin, .ingest, .stranger]
        case "GET /api/v1/admin/users", "POST /api/v1/admin/users", "DELETE /api/v1/admin/users",
            "DELETE /api/v1/admin/users/{name}", "GET /api/v1/admin/api-keys", "POST /api/v1/admin/api-keys",
            "DELETE /api/v1/admin/api-keys", "DELETE /api/v1/admin/api-keys/{name}":
            return [.admin, .administer, .stranger]
        case "GET /api/v1/fleet/devices": return readers
        case "GET /api/v1/fleet/devices/{id}/metrics", "GET /api/v1/fleet/devices/{id}/shadow":
            return readers.union([.ingest])
        case "PUT /api/v1/fleet/devices/{id}/shadow": return [.operator, .admin, .operate, .ingest, .stranger]
        case let route where route.contains("/api/v1/fleet/commands"): return [.operator, .admin, .operate, .stranger]
        case "GET /api/v1/sessions/{id}/timeline", "GET /api/v1/sessions/{id}/files",
            "GET /api/v1/sessions/{id}/files/download", "GET /api/v1/sessions/{id}/archive":
            return readers
        case "GET /api/v1/sessions/{id}/artifacts", "POST /api/v1/sessions/{id}/artifacts":
            return [.operator, .admin, .operate, .ingest, .stranger]
        case "DELETE /api/v1/sessions/{id}/artifacts": return [.operator, .admin, .operate, .stranger]
        case "POST /api/v1/sessions", "PUT /api/v1/sessions/{id}":
            return [.operator, .admin, .operate, .ingest, .stranger]
        case "GET /api/v1/sessions", "GET /api/v1/sessions/{id}", "GET /api/v1/fleet/devices/{id}/commands/history":
            return readers.union([.ingest])
        case "POST /api/v1/fleet/heartbeat", "GET /api/v1/fleet/devices/{id}/commands",
            "POST /api/v1/fleet/devices/{id}/commands/{command}/result":
            return [.operator, .admin, .ingest, .stranger]
        case "POST /api/v1/fleet/devices/{id}/certificate": return [.operator, .admin, .ingest, .stranger]
        case "POST /api/v1/fleet/devices/{id}/certificate/revoke", "POST /api/v1/capsules/generate":
            return [.operator, .admin, .operate, .stranger]
        case "GET /api/v1/fleet/devices/{id}", "GET /api/v1/fleet/devices/{id}/certificate":
            return readers.union([.ingest])
        case "PUT /api/v1/fleet/devices/{id}", "DELETE /api/v1/fleet/devices/{id}":
            return [.operator, .admin, .operate, .stranger]
        case "GET /api/v1/admin/audit": return [.admin, .administer]
        case "GET /metrics": return [.operator, .admin, .operate]
        case let route where route.contains("/api/v1/admin/"): return [.operator, .admin, .operate]
        case "DELETE /api/v1/logs": return [.admin, .administer, .stranger]
        case let route where route.contains("/api/v1/logs"): return readers
        default: return []
        }
    }

    @Test func everyRouteIsGuarded() async throws {
        let place = try await GuardedServer()
        var credentials: [(Who, Credential)] = [(.nobody, .none)]
        for (who, role) in [(Who.viewer, Role.viewer), (.operator, .operator), (.admin, .admin)] {
            credentials.append((who, try await place.user(role)))
        }
        credentials.append((.query, try await place.key("query")))
        credentials.append((.ingest, try await place.key("ingest")))
        credentials.append((.operate, try await place.key("operate")))
        credentials.append((.administer, try await place.key("admin")))
        credentials.append((.stranger, try await place.user(.admin, "stranger", account: "other")))

        var checkedCount = 0
        for route in RouteTable.all.routes {
            for method in route.handlers.keys {
                let expected = PolicyTests.expected(route.pattern, method.rawValue)
                #expect(!expected.isEmpty, "\(method) \(route.pattern) is not in the test's list")
                let path = route.pattern.replacing(/\{[a-z]+\}/, with: "nothing")
                // What would end the other requests' credentials, or a stream that goes on, is not really asked for.
                let isSafe = !path.hasSuffix("/logout") && !path.hasSuffix("/stream")
                for (who, credential) in credentials {
                    let isAllowed = expected.contains(who)
                    if isAllowed, !isSafe { continue }
                    let answer = try await place.send(method.rawValue, path, as: credential)
                    let isRefused = answer.problem == "unauthorized" || answer.problem == "forbidden"
                    #expect(
                        isRefused != isAllowed, "\(who.rawValue) \(method) \(path): \(answer.status) \(answer.text)")
                    if !isAllowed { #expect(answer.status == (who == .nobody ? 401 : 403)) }
                    checkedCount += 1
                }
            }
        }
        #expect(checkedCount > 250)
    }

    @Test func aRouteWithoutARuleIsNobodys() {
        let route = Route("/api/v1/unlisted", [.get: { _ in throw Problem.notFound }])
        #expect(route.access(.get) == nil)
        #expect(!Policy.isAllowed(.everyone, route.access(.get)))
        #expect(!Policy.isAllowed(nil, route.access(.get)))
        for pattern in Policy.openPaths { #expect(Policy.table[pattern].map { $0.values.contains(.open) } ?? true) }
    }

    @Test(arguments: [
        "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/logs", "/api/v1/logs/", "/api/v1/auth/login/x",
        "/api/v1/ca/", "/api/v1/fleet/devices", "/api/v1/auth/logout", "/api/v1/%2e%2e/health",
    ])
    func beforeRoutingAPathIsRefused(_ path: String) async throws {
        let place = try await GuardedServer()
        for method in ["GET", "POST", "DELETE", "PUT"] {
            let answer = try await place.send(method, path)
            #expect(answer.status == 401 && answer.problem == "unauthorized", "\(method) \(path) \(answer.status)")
            #expect(answer["WWW-Authenticate"] == "Bearer")
        }
        #expect(try await place.send("GET", "/nothing").status == 404)
    }

    @Test func noByteOfARefusedBodyIsAwaited() async throws {
        let place = try await GuardedServer()
        let connection = try RawConnection(port: place.server.port)
        await connection.send(
            "POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: 10000000\r\n\r\n")
        #expect(await connection.read(until: "unauthorized").contains("401 Unauthorized"))
    }

    @Test func withoutAuthenticationEverybodyMayDoEverything() async throws {
        let server = try await RunningServer()
        #expect(try await server.get("/api/v1/auth/me").json["role"]?.text == "admin")
        #expect(try await server.get("/api/v1/auth/me").json["account"]?.text == "default")
        #expect(try await server.get("/api/v1/admin/audit").status == 200)
        #expect(try await server.get("/api/v1/nothing").status == 404)
    }
}
