import HTTPTypes

/// Every route of the server.
extension RouteTable {
    static let all = RouteTable([
        Route("/api/v1/logs/ingest", [.post: IngestRoute.ingest]),
        Route("/api/v1/logs", [.get: SearchRoute.search, .post: SearchRoute.search]),
        Route("/api/v1/logs/histogram", [.get: HistogramRoute.histogram]),
        Route("/api/v1/logs/fields", [.get: FieldsRoute.names]),
        Route("/api/v1/logs/fields/{name}/values", [.get: FieldsRoute.values]),
        Route("/api/v1/logs/complete", [.get: CompletionRoute.complete]),
        Route("/api/v1/logs/export", [.get: ExportRoute.export]),
        Route("/api/v1/logs/stream", [.get: StreamRoute.stream]),
        Route("/api/v1/logs/quarantine", [.get: QuarantineRoute.list]),
        Route(
            "/api/v1/logs/quarantine/{id}", [.get: QuarantineRoute.content, .delete: QuarantineRoute.remove]),
        Route("/api/v1/logs/quarantine/{id}/replay", [.post: QuarantineRoute.replay]),
        Route("/api/v1/logs/{id}", [.get: EntryRoute.entry]),
        Route("/api/v1/logs/{id}/context", [.get: EntryRoute.context]),
        Route("/api/v1/capsules/generate", [.post: CapsulesRoute.generate]),
        Route("/api/v1/fleet/register", [.post: RegistrationRoute.register]),
        Route(
            "/api/v1/fleet/devices/{id}/certificate",
            [.get: RegistrationRoute.certificates, .post: RegistrationRoute.renew]),
        Route("/api/v1/fleet/devices/{id}/certificate/revoke", [.post: RegistrationRoute.revoke]),
        Route("/api/v1/fleet/heartbeat", [.post: HeartbeatRoute.heartbeat]),
        Route("/api/v1/fleet/devices/{id}/metrics", [.get: HeartbeatRoute.metrics]),
        Route("/api/v1/fleet/devices/{id}/shadow", [.get: ShadowRoute.show, .put: ShadowRoute.update]),
        Route("/api/v1/fleet/devices", [.get: DevicesRoute.list]),
        Route(
            "/api/v1/fleet/devices/{id}",
            [.get: DevicesRoute.show, .put: DevicesRoute.update, .delete: DevicesRoute.remove]),
        Route("/api/v1/admin/check", [.get: AdministrationRoute.check]),
        Route("/api/v1/admin/compact", [.post: AdministrationRoute.compact]),
        Route("/api/v1/admin/jobs", [.get: AdministrationRoute.jobs]),
        Route("/api/v1/admin/jobs/{id}", [.get: AdministrationRoute.job]),
        Route("/api/v1/admin/storage", [.get: AdministrationRoute.storage]),
        Route(
            "/api/v1/admin/users", [.get: UsersRoute.list, .post: UsersRoute.add, .delete: UsersRoute.remove]),
        Route("/api/v1/admin/users/{name}", [.delete: UsersRoute.remove]),
        Route(
            "/api/v1/admin/api-keys",
            [.get: APIKeysRoute.list, .post: APIKeysRoute.add, .delete: APIKeysRoute.remove]),
        Route("/api/v1/admin/api-keys/{name}", [.delete: APIKeysRoute.remove]),
        Route("/api/v1/admin/audit", [.get: AuditRoute.audit]),
        Route("/api/v1/auth/setup", [.post: AuthenticationRoute.setup]),
        Route("/api/v1/auth/login", [.post: AuthenticationRoute.login]),
        Route("/api/v1/auth/refresh", [.post: AuthenticationRoute.refresh]),
        Route("/api/v1/auth/logout", [.post: AuthenticationRoute.logout]),
        Route("/api/v1/auth/me", [.get: AuthenticationRoute.me]),
        Route("/api/v1/ca", [.get: AuthorityRoute.certificate]),
        Route("/api/v1/ca/crl", [.get: AuthorityRoute.revocations]),
        Route("/api/v1/version", [.get: StatusRoute.version]),
        Route("/api/v1/limits", [.get: StatusRoute.limits]),
        Route("/api/v1/openapi.json", [.get: OpenAPIDocument.document]),
        Route("/health", [.get: StatusRoute.health]),
        Route("/ready", [.get: StatusRoute.ready]),
        Route("/metrics", [.get: MetricsRoute.metrics]),
        Route("/", [.get: PageRoute.page]),
        Route("/style.css", [.get: PageRoute.style]),
        Route("/page.js", [.get: PageRoute.script]),
    ])
}
