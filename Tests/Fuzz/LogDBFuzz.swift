import Glibc

/// What libFuzzer calls with each input it makes up; its `main` is the program's. `logdb-fuzz` gives them to the reader that
/// `LOGDB_FUZZ_TARGET` names, and `make fuzz` runs it.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    chosen.read(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

private let chosen: FuzzTarget = {
    let name = getenv("LOGDB_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    if let target = FuzzTarget(rawValue: name) { return target }
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    let text = Array("LOGDB_FUZZ_TARGET is one of \(names), not “\(name)”\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    exit(2)
}()
