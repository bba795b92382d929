import Glibc

/// Makes the files that become encrypted objects.
enum EncryptedFile {
    private static let bufferPieceCount = 64

    /// Encrypts the file at `source`.
    ///
    /// - Parameters:
    ///   - target: The new file's path; there is none when this throws.
    ///   - name: The object's.
    static func make(
        _ source: borrowing SourceFile, _ object: EncryptedObject, named name: String, under key: EncryptionKeys.Key,
        at target: String
    ) throws(ObjectStoreError) {
        let cipher = object.cipher(isEncrypting: true)
        try write(target) { (output) throws(ObjectStoreError) in
            try output.append(object.header(named: name, under: key))
            var piece: UInt64 = 0
            while piece < object.pieceCount {
                let end = min(piece + UInt64(bufferPieceCount), object.pieceCount)
                let start = Int(piece) * EncryptedObject.pieceByteCount
                let count = (piece..<end).reduce(0) { $0 + object.byteCount(ofPiece: $1) }
                let plain = try source.read(start..<(start + count))
                var encrypted = [UInt8](
                    repeating: 0, count: count + Int(end - piece) * AES256GCM.tagByteCount)
                plain.withUnsafeBytes { plain in
                    encrypted.withUnsafeMutableBytes { encrypted in
                        var (read, written) = (0, 0)
                        for piece in piece..<end {
                            let size = object.byteCount(ofPiece: piece)
                            let stored = size + AES256GCM.tagByteCount
                            cipher.encrypt(
                                UnsafeRawBufferPointer(rebasing: plain[read..<(read + size)]),
                                nonce: EncryptedObject.nonce(piece),
                                into: UnsafeMutableRawBufferPointer(rebasing: encrypted[written..<(written + stored)]))
                            read += size
                            written += stored
                        }
                    }
                }
                try output.append(encrypted)
                piece = end
            }
        }
    }

    /// Copies an encrypted object with another header.
    static func copy(
        _ name: String, of store: any ObjectStore, header: [UInt8], byteCount: UInt64, at target: String
    ) throws(ObjectStoreError) {
        let pieceByteCount = 4 << 20
        try write(target) { (output) throws(ObjectStoreError) in
            try output.append(header)
            var offset = UInt64(header.count)
            while offset < byteCount {
                let count = Int(min(UInt64(pieceByteCount), byteCount - offset))
                let bytes = try store.bytes(name, at: offset, count: count)
                guard bytes.count == count else {
                    throw ObjectStoreError(.damaged, "the object is not whole", location: name)
                }
                try output.append(bytes)
                offset += UInt64(count)
            }
        }
    }

    private static func write(
        _ path: String, _ body: (inout Output) throws(ObjectStoreError) -> Void
    ) throws(ObjectStoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("make a file", path) }
        defer { close(descriptor) }
        var output = Output(descriptor: descriptor, path: path)
        do throws(ObjectStoreError) {
            try body(&output)
        } catch {
            unlink(path)
            throw error
        }
    }

    private struct Output {
        let descriptor: Int32
        let path: String

        mutating func append(_ bytes: [UInt8]) throws(ObjectStoreError) {
            var count = 0
            while count < bytes.count {
                let written = bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress! + count, bytes.count - count)
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw .system("write a file", path) }
                count += written
            }
        }
    }
}

extension ObjectStore {
    /// Bytes from `offset` on; fewer than `count` only at the object's end.
    func bytes(_ key: String, at offset: UInt64, count: Int) throws(ObjectStoreError) -> [UInt8] {
        var failure: ObjectStoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(ObjectStoreError) {
                filled = try read(key, at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
