import LogModel
import Testing

@testable import LogDB

/// Encodes and decodes one column by itself.
enum ColumnCoding {
    static func encode(_ body: (inout ZstdCompressor, inout ByteWriter) -> Void) -> [UInt8] {
        var compressor = ZstdCompressor()
        var writer = ByteWriter()
        body(&compressor, &writer)
        return writer.bytes
    }

    /// - Parameter isWhole: The column must end where the bytes do.
    static func decode<R>(
        _ bytes: [UInt8], isWhole: Bool = true,
        _ body: (inout ByteReader, inout ZstdDecompressor) throws(LogError) -> R
    ) throws -> R {
        var decompressor = ZstdDecompressor()
        return try bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw, location: "test column")
            let result = try body(&reader, &decompressor)
            if isWhole { #expect(reader.isAtEnd) }
            return result
        }
    }

    /// Gives `decode` every prefix of `bytes` and many copies with some bits changed: it must return true or
    /// throw `corruption`.
    static func attack(
        _ bytes: [UInt8], seed: UInt64, rounds: Int = 400, _ decode: ([UInt8]) throws -> Bool
    ) {
        var generator = SeededGenerator(seed: seed)
        for length in bytes.count <= 256 ? Array(0..<bytes.count) : stride(from: 0, to: bytes.count, by: 37).map({ $0 })
        {
            expectSound("cut at \(length)") { try decode(Array(bytes[..<length])) }
        }
        for _ in 0..<rounds {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                // What stands first says how the rest is read: it is hit more often.
                let bound = Bool.random(using: &generator) ? min(24, damaged.count) : damaged.count
                let place = Int.random(in: 0..<bound, using: &generator)
                damaged[place] = UInt8.random(in: 0...255, using: &generator)
            }
            expectSound("seed \(seed)") { try decode(damaged) }
        }
    }

    private static func expectSound(_ what: String, _ body: () throws -> Bool) {
        do {
            let isSound = try body()
            #expect(isSound, "\(what): decoded out of its bounds")
        } catch let error as LogError {
            #expect(error.code == .corruption, "\(what): \(error)")
        } catch {
            Issue.record("\(what): \(error)")
        }
    }
}

extension ByteColumn {
    init(_ strings: [[UInt8]]) {
        self.init()
        for string in strings { string.withUnsafeBytes { append($0) } }
    }
}

extension BytesView {
    var strings: [[UInt8]] { (0..<count).map { Array(self[$0]) } }
}

extension ColumnBuffer {
    /// A view does not keep its buffer: values are copied while it is held.
    var values: [Element] { withExtendedLifetime(self) { Array(view) } }
}

extension DecodedStrings {
    var strings: [[UInt8]] { withExtendedLifetime(self) { view.strings } }
}

// Columns of arrays: the engine's own lie in memory that is not an array's.

extension PackedBytes {
    static func encode(
        _ bytes: [UInt8], level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        bytes.withUnsafeBytes { encode($0, level: level, compressor: &compressor, into: &writer) }
    }
}

extension IntegerColumn {
    static func encode(
        _ values: [Int64], level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        values.withUnsafeBufferPointer { encode($0, level: level, compressor: &compressor, into: &writer) }
    }
}

extension CodeColumn {
    static func encode(
        _ codes: [UInt32], valueCount: Int, level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        codes.withUnsafeBufferPointer {
            encode($0, valueCount: valueCount, level: level, compressor: &compressor, into: &writer)
        }
    }
}

extension StringColumn {
    static func encode(
        _ strings: ByteColumn, level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        let strings = DecodedStrings(strings)
        withExtendedLifetime(strings) {
            encode(strings.view, level: level, compressor: &compressor, into: &writer)
        }
    }
}

extension ValueColumn {
    static func encode(
        _ values: ByteColumn, level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        let values = DecodedStrings(values)
        withExtendedLifetime(values) {
            encode(values.view, level: level, compressor: &compressor, into: &writer)
        }
    }
}
