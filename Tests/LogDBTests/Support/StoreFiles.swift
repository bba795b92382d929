import Foundation

/// A store's files, to be copied and damaged while no store has them open, or copied while one has.
extension TemporaryDirectory {
    /// A copy of all files as they are now: what a crash of this moment would leave.
    func copy() throws -> TemporaryDirectory {
        while true {
            do {
                return try copyListed()
            } catch let error as CocoaError where [.fileReadNoSuchFile, .fileNoSuchFile].contains(error.code) {
                // A file was removed since it was listed: what was copied is of no one moment.
                continue
            }
        }
    }

    private func copyListed() throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        for file in try FileManager.default.contentsOfDirectory(atPath: path) where file != "LOCK" {
            try FileManager.default.copyItem(atPath: "\(path)/\(file)", toPath: "\(copy.path)/\(file)")
        }
        return copy
    }

    /// The names of the files that end in `suffix`, in order.
    func files(_ suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(suffix) }.sorted()
    }

    func bytes(of file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")) }

    func truncate(_ file: String, to count: Int) throws {
        try bytes(of: file).prefix(count).write(to: URL(fileURLWithPath: "\(path)/\(file)"))
    }

    func flipBit(_ bit: Int, of file: String) throws {
        var bytes = try bytes(of: file)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        try bytes.write(to: URL(fileURLWithPath: "\(path)/\(file)"))
    }
}

extension TemporaryDirectory {
    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(file)") }
}
