import LogModel

/// Writes JSON as bytes, in order and without an intermediate form. Commas are its own business.
struct JSONOutput {
    var bytes: [UInt8] = []
    private var needsComma = false

    mutating func object(_ body: (inout JSONOutput) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    mutating func array<Element>(
        _ elements: some Sequence<Element>, _ body: (inout JSONOutput, Element) throws -> Void
    ) rethrows {
        open(UInt8(ascii: "["))
        for element in elements { try body(&self, element) }
        close(UInt8(ascii: "]"))
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// A member's name; its value follows.
    mutating func key(_ name: String) {
        separate()
        bytes.appendJSONString(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func value(_ text: String) {
        separate()
        bytes.appendJSONString(text)
    }

    /// Text as bytes; those that are not UTF-8 become U+FFFD.
    mutating func value(_ text: [UInt8]) {
        separate()
        text.withUnsafeBytes { bytes.appendJSONString($0) }
    }

    mutating func value(_ number: Int) {
        separate()
        bytes.appendInteger(Int64(number))
    }

    mutating func value(_ number: UInt64) {
        separate()
        bytes.appendInteger(number)
    }

    /// Null where the number is none.
    mutating func value(_ number: Double) {
        separate()
        bytes.append(contentsOf: (number.isFinite ? "\(number)" : "null").utf8)
    }

    mutating func value(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    mutating func value(_ time: Timestamp) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        time.appendText(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// A value that `write` appends whole.
    mutating func raw(_ write: (inout [UInt8]) -> Void) {
        separate()
        write(&bytes)
    }

    mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    mutating func member(_ name: String, _ number: Int) {
        key(name)
        value(number)
    }

    mutating func member(_ name: String, _ number: UInt64) {
        key(name)
        value(number)
    }

    mutating func member(_ name: String, _ number: Double) {
        key(name)
        value(number)
    }

    mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// Null where there is none.
    mutating func member(_ name: String, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    /// Null where there is none.
    mutating func member(_ name: String, _ time: Timestamp?) {
        key(name)
        if let time { value(time) } else { null() }
    }
}
