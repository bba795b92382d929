/// Goes through the entries of one stream from match to match, and notes where their neighbours begin and end.
///
/// It is fed with the entries after a match until the next match is near, or too far: then the walk begins anew there.
struct ContextWalk {
    /// How far it walks on beyond the last neighbour, in search of the next match: a search anew costs about as much.
    private static let searchCountMax = 4_096
    /// How many entries are asked for at a time: few at first, as many as a search takes then.
    private static let pieceCountMin = 256

    private let matches: [EntryPlace]
    private let neighbours: Neighbours
    private(set) var stretches: [ContextStretch] = []
    /// The next match that was not met.
    private var next = 0

    /// The last match that was met, and how many entries came since.
    private var match: EntryPlace
    private var countSinceMatch = 0
    /// How many entries came since the last neighbour after it.
    private var countSinceLast = 0
    private var first: EntryPlace
    private var last: EntryPlace
    /// The entries before the one at hand, as many as may be neighbours.
    private var recent: RecentPlaces
    private var pieceCount = ContextWalk.pieceCountMin

    /// - Parameter matches: In their order; at least one.
    init(_ matches: [EntryPlace], _ neighbours: Neighbours) {
        self.matches = matches
        self.neighbours = neighbours
        match = matches[0]
        (first, last) = (match, match)
        recent = RecentPlaces(countMax: neighbours.before)
    }

    /// Begins at the next match; nil when there is none.
    mutating func begin() -> EntryPlace? {
        guard next < matches.count else { return nil }
        match = matches[next]
        next += 1
        (first, last) = (match, match)
        (countSinceMatch, countSinceLast) = (0, 0)
        recent.clear()
        recent.append(match)
        pieceCount = ContextWalk.pieceCountMin
        return match
    }

    /// Notes the first neighbour before the match at which the walk began.
    mutating func begins(with neighbour: EntryPlace?) { first = neighbour ?? match }

    /// How many entries are wanted after those that came; nil when no more are.
    var wantedCount: Int? {
        if neighbours.before == 0, neighbours.after == 0 { return nil }
        let missing = isFull ? 0 : neighbours.after - countSinceMatch
        guard next < matches.count else { return missing > 0 ? missing : nil }
        guard countSinceMatch <= neighbours.after + neighbours.before + ContextWalk.searchCountMax else { return nil }
        return max(pieceCount, missing)
    }

    /// Whether the last neighbour after the match was met: later ones are too many or too late.
    private var isFull: Bool { countSinceLast > 0 || countSinceMatch >= neighbours.after }

    /// Takes the entries that follow.
    mutating func add(_ places: [EntryPlace]) {
        for place in places { add(place) }
        pieceCount = min(2 * pieceCount, ContextWalk.searchCountMax)
    }

    private mutating func add(_ place: EntryPlace) {
        let mayBeAfter = !isFull
        countSinceMatch += 1
        if next < matches.count, place == matches[next] {
            meet(place)
        } else if mayBeAfter, isNear(place, match) {
            last = place
        } else {
            countSinceLast += 1
        }
        recent.append(place)
    }

    /// Goes on with a match: in the same stretch where its neighbours begin no later than right after the last one.
    private mutating func meet(_ place: EntryPlace) {
        let before = recent.count { isNear($0, place) }
        if before < countSinceLast {
            end()
            first = before == 0 ? place : recent[recent.count - before]
        }
        match = place
        last = place
        (countSinceMatch, countSinceLast) = (0, 0)
        next += 1
    }

    /// Closes the stretch.
    mutating func end() {
        if let known = stretches.last, first <= known.last {
            stretches[stretches.count - 1].last = max(known.last, last)
        } else {
            stretches.append(ContextStretch(first: first, last: last))
        }
    }

    private func isNear(_ left: EntryPlace, _ right: EntryPlace) -> Bool {
        guard let within = neighbours.within else { return true }
        let (distance, overflow) = max(left.time, right.time).subtractingReportingOverflow(min(left.time, right.time))
        return !overflow && distance <= within
    }
}

/// The last places of a walk, the latest last.
private struct RecentPlaces {
    private let countMax: Int
    private var places: [EntryPlace] = []
    private var start = 0

    init(countMax: Int) { self.countMax = countMax }

    var count: Int { places.count }

    subscript(_ index: Int) -> EntryPlace { places[(start + index) % places.count] }

    mutating func clear() {
        places.removeAll(keepingCapacity: true)
        start = 0
    }

    mutating func append(_ place: EntryPlace) {
        guard countMax > 0 else { return }
        if places.count < countMax {
            places.append(place)
        } else {
            places[start] = place
            start = (start + 1) % countMax
        }
    }

    /// How many of the latest pass, one after the other.
    func count(where isNear: (EntryPlace) -> Bool) -> Int {
        var found = 0
        while found < count, isNear(self[count - 1 - found]) { found += 1 }
        return found
    }
}
