extension StreamRegistry {
    /// `filter` with joined attributes replaced by the devices and sessions that have them now: what is written down must
    /// not come to mean others when the tables change.
    ///
    /// - Throws: `.invalidArgument` when there are too many of them.
    func resolved(_ filter: Filter) throws(LogError) -> Filter {
        switch filter {
        case .all(let filters): return .all(try resolved(filters))
        case .any(let filters): return .any(try resolved(filters))
        case .not(let filter): return .not(try resolved(filter))
        case .joined(let attribute, let test):
            if attribute.isOfSession {
                guard let streams = try streams(attribute, test) else { throw tooMany("sessions", attribute) }
                return .any(streams.map { .stream(device: $0.device, session: $0.session) })
            }
            guard let devices = try devices(attribute, test) else { throw tooMany("devices", attribute) }
            var names: [Filter] = []
            for device in devices.sorted() {
                names.append(.value(.device, .equals(try deviceName(device), caseSensitive: true)))
            }
            return .any(names)
        default:
            return filter
        }
    }

    private func resolved(_ filters: [Filter]) throws(LogError) -> [Filter] {
        var result: [Filter] = []
        for filter in filters { result.append(try resolved(filter)) }
        return result
    }

    private func tooMany(_ what: String, _ attribute: JoinedAttribute) -> LogError {
        LogError(.invalidArgument, "too many \(what) have that \(attribute.name); name fewer, and delete in parts")
    }
}
