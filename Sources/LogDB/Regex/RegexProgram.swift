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

    /// How many groups capture text, the whole match not counted.
    var groupCount: Int { cregex_group_count(regex) }

    /// The name of a group, from 1; nil when it has none.
    func groupName(_ group: Int) -> [UInt8]? {
        var count = 0
        guard let name = cregex_group_name(regex, group, &count) else { return nil }
        return Array(UnsafeRawBufferPointer(start: name, count: count))
    }

    /// Where the first groups stand in the first match in the text, which is well-formed UTF-8.
    ///
    /// - Parameter bounds: Two numbers a group, begin and end; -1 for a group that takes no part.
    /// - Returns: Whether there is a match.
    func capture(in text: UnsafeRawBufferPointer, _ bounds: inout [Int64]) -> Bool {
        cregex_capture(
            regex, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, bounds.count / 2, &bounds)
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
