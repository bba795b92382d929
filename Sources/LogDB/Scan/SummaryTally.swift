import LogModel

/// Counts the rows of a segment's blocks from their summaries.
///
/// Modules are counted by their number in the segment's directory, and come under their names once a segment: it has
/// thousands of blocks.
struct SummaryTally {
    let segment: Segment
    private let directory: SegmentDirectory
    /// Rows by module, of blocks whose other groups were `constants`.
    private var moduleRows: [UInt64]
    private var constants: [GroupValue?] = []

    init(_ segment: Segment, directory: SegmentDirectory) {
        self.segment = segment
        self.directory = directory
        moduleRows = [UInt64](repeating: 0, count: directory.strings.count)
    }

    /// Adds all rows of a block.
    ///
    /// - Returns: How many they are; nil when the summary does not know the groups, and nothing was added.
    mutating func add(
        _ index: Int, _ keys: [GroupKey], _ names: StreamRegistry, _ counts: inout [[GroupValue]: UInt64]
    ) throws(LogError) -> Int? {
        let block = directory.blocks[index]
        // What all of the block's rows have is a constant beside the one key that may vary.
        var constants: [GroupValue?] = []
        var open: Field?
        for key in keys {
            if let constant = try constant(key, of: block, names) {
                constants.append(constant)
            } else {
                guard open == nil, key == .field(.level) || key == .field(.module) else { return nil }
                open = key == .field(.level) ? .level : .module
                constants.append(nil)
            }
        }
        switch open {
        case .module?:
            if constants != self.constants { flush(keys, &counts) }
            self.constants = constants
            for (module, rows) in block.moduleCounts { moduleRows[Int(module)] += UInt64(rows) }
        case .level?:
            for level in Level.allCases {
                let rows = block.levelCounts[Int(level.rawValue)]
                add(UInt64(rows), .text(Array(level.name.utf8)), constants, &counts)
            }
        default:
            counts[constants.map { $0! }, default: 0] += UInt64(block.rowCount)
        }
        return block.rowCount
    }

    /// Brings the modules' rows into `counts`.
    mutating func flush(_ keys: [GroupKey], _ counts: inout [[GroupValue]: UInt64]) {
        for module in moduleRows.indices where moduleRows[module] > 0 {
            let name = directory.strings[module]
            add(moduleRows[module], name.isEmpty ? .missing : .text(name), constants, &counts)
            moduleRows[module] = 0
        }
    }

    private func add(
        _ rows: UInt64, _ value: GroupValue, _ constants: [GroupValue?], _ counts: inout [[GroupValue]: UInt64]
    ) {
        guard rows > 0 else { return }
        counts[constants.map { $0 ?? value }, default: 0] += rows
    }

    private func constant(
        _ key: GroupKey, of block: BlockSummary, _ names: StreamRegistry
    ) throws(LogError) -> GroupValue? {
        let name: [UInt8]
        switch key {
        case .timeBucket(let step, let offset):
            let first = TimeBucket.start(block.timeMin, step: step, offset: offset)
            return first == TimeBucket.start(block.timeMax, step: step, offset: offset) ? .time(first) : nil
        case .field(.device):
            guard block.key.device == block.lastDevice else { return nil }
            name = try names.deviceName(block.lastDevice)
        case .field(.session):
            guard block.key.device == block.lastDevice, block.key.session == block.lastSession else { return nil }
            name = try names.sessionName(block.lastSession)
        case .field:
            return nil
        }
        return name.isEmpty ? .missing : .text(name)
    }
}
