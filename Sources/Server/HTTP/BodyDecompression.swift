import LogModel

/// Undoes `Content-Encoding`.
struct BodyDecompression {
    var coding: ContentCoding
    var byteCountMax: Int
    var codecs: CodecPool

    /// - Returns: Nil when there are more than `byteCountMax` bytes.
    /// - Throws: `Problem` 400 `invalid_encoding`.
    func decompress(_ body: UnsafeRawBufferPointer) throws(Problem) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(min(byteCountMax, body.count * 8))
        switch coding {
        case .identity: return Array(body)
        case .gzip:
            do throws(Gzip.Damaged) {
                return try Gzip.decompress(body, into: &output, byteCountMax: byteCountMax) ? output : nil
            } catch {
                throw BodyDecompression.damaged("gzip", error.message)
            }
        case .zstd:
            do throws(ZstdError) {
                switch try codecs.decompress(body, into: &output, byteCountMax: byteCountMax) {
                case .whole: return output
                case .tooLarge: return nil
                case .incomplete: break
                }
            } catch {
                throw BodyDecompression.damaged("zstd", error.message)
            }
            throw BodyDecompression.damaged("zstd", "the data ends early")
        }
    }

    private static func damaged(_ name: String, _ message: String) -> Problem {
        Problem(400, "invalid_encoding", "The body is no whole \(name) data: \(message).")
    }
}
