import LogDB

/// A filter whose conditions know where the rows have their values: that of `where`, and of an aggregate's `if`.
indirect enum RowTest: Equatable, Sendable {
    case everything
    case nothing
    case all([RowTest])
    case any([RowTest])
    case not(RowTest)
    /// All tests of the filter are of this column, whatever field they name.
    case column(Column, Filter)
    /// The same of an attribute that is joined when the filter is part of a scan.
    case joined(JoinedAttribute, Filter)

    /// The filter of a scan that keeps the same rows; nil where the test needs what a pipe computed.
    var scanFilter: Filter? {
        switch self {
        case .everything: return .everything
        case .nothing: return .nothing
        case .all(let tests): return RowTest.filters(tests).map { .all($0) }
        case .any(let tests): return RowTest.filters(tests).map { .any($0) }
        case .not(let test): return test.scanFilter.map { .not($0) }
        case .joined(let attribute, let filter): return filter.joined(attribute)
        case .column(let column, let filter):
            if case .field = column.reference { return filter }
            return nil
        }
    }

    private static func filters(_ tests: [RowTest]) -> [Filter]? {
        var filters: [Filter] = []
        for test in tests {
            guard let filter = test.scanFilter else { return nil }
            filters.append(filter)
        }
        return filters
    }

    /// The attributes that it needs joined.
    var joinedAttributes: Set<JoinedAttribute> {
        switch self {
        case .everything, .nothing, .column: []
        case .all(let tests), .any(let tests): tests.reduce(into: []) { $0.formUnion($1.joinedAttributes) }
        case .not(let test): test.joinedAttributes
        case .joined(let attribute, _): [attribute]
        }
    }
}

extension Filter {
    /// The filter with its tests of values made on a joined attribute.
    func joined(_ attribute: JoinedAttribute) -> Filter {
        switch self {
        case .all(let filters): .all(filters.map { $0.joined(attribute) })
        case .any(let filters): .any(filters.map { $0.joined(attribute) })
        case .not(let filter): .not(filter.joined(attribute))
        case .value(_, let test): .joined(attribute, test)
        case .everything, .nothing, .level, .time, .received, .id, .text, .joined, .stream, .committed: self
        }
    }
}
