import Foundation
import Testing

/// `Scripts/check-onboarding`: a device's whole way with openssl and curl alone.
struct OnboardingTests {
    @Test func aDeviceNeedsOpenSSLAndCurlOnly() async throws {
        let directory = try ScratchDirectory()
        let check = try await run(
            "\(Binaries.checkout)/Scripts/check-onboarding", [], in: directory,
            environment: ["LOGDB_BIN": Binaries.directory])
        #expect(check.status == 0, "\(check.output)\(check.errors)")
        #expect(check.output.hasSuffix("onboarding works\n"), "\(check.output)\(check.errors)")
    }
}
