import Glibc

/// The files and sockets that this process may have open, and how they are shared out: a store that cannot open a file takes
/// no entries any more until it is opened anew, so clients must not be able to take the last of them.
public enum DescriptorLimit {
    /// Of the process, as it is allowed now.
    public static var count: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Takes as many as the system lets this process have, up to 65,536, since many shells and containers give fewer at first.
    public static func raise() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, 65_536)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(resource, &limit)
    }

    /// Files that RocksDB keeps open, its least being 20.
    static var storeCountMax: Int { min(max(count / 4, 20), 512) }

    /// Connections that leave enough for the store, for its logs and merges, and for files that are read or written meanwhile.
    public static var connectionCountMax: Int { max(count - storeCountMax - reserveCount, 8) }

    /// What the process has open by itself, and what it opens now and then: logs, files that are being merged, drafts of
    /// objects, uploads; on small limits a part.
    private static var reserveCount: Int { min(64, count / 2) }
}
