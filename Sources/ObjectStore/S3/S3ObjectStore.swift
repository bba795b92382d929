import Glibc
import HTTPTransport

/// Objects of a bucket of any server that speaks S3.
///
/// A bucket that is missing is made when the first object is put. Requests that fail for a while are sent again.
public struct S3ObjectStore: ObjectStore {
    let client: S3Client
    /// Larger files are sent in parts of as many bytes. S3 takes parts from 5 MiB on, 10,000 at most.
    let partByteCount: Int

    public static let partByteCountDefault = 16 << 20

    public init(_ place: S3Place, credentials: S3Credentials) {
        self.init(S3Client(place, credentials))
    }

    init(_ client: S3Client, partByteCount: Int = partByteCountDefault) {
        self.client = client
        self.partByteCount = partByteCount
    }

    public func put(_ key: String, fileAt path: String) throws(ObjectStoreError) {
        try ObjectKey.check(key)
        let file = try SourceFile(path)
        if let known = try byteCount(of: key) {
            if known == UInt64(file.byteCount) { return }
            try remove(key)
        }
        do throws(ObjectStoreError) {
            try send(key, file)
        } catch {
            guard error.code == .missingBucket else { throw error }
            _ = try client.send(.init(method: "PUT", accepted: [409]))
            try send(key, file)
        }
    }

    public func replace(_ key: String, fileAt path: String) throws(ObjectStoreError) {
        try ObjectKey.check(key)
        try send(key, try SourceFile(path), isReplacing: true)
    }

    private func send(
        _ key: String, _ file: borrowing SourceFile, isReplacing: Bool = false
    ) throws(ObjectStoreError) {
        if file.byteCount > partByteCount { return try S3Upload(client, key).send(file, partByteCount: partByteCount) }
        let body = try file.read(0..<file.byteCount)
        let reply = try client.send(
            .init(
                method: "PUT", key: key, headers: isReplacing ? [] : [("if-none-match", "*")], body: body,
                accepted: isReplacing ? [] : [409, 412]))
        // Another attempt got there first, perhaps our own whose answer was lost.
        guard reply.status >= 400 else { return }
        guard try byteCount(of: key) == UInt64(file.byteCount) else {
            throw ObjectStoreError(.io, "another object has this key already", location: key)
        }
    }

    public func byteCount(of key: String) throws(ObjectStoreError) -> UInt64? {
        try ObjectKey.check(key)
        let reply = try client.send(.init(method: "HEAD", key: key, accepted: [404]))
        if reply.status == 404 { return nil }
        guard let count = reply.head["Content-Length"].flatMap({ UInt64($0) }) else {
            throw ObjectStoreError(.io, "the server did not say how large the object is", location: key)
        }
        return count
    }

    public func read(
        _ key: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ObjectStoreError) -> Int {
        try ObjectKey.check(key)
        guard !buffer.isEmpty else { return 0 }
        let range = "bytes=\(offset)-\(offset + UInt64(buffer.count) - 1)"
        let reply = try client.send(
            .init(
                method: "GET", key: key, headers: [("range", range)],
                replyByteCountMax: max(buffer.count, S3ObjectStore.refusalByteCountMax), accepted: [416]))
        if reply.status == 416 { return 0 }
        // A server, or something before it, that does not know of ranges would give other bytes.
        guard reply.status == 206, let given = reply.head["Content-Range"],
            let end = S3ObjectStore.end(given, from: offset), Int(end - offset) == reply.body.count,
            reply.body.count <= buffer.count
        else { throw ObjectStoreError(.io, "the server gave other bytes than those asked for", location: key) }
        buffer.copyBytes(from: reply.body)
        return reply.body.count
    }

    /// The end of `bytes 0-9/443`, if it begins at `offset`.
    static func end(_ range: String, from offset: UInt64) -> UInt64? {
        guard range.hasPrefix("bytes ") else { return nil }
        let bounds = range.dropFirst(6).prefix { $0 != "/" }.split(separator: "-")
        guard bounds.count == 2, UInt64(bounds[0]) == offset, let last = UInt64(bounds[1]), last >= offset else {
            return nil
        }
        return last + 1
    }

    /// What a refusal may take: more than any server says.
    private static let refusalByteCountMax = 64 << 10

    /// A request takes some milliseconds whatever it is for.
    public var readByteCountMin: Int { 128 << 10 }

    public func remove(_ key: String) throws(ObjectStoreError) {
        try ObjectKey.check(key)
        _ = try client.send(.init(method: "DELETE", key: key, accepted: [404]))
    }

    public func keys(after key: String?, limit: Int) throws(ObjectStoreError) -> [String] {
        var keys: [String] = []
        let prefix = client.place.name("")
        var after = prefix + (key ?? "")
        while keys.count < limit {
            let query = [
                (name: "list-type", value: "2"), (name: "prefix", value: prefix), (name: "start-after", value: after),
                (name: "max-keys", value: String(min(limit - keys.count, 1_000))),
            ]
            let reply = try client.send(.init(method: "GET", query: query, accepted: [404]))
            if reply.status == 404 { return [] }
            let document = S3Document(reply.body)
            guard document.isWhole("ListBucketResult") else {
                throw ObjectStoreError(.io, "the server's list ends early", location: client.place.shortDescription)
            }
            let names = try document.texts("Key")
            // Others may keep things of their own under the prefix.
            keys += names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
                .filter { ObjectKey.isValid($0) && $0 > key ?? "" }
            guard let last = names.last, last > after, try document.texts("IsTruncated").first == "true" else { break }
            after = last
        }
        return Array(keys.prefix(limit))
    }
}
