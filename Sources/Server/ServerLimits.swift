public import LogModel

/// What a request may ask for. All of it is published at `/api/v1/limits`.
public struct ServerLimits: Sendable {
    /// Bytes of an ingested body, decompressed. A compressed body may have no more either.
    public var bodyByteCountMax = 32 << 20
    /// What one entry may hold.
    public var entry = EntryDecoder.Limits()
    /// Entries that were refused of which an answer tells the reason; the others are counted.
    public var rejectionCountMax = 1_000
    /// Bytes of bodies that may be in memory at a time, as received, and half as much decompressed; each is at least
    /// `bodyByteCountMax`. Requests wait for room, and are refused with 429 when there is none in time.
    public var inFlightByteCountMax = 64 << 20
    /// How long a request waits for room, here and for a query's memory.
    public var inFlightWait: Duration = .seconds(10)

    /// Bytes of the disk that refused batches may take, compressed; the oldest make room for new ones.
    public var quarantineByteCountMax = 64 << 20

    /// Bytes of the artifacts that an account may have.
    public var artifactQuota: UInt64 = 10 << 30

    /// Rows of one answer, and without a `limit`.
    public var rowCountMax = 10_000
    public var rowCountDefault = 100
    /// Neighbours of an entry on either side, and without a number.
    public var neighbourCountMax = 5_000
    public var neighbourCountDefault = 50
    /// How long a query may take; exports and streams of rows may take any time.
    public var queryTimeMax: Duration = .seconds(30)
    /// Bytes that a query may use for sorting, counting and scanning each.
    public var queryByteCountMax = 64 << 20
    /// Bytes that all queries may use while their rows are handed out, however slowly their clients read: half of it for
    /// those that gather rows to sort them, half for the others, each at least `queryByteCountMax`. Queries wait for
    /// room for `inFlightWait`, and are refused with 429 when there is none in time.
    public var queriesByteCountMax = 256 << 20
    /// Queries at a time; others wait for `inFlightWait`, and are refused with 429 when their turn does not come in time.
    public var queryCountMax = 64
    /// Queries that take longer to their answer are logged as warnings.
    public var slowQueryTime: Duration = .seconds(5)
    /// Bytes of the JSON body of a query.
    public var queryBodyByteCountMax = 1 << 20

    /// Live streams that may be open at a time.
    public var openStreamCountMax = 1_024

    /// How long a connection may be idle, and a request's head may take to arrive.
    public var idleTime: Duration = .seconds(60)
    /// How long a client may leave an answer unread.
    public var stalledTime: Duration = .seconds(60)
    /// A body that arrives slower than this, in bytes a second, is given up after `slowBodyTime`.
    public var slowBodyByteRate = 256
    public var slowBodyTime: Duration = .seconds(60)
    /// What is still read of a body that was refused, so that the client gets to see the answer.
    public var drainByteCountMax = 8 << 20
    public var drainTime: Duration = .seconds(2)

    /// How long requests under way may take when the server stops, before they are cut.
    public var stopTime: Duration = .seconds(10)

    public init() {}
}
