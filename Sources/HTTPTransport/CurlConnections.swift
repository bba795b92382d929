import CCurl

/// libcurl, all of it: one transfer at a time, over connections that are kept for the next. Belongs to one thread at a
/// time.
///
/// The multi interface runs the single transfer because, unlike `curl_easy_perform`, it can be woken from another
/// thread: to cancel at once, and to go on after a pause.
final class CurlConnections {
    private let multi: OpaqueMulti
    private let easy: UnsafeMutableRawPointer
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Connections that a certificate opened are not used again after it.
    private static let certifiedLifetimeSeconds = 3_600

    private typealias OpaqueMulti = UnsafeMutableRawPointer

    /// Once in the process, before any handle.
    private static let isLibraryReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init() {
        precondition(CurlConnections.isLibraryReady, "libcurl does not start")
        guard let multi = curl_multi_init(), let easy = curl_easy_init() else {
            fatalError("out of memory for a libcurl handle")
        }
        self.multi = multi
        self.easy = easy
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        errorText.deallocate()
    }

    /// Runs the exchange's call to its end, filling the exchange as the answer arrives.
    func perform(_ exchange: Exchange, settings: HTTPTransport.Settings) -> Result<Void, HTTPTransportError> {
        if exchange.isCancelled { return .failure(Exchange.cancelled) }
        if let problem = exchange.call.problem { return .failure(HTTPTransportError(.invalidCall, problem)) }
        curl_easy_reset(easy)
        errorText.pointee = 0
        let headers = headerList(exchange.call, settings.headers)
        defer { curl_slist_free_all(headers) }
        let sink = AnswerSink(exchange)
        let code = exchange.call.body.withUnsafeBytes { body in
            configure(exchange.call, body: body, headers: headers, sink: sink, settings: settings)
            return run(exchange)
        }
        // The callbacks hold `sink` unretained.
        withExtendedLifetime(sink) {}
        if exchange.isTooLarge {
            let bound = exchange.call.replyByteCountMax
            return .failure(HTTPTransportError(.tooLarge, "the answer has more than \(bound) bytes"))
        }
        if exchange.isCancelled, code != CURLE_OK { return .failure(Exchange.cancelled) }
        return code == CURLE_OK ? .success(()) : .failure(failure(code))
    }

    private func run(_ exchange: Exchange) -> CURLcode {
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else { return CURLE_FAILED_INIT }
        defer { curl_multi_remove_handle(multi, easy) }
        let address = UInt(bitPattern: multi)
        exchange.attach { curl_multi_wakeup(UnsafeMutableRawPointer(bitPattern: address)) }
        defer { exchange.detach() }
        while true {
            var runningCount: Int32 = 0
            guard curl_multi_perform(multi, &runningCount) == CURLM_OK else { return CURLE_RECV_ERROR }
            var left: Int32 = 0
            if let message = curl_multi_info_read(multi, &left), message.pointee.msg == CURLMSG_DONE {
                return message.pointee.data.result
            }
            if exchange.isCancelled { return CURLE_ABORTED_BY_CALLBACK }
            if exchange.takeResumeRequest() {
                let goOn: Int32 = 0
                let code = curl_easy_pause(easy, goOn)
                if code != CURLE_OK { return code }
                continue
            }
            // A wake-up that comes between the checks above and here makes this return at once.
            guard curl_multi_poll(multi, nil, 0, 1_000, nil) == CURLM_OK else { return CURLE_RECV_ERROR }
        }
    }

    private func configure(
        _ call: HTTPCall, body: UnsafeRawBufferPointer, headers: UnsafeMutablePointer<curl_slist>?, sink: AnswerSink,
        settings: HTTPTransport.Settings
    ) {
        logdb_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        logdb_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        logdb_curl_set_string(easy, CURLOPT_URL, call.url)
        logdb_curl_set_string(easy, CURLOPT_USERAGENT, settings.userAgent)
        logdb_curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // Signals would go to whichever thread; the resolver has a thread of its own instead.
        logdb_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        logdb_curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        logdb_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.milliseconds)
        if let timeout = call.timeout { logdb_curl_set_long(easy, CURLOPT_TIMEOUT_MS, timeout.milliseconds) }
        if let silence = call.silenceTimeout {
            logdb_curl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
            logdb_curl_set_long(easy, CURLOPT_LOW_SPEED_TIME, (silence.milliseconds + 999) / 1_000)
        }
        // The empty list means every encoding that libcurl was built with.
        if settings.acceptsCompression { logdb_curl_set_string(easy, CURLOPT_ACCEPT_ENCODING, "") }
        if let file = settings.tls.authoritiesFile { logdb_curl_set_string(easy, CURLOPT_CAINFO, file) }
        if let file = settings.tls.certificateFile {
            logdb_curl_set_string(easy, CURLOPT_SSLCERT, file)
            // The file is replaced when the certificate is renewed: what was agreed on with the old one does not last.
            logdb_curl_set_long(easy, CURLOPT_MAXLIFETIME_CONN, CurlConnections.certifiedLifetimeSeconds)
            logdb_curl_set_long(easy, CURLOPT_SSL_SESSIONID_CACHE, 0)
        }
        if let file = settings.tls.keyFile { logdb_curl_set_string(easy, CURLOPT_SSLKEY, file) }
        if settings.tls.requiresVersion13 {
            logdb_curl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3))
        }
        if call.method == "HEAD" {
            logdb_curl_set_long(easy, CURLOPT_NOBODY, 1)
        } else if !body.isEmpty || call.method == "POST" || call.method == "PUT" {
            logdb_curl_set_long(easy, CURLOPT_POST, 1)
            // Without an address libcurl would read the body from standard input.
            logdb_curl_set_pointer(easy, CURLOPT_POSTFIELDS, body.baseAddress ?? UnsafeRawPointer(errorText))
            logdb_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        }
        logdb_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, call.method)
        logdb_curl_set_headers(easy, headers)
        let context = Unmanaged.passUnretained(sink).toOpaque()
        logdb_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        logdb_curl_set_transfer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context else { return 0 }
            let sink = Unmanaged<AnswerSink>.fromOpaque(context).takeUnretainedValue()
            sink.receiveHeaderLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        logdb_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        logdb_curl_set_transfer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context else { return 0 }
            let sink = Unmanaged<AnswerSink>.fromOpaque(context).takeUnretainedValue()
            switch sink.exchange.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
            case .taken: return size * count
            case .paused: return Int(CURL_WRITEFUNC_PAUSE)
            // Any other number than that of the bytes ends the transfer.
            case .refused: return size * count == 0 ? 1 : 0
            }
        }
    }

    private func headerList(_ call: HTTPCall, _ always: [HTTPField]) -> UnsafeMutablePointer<curl_slist>? {
        // An empty value takes a field out that libcurl would add by itself: it would wait for the server's leave
        // before sending a large body, and call every body a form.
        var list = curl_slist_append(nil, "Expect:")
        if !call.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            list = curl_slist_append(list, "Content-Type:")
        }
        let added = always.filter { field in
            !call.headers.contains { $0.name.lowercased() == field.name.lowercased() }
        }
        for field in added + call.headers {
            list = curl_slist_append(list, field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        return list
    }

    private func failure(_ code: CURLcode) -> HTTPTransportError {
        let detail = String(cString: errorText)
        let message = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        return HTTPTransportError(CurlConnections.kind(code), message)
    }

    private static func kind(_ code: CURLcode) -> HTTPTransportError.Code {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalidCall
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: .connect
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_ENGINE_NOTFOUND, CURLE_USE_SSL_FAILED:
            .tls
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_WEIRD_SERVER_REPLY,
            CURLE_BAD_CONTENT_ENCODING:
            .interrupted
        case CURLE_ABORTED_BY_CALLBACK: .cancelled
        default: .other
        }
    }
}

extension Duration {
    /// Whole milliseconds, at least 1: libcurl takes 0 for its own default.
    fileprivate var milliseconds: Int {
        let parts = components
        return max(1, Int(parts.seconds) * 1_000 + Int(parts.attoseconds / 1_000_000_000_000_000))
    }
}
