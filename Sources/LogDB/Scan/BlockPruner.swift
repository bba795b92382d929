import LogModel

/// Decides from summaries which blocks a scan need not read.
struct BlockPruner {
    /// What is known of a block's rows without reading any.
    enum Verdict: Equatable {
        case none
        case some
        /// Every row passes.
        case all
    }

    private let root: RowFilter.Node
    private let levels: LevelSet
    private let streams: StreamConstraint
    private var scratch = MatchScratch()

    init(_ filter: Filter, root: RowFilter.Node, registry: StreamRegistry) throws(LogError) {
        self.root = root
        levels = BlockPruner.requiredLevels(filter)
        streams = try StreamConstraint(filter, registry: registry)
    }

    /// Whether the levels alone rule the block out.
    func isRuledOutByLevel(_ counts: [UInt32]) -> Bool {
        !Level.allCases.contains { levels.contains($0) && counts[Int($0.rawValue)] > 0 }
    }

    /// How many rows may pass, at most.
    func rowCountMax(_ levelCounts: [UInt32]) -> Int {
        Level.allCases.reduce(0) { $0 + (levels.contains($1) ? Int(levelCounts[Int($1.rawValue)]) : 0) }
    }

    /// What the summary at `block` says. What rules the block out is counted.
    mutating func verdict(
        _ block: UnsafePointer<BlockSummary>, strings: StringTable, _ statistics: inout ScanStatistics
    ) -> Verdict {
        if isRuledOutByLevel(block.pointee.levelCounts) {
            statistics.blocksPrunedByLevel += 1
            return .none
        }
        if !streams.mayContain(block) {
            statistics.blocksPrunedByStream += 1
            return .none
        }
        let verdict = verdict(root, block, strings)
        if verdict == .none { statistics.blocksPrunedByMetadata += 1 }
        return verdict
    }

    private mutating func verdict(_ node: RowFilter.Node, _ block: UnsafePointer<BlockSummary>, _ strings: StringTable)
        -> Verdict
    {
        switch node {
        case .everything: return .all
        case .nothing: return .none
        case .all(let nodes):
            var result = Verdict.all
            for node in nodes {
                switch verdict(node, block, strings) {
                case .none: return .none
                case .some: result = .some
                case .all: continue
                }
            }
            return result
        case .any(let nodes):
            var result = Verdict.none
            for node in nodes {
                switch verdict(node, block, strings) {
                case .all: return .all
                case .some: result = .some
                case .none: continue
                }
            }
            return result
        case .not(let node):
            switch verdict(node, block, strings) {
            case .none: return .all
            case .some: return .some
            case .all: return .none
            }
        case .level(let levels):
            let rows = Level.allCases.reduce(0) {
                $0 + (levels.contains($1) ? Int(block.pointee.levelCounts[Int($1.rawValue)]) : 0)
            }
            return BlockPruner.verdict(rows, of: block)
        case .time(let range):
            return !block.pointee.overlaps(range) ? .none : block.pointee.isWithin(range) ? .all : .some
        case .entry(let key):
            return key.time < block.pointee.timeMin || key.time > block.pointee.timeMax ? .none : .some
        case .stream(let stream):
            return StreamConstraint.contains(block, stream, stream) ? .some : .none
        case .identifier(.module, let matcher):
            var rows = 0
            for (module, count) in block.pointee.moduleCounts {
                let passes = strings.withBytes(Int(module)) {
                    !$0.isEmpty && matcher.matches($0, scratch: &scratch)
                }
                if passes { rows += Int(count) }
            }
            return BlockPruner.verdict(rows, of: block)
        case .attribute(let key, _):
            let isKnown = block.pointee.contextKeys.contains { key.elementsEqual(strings[Int($0.key)]) }
            return isKnown || block.pointee.otherContextRowCount > 0 ? .some : .none
        case .received, .device, .session, .identifier, .message, .joined, .committed:
            return .some
        }
    }

    private static func verdict(_ rows: Int, of block: UnsafePointer<BlockSummary>) -> Verdict {
        rows == 0 ? .none : rows == block.pointee.rowCount ? .all : .some
    }

    /// The levels that a row must have one of.
    private static func requiredLevels(_ filter: Filter) -> LevelSet {
        switch filter {
        case .nothing: []
        case .level(let levels): levels
        case .all(let filters): filters.reduce(.all) { $0.intersection(requiredLevels($1)) }
        case .any(let filters): filters.reduce([]) { $0.union(requiredLevels($1)) }
        case .not(.level(let levels)): LevelSet.all.subtracting(levels)
        default: .all
        }
    }
}

/// The streams that a filter's exact device and session names leave.
struct StreamConstraint {
    /// Nil: any device.
    private var devices: Set<UInt32>?
    /// Nil: any stream.
    private var streams: [ResolvedStream]?

    init(_ filter: Filter, registry: StreamRegistry) throws(LogError) {
        switch filter {
        case .value(.device, .equals(let name, _)):
            devices = Set(try registry.devices(folded: CaseFolding.fold(name)))
        case .value(.session, .equals(let name, _)):
            streams = try registry.streams(foldedSession: CaseFolding.fold(name))
        case .id(let key):
            streams = [ResolvedStream(device: key.device, session: key.session)]
        case .stream(let device, let session):
            streams = [ResolvedStream(device: device, session: session)]
        case .joined(let attribute, let test):
            if attribute.isOfSession {
                streams = try registry.streams(attribute, test)
            } else {
                devices = try registry.devices(attribute, test)
            }
        case .nothing:
            devices = []
        case .all(let filters):
            for filter in filters {
                let other = try StreamConstraint(filter, registry: registry)
                if let otherDevices = other.devices {
                    devices = devices.map { $0.intersection(otherDevices) } ?? otherDevices
                }
                if let otherStreams = other.streams {
                    streams = streams.map { $0.filter(otherStreams.contains) } ?? otherStreams
                }
            }
        case .any(let filters):
            var united: Set<UInt32> = []
            var unitedStreams: [ResolvedStream] = []
            var hasDevices = false
            var hasStreams = false
            for filter in filters {
                let other = try StreamConstraint(filter, registry: registry)
                // A branch is told by its streams, or else by its devices; one that is told by neither frees all.
                if let streams = other.streams {
                    unitedStreams += streams
                    hasStreams = true
                } else if let devices = other.devices {
                    united.formUnion(devices)
                    hasDevices = true
                } else {
                    return
                }
            }
            if hasStreams, hasDevices {
                devices = united.union(unitedStreams.map(\.device))
            } else if hasStreams {
                streams = unitedStreams
            } else {
                devices = united
            }
        default:
            break
        }
    }

    func mayContain(_ block: UnsafePointer<BlockSummary>) -> Bool {
        if let devices {
            let range = block.pointee.key.device...max(block.pointee.key.device, block.pointee.lastDevice)
            let isPossible = devices.count < 1_000 ? devices.contains { range.contains($0) } : true
            if !isPossible { return false }
        }
        if let streams {
            return streams.contains { StreamConstraint.contains(block, $0, $0) }
        }
        return true
    }

    /// Whether the block's streams, which lie between its first and its last, overlap those from `low` to `high`.
    static func contains(_ block: UnsafePointer<BlockSummary>, _ low: ResolvedStream, _ high: ResolvedStream) -> Bool {
        (block.pointee.key.device, block.pointee.key.session) <= (high.device, high.session)
            && (low.device, low.session) <= (block.pointee.lastDevice, block.pointee.lastSession)
    }
}
