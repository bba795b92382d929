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
        .library(name: "LogModel", targets: ["LogModel"]),
    ],
    dependencies: [
    ],
    targets: [
        // C libraries and the little C that Swift cannot say.
        .target(name: "CBytes"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        // The layers, lowest first.
        .target(name: "LogModel", dependencies: ["CBytes", "CZstd"], swiftSettings: strict),
        // Tests mirror the sources.
        .testTarget(name: "LogModelTests", dependencies: ["LogModel"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
