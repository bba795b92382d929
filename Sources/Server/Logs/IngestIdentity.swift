import HTTPTypes
import LogModel

extension HTTPField.Name {
    static let batchDevice = HTTPField.Name("X-Batch-Device")!
    static let batchBoot = HTTPField.Name("X-Batch-Boot")!
    static let batchSequence = HTTPField.Name("X-Batch-Seq")!
}

extension ReceivedBatch.Labels {
    init(_ headers: HTTPFields) {
        self.init(
            device: headers[.batchDevice], boot: headers[.batchBoot], sequence: headers[.batchSequence],
            clockOffset: headers[.batchClockOffset])
    }
}

/// What makes sending a batch again harmless, as the request's head says it.
struct IngestIdentity {
    private var device: String?
    private var position: (boot: String, sequence: UInt64)?

    /// Bytes of a device or boot.
    private static let byteCountMax = 1_024

    /// - Parameter certified: The device that the client's certificate names, which beats what the head says.
    /// - Throws: `Problem` 400 `invalid_identity`, 403 `foreign_device`.
    init(_ labels: ReceivedBatch.Labels, certified: String? = nil) throws(Problem) {
        let named = labels.device.flatMap { $0.isEmpty ? nil : $0 }
        if let certified, let named, named != certified {
            throw Problem(403, "foreign_device", "X-Batch-Device is not the device that the certificate names.")
        }
        device = certified ?? named
        switch (labels.boot, labels.sequence) {
        case (nil, nil): break
        case (let boot?, let sequence?):
            guard !boot.isEmpty else { throw IngestIdentity.invalid(.batchBoot, "X-Batch-Boot is empty.") }
            guard let sequence = UInt64(sequence) else {
                throw IngestIdentity.invalid(
                    .batchSequence, "X-Batch-Seq is a whole number from 1, not “\(sequence)”.")
            }
            position = (boot, sequence)
        case (nil, _?): throw IngestIdentity.invalid(.batchBoot, "X-Batch-Seq needs X-Batch-Boot beside it.")
        case (_?, nil): throw IngestIdentity.invalid(.batchSequence, "X-Batch-Boot needs X-Batch-Seq beside it.")
        }
    }

    /// The identity of the batch, or nil when neither the head nor the body gives it one.
    ///
    /// - Throws: `Problem` 400 `invalid_identity`.
    func resolve(_ body: IngestBody) throws(Problem) -> BatchIdentity? {
        if let position, let other = body.identity, other != position {
            throw IngestIdentity.invalid(
                .batchSequence, "The body's boot and sequence are not those of X-Batch-Boot and X-Batch-Seq.")
        }
        guard let (boot, sequence) = position ?? body.identity else { return nil }
        guard sequence > 0 else {
            throw IngestIdentity.invalid(.batchSequence, "Batches are numbered from 1, and this one has 0.")
        }
        guard let device = device ?? body.sharedDevice, !device.isEmpty else {
            throw IngestIdentity.invalid(
                .batchDevice,
                "A batch with a boot and a sequence needs its device: in X-Batch-Device, or shared in the body.")
        }
        for (name, text) in [(HTTPField.Name.batchBoot, boot), (.batchDevice, device)]
        where text.utf8.count > IngestIdentity.byteCountMax {
            throw IngestIdentity.invalid(name, "\(name) may have \(IngestIdentity.byteCountMax) bytes.")
        }
        return BatchIdentity(device: device, boot: boot, sequence: sequence)
    }

    private static func invalid(_ name: HTTPField.Name, _ message: String) -> Problem {
        Problem.parameter(name.rawName, "invalid_identity", message)
    }
}
