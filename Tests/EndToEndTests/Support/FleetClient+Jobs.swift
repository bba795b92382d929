import Foundation
import HTTPTransport

extension FleetClient {
    /// Asks for work that goes on after the answer, and waits until it is done.
    ///
    /// - Returns: What the job found out, where it is there for that.
    /// - Throws: `Stuck` when it was refused or failed; where there is no answer.
    @discardableResult
    func run(_ method: String, _ path: String, _ json: String? = "{}") async throws -> [String: Any] {
        let begun = try await send(method, path, json)
        guard begun.status == 202, let job = begun.object["job_id"] as? String else {
            throw Stuck("\(method) \(path): \(begun.status) \(begun.text)")
        }
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            let job = try await send("GET", "/admin/jobs/\(job)").object
            switch job["state"] as? String {
            case "done": return job["result"] as? [String: Any] ?? [:]
            case "running": try await Task.sleep(for: .milliseconds(5))
            default: throw Stuck("\(method) \(path): \(job)")
            }
        }
        throw Stuck("\(method) \(path): the job does not end")
    }
}
