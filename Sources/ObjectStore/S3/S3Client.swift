import Glibc
import HTTPTransport
import Synchronization

/// Sends signed requests, and sends them again where that may help.
final class S3Client: Sendable {
    let place: S3Place
    private let credentials: S3Credentials
    private let transport: HTTPTransport
    private let settings: Settings
    /// When the server could last not be reached at all, and why.
    private let outage = Mutex<(at: ContinuousClock.Instant, error: ObjectStoreError)?>(nil)

    struct Settings: Sendable {
        var attemptCountMax = 4
        /// Before the second attempt; twice as long before each that follows, and up to as much again at random.
        var pause: Duration = .milliseconds(100)
        var connectTimeout: Duration = .seconds(5)
        /// Nothing moved for so long.
        var silenceTimeout: Duration = .seconds(15)
        /// A server that was not there is not asked again for so long: a question that needs a thousand blocks of it would
        /// wait for each.
        var outageTime: Duration = .seconds(2)
        /// Requests at a time.
        var connectionCountMax = 8
    }

    struct Call {
        var method: String
        /// Of the object; nil for the bucket.
        var key: String?
        var query: [(name: String, value: String)] = []
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        var replyByteCountMax = 8 << 20
        /// Statuses beside 2xx that are an answer and no failure.
        var accepted: Set<Int> = []
    }

    init(_ place: S3Place, _ credentials: S3Credentials, settings: Settings = Settings()) {
        self.place = place
        self.credentials = credentials
        self.settings = settings
        var transport = HTTPTransport.Settings()
        transport.workerCountMax = settings.connectionCountMax
        transport.connectTimeout = settings.connectTimeout
        transport.acceptsCompression = false
        self.transport = HTTPTransport(settings: transport)
    }

    /// - Throws: `.missing`, `.denied`, `.io`.
    func send(_ call: Call) throws(ObjectStoreError) -> HTTPReply {
        if let outage = outage.withLock({ $0 }), ContinuousClock.now - outage.at < settings.outageTime {
            throw outage.error
        }
        var attempt = 1
        while true {
            let failure: ObjectStoreError
            switch answer(to: call) {
            case .success(let reply):
                outage.withLock { $0 = nil }
                if (200..<300).contains(reply.status) || call.accepted.contains(reply.status) { return reply }
                failure = error(reply, call)
                guard reply.status >= 500 || reply.status == 429 || reply.status == 408 else { throw failure }
            case .failure(let error):
                failure = ObjectStoreError(.io, "the server did not answer: \(error.message)", location: location(call))
                if attempt >= settings.attemptCountMax, [.resolve, .connect, .timeout].contains(error.code) {
                    outage.withLock { $0 = (.now, failure) }
                }
            }
            guard attempt < settings.attemptCountMax else { throw failure }
            let pause = settings.pause * (1 << (attempt - 1))
            usleep(UInt32((pause * Double.random(in: 1...2)) / .microseconds(1)))
            attempt += 1
        }
    }

    private func answer(to call: Call) -> Result<HTTPReply, HTTPTransportError> {
        do throws(HTTPTransportError) {
            return .success(try transport.sendBlocking(signed(call)))
        } catch {
            return .failure(error)
        }
    }

    private func signed(_ call: Call) -> HTTPCall {
        let path = "/" + place.bucket + (call.key.map { "/" + place.name($0) } ?? "")
        let host = place.endpoint.split(separator: "/", maxSplits: 1).last.map { $0.drop { $0 == "/" } } ?? ""
        let hash = Digests.hexadecimal(Digests.sha256(call.body))
        let time = S3Client.timestamp(Glibc.time(nil))
        var headers =
            [("host", String(host)), ("x-amz-content-sha256", hash), ("x-amz-date", time)]
            + call.headers.map { ($0.name, $0.value) }
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let request = S3Signature.Request(
            method: call.method, path: path, query: call.query,
            headers: headers.map { (name: $0.0, value: $0.1) }, bodyHash: hash)
        let signature = S3Signature(credentials: credentials, region: place.region, time: time)
        let fields =
            headers.dropFirst().map { HTTPField($0.0, $0.1) }
            + [HTTPField("Authorization", signature.authorization(request))]
        let query = S3Signature.queryText(call.query)
        return HTTPCall(
            method: call.method,
            url: place.endpoint + S3Signature.encoded(path, keepsSlashes: true) + (query.isEmpty ? "" : "?" + query),
            headers: Array(fields), body: call.body, silenceTimeout: settings.silenceTimeout,
            replyByteCountMax: call.replyByteCountMax)
    }

    /// `20130524T000000Z`.
    static func timestamp(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%Y%m%dT%H%M%SZ", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func location(_ call: Call) -> String {
        call.key.map { "\(place.shortDescription)/\($0)" } ?? place.shortDescription
    }

    /// What the server said, in its words.
    private func error(_ reply: HTTPReply, _ call: Call) -> ObjectStoreError {
        let document = S3Document(reply.body)
        let name = (try? document.texts("Code"))?.first
        let text = (try? document.texts("Message"))?.first
        let said = [name, text].compactMap { $0 }.joined(separator: ": ")
        let detail = said.isEmpty ? "" : " (\(said.prefix(300)))"
        let location = location(call)
        switch reply.status {
        case 401, 403:
            return ObjectStoreError(
                .denied,
                "the server refused: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do\(detail)",
                location: location)
        case 404 where name == "NoSuchBucket":
            return ObjectStoreError(.missingBucket, "there is no such bucket", location: location)
        case 404: return ObjectStoreError(.missing, "there is no such object\(detail)", location: location)
        default: return ObjectStoreError(.io, "the server answered \(reply.status)\(detail)", location: location)
        }
    }
}
