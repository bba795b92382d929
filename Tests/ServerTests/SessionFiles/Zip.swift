import Foundation
import Testing

/// Reads archives by what others wrote: Python's zipfile.
enum Zip {
    /// Tests the archive and unpacks it as tools do.
    ///
    /// - Returns: Its files' contents by name.
    static func unpack(_ bytes: [UInt8], in directory: String) throws -> [String: [UInt8]] {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let archive = directory + "/archive.zip"
        try Data(bytes).write(to: URL(fileURLWithPath: archive))
        let script = """
            import sys, zipfile, os
            z = zipfile.ZipFile(sys.argv[1])
            assert z.testzip() is None
            os.makedirs(sys.argv[2])
            for i in z.infolist():
                z.extract(i, sys.argv[2])
                print(i.filename)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script, archive, directory + "/files"]
        process.environment = ["PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let names = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        var files: [String: [UInt8]] = [:]
        for name in String(decoding: names, as: UTF8.self).split(separator: "\n") {
            files[String(name)] = Array(try Data(contentsOf: URL(fileURLWithPath: directory + "/files/" + name)))
        }
        return files
    }
}
