import Glibc

/// Shows an answer on standard output, and what is to say about it on standard error.
enum AnswerPrinter {
    static func show(
        _ request: AnswerRequest, of backend: any Backend, format: OutputFormat, color: Style.Choice, isPaged: Bool
    ) async throws -> AnswerEnd {
        let output = Output()
        let isTerminal = output.isATerminal
        var writer = format.writer(style: Style(color, descriptor: STDOUT_FILENO), isTerminal: isTerminal)
        // After the style, which depends on there being a terminal.
        let pager = isPaged && (format == .table || format == .raw) ? Pager.start() : nil
        defer { pager?.finish() }
        let end: AnswerEnd
        do {
            end = try await backend.answer(request) { page in
                try writer.write(page.rows, columns: page.columns, to: output)
                // A person sees rows as they are found.
                if isTerminal { try output.flush() }
            }
        } catch let error as ReaderIsGone {
            throw error
        } catch {
            // What was found before the error counts.
            try? output.flush()
            throw error
        }
        try output.flush()
        say(end.warnings, of: request.text)
        return end
    }

    static func say(_ warnings: [QueryNote], of text: String) {
        for warning in warnings {
            Terminal.say(warning.description(of: text, label: "warning:", paint: .yellow, style: .standardError))
        }
    }
}
