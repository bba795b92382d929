import LogModel

/// What a pipe computed of each row: any values, or, where they are text cut out of other text, columns of bytes, without an
/// array a value.
struct ComputedColumn {
    private enum Storage {
        case values([Value])
        case texts(TextColumn)
    }

    private var storage: Storage
    /// What the values cost in memory, about, in bytes.
    private(set) var byteCount = 0

    init(_ values: [Value] = []) {
        storage = .values(values)
        byteCount = values.reduce(0) { $0 + $1.byteCount }
    }

    init(_ texts: TextColumn) {
        storage = .texts(texts)
        byteCount = texts.byteCount
    }

    /// As `other` is, without values.
    init(like other: ComputedColumn) {
        switch other.storage {
        case .values: storage = .values([])
        case .texts: storage = .texts(TextColumn())
        }
    }

    var count: Int {
        switch storage {
        case .values(let values): values.count
        case .texts(let texts): texts.count
        }
    }

    subscript(_ index: Int) -> Value {
        switch storage {
        case .values(let values): values[index]
        case .texts(let texts): texts.withBytes(index) { .text(Array($0)) } ?? .missing
        }
    }

    /// Calls `body` with the value as filters see it. Nil where there is none.
    func withBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        switch storage {
        case .values(let values):
            if case .text(let bytes) = values[index] { return bytes.withUnsafeBytes(body) }
            return values[index].bytes?.withUnsafeBytes(body)
        case .texts(let texts): return texts.withBytes(index, body)
        }
    }

    func hasValue(_ index: Int) -> Bool {
        switch storage {
        case .values(let values): values[index] != .missing
        case .texts(let texts): texts.hasValue(index)
        }
    }

    /// Copies values of `other` to the end.
    mutating func append(_ indexes: some Collection<Int>, of other: ComputedColumn) {
        if case .texts(var texts) = storage, case .texts(let others) = other.storage {
            storage = .values([])
            texts.append(indexes, of: others)
            byteCount = texts.byteCount
            storage = .texts(texts)
            return
        }
        var values = takeValues()
        for index in indexes {
            values.append(other[index])
            byteCount += values[values.count - 1].byteCount
        }
        storage = .values(values)
    }

    /// The values, which are to be put back.
    private mutating func takeValues() -> [Value] {
        defer { storage = .values([]) }
        if case .values(let values) = storage { return values }
        let values = (0..<count).map { self[$0] }
        byteCount = values.reduce(0) { $0 + $1.byteCount }
        return values
    }

    /// Whether all are texts, or missing.
    var isText: Bool {
        if case .texts = storage { true } else { false }
    }
}

/// Texts one after the other; a row may have none.
struct TextColumn {
    private var bytes = ByteColumn()
    private var isPresent: [Bool] = []

    var count: Int { isPresent.count }
    var byteCount: Int { bytes.bytes.count + isPresent.count * 5 }

    func hasValue(_ index: Int) -> Bool { isPresent[index] }

    func withBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        isPresent[index] ? bytes.withBytes(index, body) : nil
    }

    /// Appends a text, or none.
    mutating func append(_ text: UnsafeRawBufferPointer?) {
        bytes.append(text ?? UnsafeRawBufferPointer(start: nil, count: 0))
        isPresent.append(text != nil)
    }

    mutating func append(_ indexes: some Collection<Int>, of other: TextColumn) {
        bytes.append(indexes, of: other.bytes)
        for index in indexes { isPresent.append(other.isPresent[index]) }
    }
}
