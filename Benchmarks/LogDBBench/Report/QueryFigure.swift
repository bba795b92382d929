/// How long a class of questions took.
struct QueryFigure: Codable {
    var id: String
    var title: String
    /// Each question that was measured, in the order asked.
    var questions: [Question] = []
    /// The first question of the class, the first after a start with nothing of the data in memory; nil when that was
    /// not tried.
    var coldMilliseconds: Double?
    var target: String?
    var isReached: Bool?
    var mismatch: String?
    /// The server understands the question and cannot execute it yet.
    var isSupported = true

    struct Question: Codable {
        var query: String
        var milliseconds: Double
        /// What the server says that it took.
        var serverMilliseconds: Double?
        var rowCount: Int
        var total: Int?
    }

    init(id: String, title: String) {
        self.id = id
        self.title = title
    }

    /// The median at the client, from the first byte sent to the last received; nil when nothing was measured.
    var milliseconds: Double? { QueryFigure.median(questions.map(\.milliseconds)) }
    var serverMilliseconds: Double? { QueryFigure.median(questions.compactMap(\.serverMilliseconds)) }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted().percentile(0.5)
    }

    /// Whether the target is reached, in one word; or what is wrong.
    var verdict: String { mismatch ?? (isSupported ? isReached.map { $0 ? "yes" : "NO" } ?? "" : "not supported") }
}
