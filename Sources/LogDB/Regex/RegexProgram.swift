import CRegex

/// A compiled expression: RE2 behind the few operations the engine needs. May be used by any number of threads at a time.
final class RegexProgram: Sendable {
    // RE2 guards what it changes while it matches.
    nonisolated(unsafe) private let regex: OpaquePointer

    /// Why a pattern is no expression, and the part of it that RE2 names.
    struct Fault: Error, Equatable {
        enum Kind {
            case badEscape
            case badClass
            case missingBracket
            case missingParenthesis
            case unexpectedParenthesis
            case trailingBackslash
            case nothingToRepeat
            case badRepeatCount
            case repeatedRepeat
            case badGroup
            case badGroupName
            case tooLarge
            case other
        }

        var kind: Kind
        var argument: [UInt8]
    }

    /// - Parameters:
    ///   - pattern: UTF-8.
    ///   - memoryByteCountMax: What the program, and the states that matching makes on the way, may take.
    init(_ pattern: [UInt8], ignoresCase: Bool, memoryByteCountMax: Int) throws(Fault) {
        let compiled = pattern.withUnsafeBytes { bytes in
            cregex_compile(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, ignoresCase,
                Int64(memoryByteCountMax))
        }
        guard let compiled else { throw Fault(kind: .tooLarge, argument: []) }
        if let kind = RegexProgram.fault(cregex_get_status(compiled)) {
            var count = 0
            let argument = cregex_error_argument(compiled, &count)
            let fault = Fault(kind: kind, argument: Array(UnsafeRawBufferPointer(start: argument, count: count)))
            cregex_free(compiled)
            throw fault
        }
        regex = compiled
    }

    deinit { cregex_free(regex) }

    /// The time for a byte of text is at most in proportion to these.
    var instructionCount: Int { cregex_instruction_count(regex) }

    /// Whether the expression matches somewhere in the text, which is well-formed UTF-8.
    @inline(__always)
    func occurs(in text: UnsafeRawBufferPointer) -> Bool {
        cregex_search(regex, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count)
    }

    private static func fault(_ status: cregex_status) -> Fault.Kind? {
        switch status {
        case CREGEX_OK: nil
        case CREGEX_BAD_ESCAPE: .badEscape
        case CREGEX_BAD_CLASS: .badClass
        case CREGEX_MISSING_BRACKET: .missingBracket
        case CREGEX_MISSING_PARENTHESIS: .missingParenthesis
        case CREGEX_UNEXPECTED_PARENTHESIS: .unexpectedParenthesis
        case CREGEX_TRAILING_BACKSLASH: .trailingBackslash
        case CREGEX_NOTHING_TO_REPEAT: .nothingToRepeat
        case CREGEX_BAD_REPEAT_COUNT: .badRepeatCount
        case CREGEX_REPEATED_REPEAT: .repeatedRepeat
        case CREGEX_BAD_GROUP: .badGroup
        case CREGEX_BAD_GROUP_NAME: .badGroupName
        case CREGEX_TOO_LARGE: .tooLarge
        default: .other
        }
    }
}
