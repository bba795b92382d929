import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// Puts TLS below what another kind of channel does.
struct EncryptedChannel<Inner: ServerChildChannel>: ServerChildChannel {
    typealias Value = Inner.Value

    private let inner: Inner
    private let context: NIOSSLContext

    init(_ inner: Inner, _ context: NIOSSLContext) {
        self.inner = inner
        self.context = context
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }.flatMap {
            inner.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: Value, logger: Logger) async { await inner.handle(value: value, logger: logger) }
}
