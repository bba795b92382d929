extension ServerLimits {
    /// The default limits, with what requests and queries may hold at a time sized for a process of `memoryByteCount`.
    ///
    /// - Parameter memoryByteCount: Of the whole process, the store included, for which see `Options`. A body may still be
    ///   as large as `bodyByteCountMax`: less than four times as much is room for one at a time.
    public init(memoryByteCount: Int) {
        self.init()
        inFlightByteCountMax = max(memoryByteCount / 6, bodyByteCountMax)
        queryByteCountMax = max(memoryByteCount / 8, 4 << 20)
        queriesByteCountMax = max(memoryByteCount / 4, 2 * queryByteCountMax)
    }
}
