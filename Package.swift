// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "logdb",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "logdb", targets: ["LogDBCommand"]),
        .executable(name: "logdb-agent", targets: ["AgentCommand"]),
        .executable(name: "logdb-bench", targets: ["LogDBBench"]),
        .library(name: "LogDB", targets: ["LogDB"]),
        .library(name: "LogModel", targets: ["LogModel"]),
        .library(name: "RemoteSink", targets: ["RemoteSink"]),
        // Preloaded into the server by the tests of disk faults.
        .library(name: "DiskInterposer", type: .dynamic, targets: ["DiskInterposer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C libraries and the little C that Swift cannot say.
        .target(name: "CBytes"),
        .target(name: "CRegex", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CRocksFiles", linkerSettings: [.linkedLibrary("rocksdb")]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CRocksDB", pkgConfig: "rocksdb", providers: [.apt(["librocksdb-dev"])]),
        // Without pkg-config, whose flags for libzmq name include folders that packages may not add.
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // The layers, lowest first.
        .target(name: "LogModel", dependencies: ["CBytes", "CZstd"], swiftSettings: strict),
        .target(name: "HTTPTransport", dependencies: ["CCurl"], swiftSettings: strict),
        .target(name: "ObjectStore", dependencies: ["HTTPTransport", "COpenSSL"], swiftSettings: strict),
        .target(name: "ServiceNotify", swiftSettings: strict),
        .target(
            name: "LogDB",
            dependencies: ["LogModel", "ObjectStore", "CBytes", "COpenSSL", "CRegex", "CRocksDB", "CRocksFiles"],
            swiftSettings: strict),
        .target(name: "Query", dependencies: ["LogDB", "LogModel"], swiftSettings: strict),
        .target(
            name: "Server",
            dependencies: [
                "Query", "LogDB", "LogModel", "ObjectStore", "COpenSSL", "CZlib",
                .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.copy("web")],
            swiftSettings: strict
        ),
        .target(
            name: "Agent",
            dependencies: [
                "LogModel", "HTTPTransport", "COpenSSL", "CZeroMQ",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),

        .target(
            name: "RemoteSink",
            dependencies: ["LogModel", "CZeroMQ", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),

        // The executables.
        .executableTarget(
            name: "LogDBCommand",
            dependencies: [
                "Server", "Query", "LogDB", "LogModel", "HTTPTransport", "ObjectStore", "ServiceNotify", "CBytes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict,
            // It gives back what a burst took. The sanitizers of debug builds bring a malloc of their own.
            linkerSettings: [.linkedLibrary("jemalloc", .when(configuration: .release))]
        ),
        .executableTarget(
            name: "AgentCommand",
            dependencies: [
                "Agent", "LogModel", "HTTPTransport", "ServiceNotify", "CBytes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "LogDBBench",
            dependencies: [
                "LogModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/LogDBBench",
            swiftSettings: strict
        ),

        // What several test targets share.
        .target(name: "TestSupport", dependencies: ["CZeroMQ"], path: "Tests/TestSupport", swiftSettings: strict),

        // Tests mirror the sources.
        .testTarget(name: "LogModelTests", dependencies: ["LogModel"], swiftSettings: strict),
        .testTarget(name: "ServiceNotifyTests", dependencies: ["ServiceNotify"], swiftSettings: strict),
        .testTarget(name: "ObjectStoreTests", dependencies: ["ObjectStore"], swiftSettings: strict),
        .testTarget(
            name: "LogDBTests", dependencies: ["FaultRun", "LogDB", "LogModel", "ObjectStore"], swiftSettings: strict),
        .testTarget(name: "QueryTests", dependencies: ["Query", "LogDB", "LogModel"], swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "LogDB", "LogModel", "HTTPTransport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "RemoteSink", "HTTPTransport", "LogModel", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RemoteSinkTests",
            dependencies: [
                "RemoteSink", "SinkProcess", "LogModel", "CZeroMQ", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        // A module that logs and crashes, for tests.
        .executableTarget(
            name: "SinkProcess",
            dependencies: ["RemoteSink", .product(name: "Logging", package: "swift-log")],
            path: "Tests/SinkProcess",
            swiftSettings: strict
        ),
        .target(name: "DiskInterposer", path: "Tests/DiskInterposer"),
        .target(name: "FaultRun", path: "Tests/FaultRun", swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Agent", "FaultRun", "LogDB", "LogModel", "HTTPTransport", "ObjectStore", "LogDBCommand",
                "AgentCommand", "SinkProcess", "LogDBBench", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Built with `--sanitize fuzzer`, which everything else would have to be built with too: `make fuzz` asks for it.
if Context.environment["LOGDB_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "LogDBFuzz", dependencies: ["Agent", "LogDB", "LogModel", "ObjectStore", "Query", "Server"],
            path: "Tests/Fuzz", exclude: ["Corpus"], swiftSettings: strict))
    package.products.append(.executable(name: "logdb-fuzz", targets: ["LogDBFuzz"]))
}
