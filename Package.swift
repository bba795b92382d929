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
        .executable(name: "logdb-agent", targets: ["AgentCommand"]),
        .library(name: "LogDB", targets: ["LogDB"]),
        .library(name: "LogModel", targets: ["LogModel"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // C libraries and the little C that Swift cannot say.
        .target(name: "CBytes"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CRocksDB", pkgConfig: "rocksdb", providers: [.apt(["librocksdb-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        // The layers, lowest first.
        .target(name: "LogModel", dependencies: ["CBytes", "CZstd"], swiftSettings: strict),
        .target(name: "HTTPTransport", dependencies: ["CCurl"], swiftSettings: strict),
        .target(name: "LogDB", dependencies: ["LogModel", "CBytes", "CRocksDB"], swiftSettings: strict),
        .target(name: "Query", dependencies: ["LogDB", "LogModel"], swiftSettings: strict),
        .target(name: "Agent", dependencies: ["LogModel", "HTTPTransport"], swiftSettings: strict),
        // The executables.
        .executableTarget(
            name: "AgentCommand",
            dependencies: [
                "Agent", "LogModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        // Tests mirror the sources.
        .testTarget(name: "LogModelTests", dependencies: ["LogModel"], swiftSettings: strict),
        .testTarget(name: "LogDBTests", dependencies: ["LogDB", "LogModel"], swiftSettings: strict),
        .testTarget(name: "QueryTests", dependencies: ["Query", "LogDB", "LogModel"], swiftSettings: strict),
        .testTarget(name: "AgentTests", dependencies: ["Agent", "HTTPTransport", "LogModel"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
