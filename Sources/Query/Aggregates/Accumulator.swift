/// What one aggregate keeps of each group.
protocol Accumulator: AnyObject {
    /// In memory, about.
    var byteCount: Int { get }

    /// Takes rows.
    ///
    /// - Parameters:
    ///   - groups: The number of each row's group; groups are numbered from 0 as they come.
    ///   - passes: Which rows count.
    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool])

    /// Takes rows of one group that all have these values, of the aggregate's columns in their order.
    func add(_ values: [Value], count: UInt64, group: Int)

    /// What the aggregate says of a group; of one without rows too.
    func result(_ group: Int) -> Value
}

extension StatsPlan.Aggregate {
    /// - Parameter seconds: What `rate` is for.
    func makeAccumulator(seconds: Double, context: RunContext) -> any Accumulator {
        let references = columns.map(\.reference)
        switch function {
        case .count: return CountAggregate(references)
        case .rate: return RateAggregate(seconds: seconds)
        case .countUniq: return DistinctAggregate(references, name: name, context: context)
        case .sum: return SumAggregate(references[0], isMean: false)
        case .avg: return SumAggregate(references[0], isMean: true)
        case .min: return ExtremeAggregate(columns[0], isGreatest: false)
        case .max: return ExtremeAggregate(columns[0], isGreatest: true)
        case .quantile: return QuantileAggregate(references[0], number ?? 0.5)
        case .first: return EndAggregate(references[0], isLatest: false)
        case .last: return EndAggregate(references[0], isLatest: true)
        }
    }
}

/// Values by number, which grow as numbers are used.
struct GroupValues<Element> {
    private(set) var elements: [Element] = []
    private let initial: Element

    init(_ initial: Element) { self.initial = initial }

    subscript(_ group: Int) -> Element {
        get { group < elements.count ? elements[group] : initial }
        _modify {
            while elements.count <= group { elements.append(initial) }
            yield &elements[group]
        }
    }
}
