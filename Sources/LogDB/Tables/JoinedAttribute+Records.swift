extension DeviceRecord {
    /// The device's value of an attribute; nil where it has none, or where sessions have it.
    public func value(of attribute: JoinedAttribute) -> [UInt8]? {
        switch attribute {
        case .environment: environment.map { Array($0.name.utf8) }
        case .deviceType: type.map { Array($0.name.utf8) }
        case .sessionStatus: nil
        }
    }
}

extension SessionRecord {
    /// The session's value of an attribute; nil where devices have it.
    public func value(of attribute: JoinedAttribute) -> [UInt8]? {
        switch attribute {
        case .environment, .deviceType: nil
        case .sessionStatus: Array(status.name.utf8)
        }
    }
}

extension StreamRegistry {
    /// The value that entries of a stream have of an attribute now.
    func joined(_ attribute: JoinedAttribute, device: UInt32, session: UInt64) throws(LogError) -> [UInt8]? {
        if attribute.isOfSession { return session == 0 ? nil : try sessions.row(session)?.value(of: attribute) }
        return try devices.row(UInt64(device))?.value(of: attribute)
    }

    /// Of how many devices or sessions the streams that a joined attribute leaves are found before a scan. With more
    /// of them the blocks are not pruned, and each block's streams are looked up.
    private static let joinedCountMax = 16_384

    /// The devices whose attribute passes the test; nil where there are too many.
    func devices(_ attribute: JoinedAttribute, _ test: ValueTest) throws(LogError) -> Set<UInt32>? {
        var found: Set<UInt32> = []
        var scratch = MatchScratch()
        let matcher = ValueMatcher(test)
        try devices.forEach { (record) throws(LogError) in
            if record.value(of: attribute)?.withUnsafeBytes({ matcher.matches($0, scratch: &scratch) }) == true {
                found.insert(UInt32(record.id))
            }
            return found.count <= StreamRegistry.joinedCountMax
        }
        return found.count <= StreamRegistry.joinedCountMax ? found : nil
    }

    /// The streams whose session's attribute passes the test; nil where there are too many.
    func streams(_ attribute: JoinedAttribute, _ test: ValueTest) throws(LogError) -> [ResolvedStream]? {
        var found: [ResolvedStream] = []
        var scratch = MatchScratch()
        let matcher = ValueMatcher(test)
        try sessions.forEach { (record) throws(LogError) in
            if record.value(of: attribute)?.withUnsafeBytes({ matcher.matches($0, scratch: &scratch) }) == true {
                found.append(ResolvedStream(device: UInt32(record.device), session: record.id))
            }
            return found.count <= StreamRegistry.joinedCountMax
        }
        return found.count <= StreamRegistry.joinedCountMax ? found : nil
    }
}
