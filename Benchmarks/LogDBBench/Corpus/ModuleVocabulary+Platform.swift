extension ModuleVocabulary {
    /// The modules that keep the robot running.
    static let platform: [ModuleVocabulary] = [
        ModuleVocabulary(
            "power", loggers: ["BatteryMonitor", "ChargeManager"],
            debug: [
                "Cell {i:1-16} at {i:3100-4190} mV, internal resistance {d:0-9} mOhm, balance current {i:0-90} mA",
                "Pack current {d:0-40} A, voltage {d:20-58} V, estimated {i:4-420} minutes left at this load",
                "Charge counter {i:1000-99000} mAh, temperature spread {d:0-6} degrees C across the pack",
            ],
            info: [
                "Battery at {i:30-100} percent, {d:22-58} V, {i:8-44} degrees C, health {i:71-100} percent",
                "Charging started at dock {i:1-24} with {d:4-30} A, full in about {i:12-160} minutes from now",
                "Cell balancing finished, spread {i:2-18} mV after {i:4-90} minutes on {i:8-16} cells of the pack",
                "Load {c:lidar|arm|heater|compute} switched {c:on|off}, bus now carries {d:1-30} A in total",
                "Energy used since boot: {i:10-2400} Wh over {i:100-9000} m driven, regenerated {i:0-200} Wh",
            ],
            warn: [
                "Battery at {i:10-24} percent, below reserve, {i:200-1800} m from dock {i:1-24}, heading back",
                "Cell {i:1-16} is {i:40-160} mV below the others, charge current limited to {d:1-9} A",
                "Pack temperature {i:45-59} degrees C is high, load reduced for {i:30-600} s at least",
            ],
            error: [
                "Charger at dock {i:1-24} reported fault {i:10-99} after {i:1-90} s, contact was broken",
                "Battery controller did not answer {i:3-12} polls, last checksum 0x{x:8} was wrong",
            ],
            fatal: ["Battery critical at {i:1-5} percent, shutting down in {i:10-60} s to protect the cells"]),
        ModuleVocabulary(
            "network", loggers: ["Uplink", "RadioLink", "MeshRouter"],
            debug: [
                "Ping to {ip} took {d:0-90} ms, {i:0-3} of 10 lost, route metric {i:1-99}, hop count {i:2-14}",
                "Radio scan found {i:1-24} cells, best {i:40-99} dBm on channel {i:1-165}",
                "Mesh table has {i:2-60} neighbours, {i:1-9} changed since revision {i:1-99999}",
            ],
            info: [
                "Connected to {ip} over {c:wifi|lte|mesh|ethernet} in {i:40-2600} ms, signal {i:40-88} dBm, mtu 1500",
                "Uploaded {i:1-4000} records, {i:10-900} KB in {i:80-4000} ms, {i:0-900} still waiting for their turn",
                "Roamed from cell {x:12} to {x:12} within {i:20-300} ms, {i:0-30} packets sent again",
                "Address {ip} leased for {i:1-48} h, gateway answers in {i:1-40} ms, name servers are reachable",
                "Session key with {ip} renewed after {i:1-24} h, fingerprint {x:16}",
            ],
            warn: [
                "Uplink slow: {i:20-190} kbit/s for {i:10-300} s, holding back {i:100-9000} low priority records",
                "Lost {i:5-40} percent of packets to {ip} in {i:10-60} s",
                "Signal fell to {i:82-99} dBm near rack {i:1-300}, looking for another access point",
            ],
            error: [
                "Connection to {ip} port {i:1024-65000} refused, next try in {i:1-60} s",
                "Upload {uuid} stalled after {i:10-900} KB",
            ],
            fatal: ["No network for {i:30-240} minutes and storage is {i:96-99} percent full, oldest data at risk"]),
        ModuleVocabulary(
            "storage", loggers: ["DiskMonitor", "SegmentWriter"],
            debug: [
                "Wrote segment {i:1-99999} with {i:100-4000} records in {i:2-90} ms, digest {x:16}",
                "Flush took {i:1-60} ms for {i:4-900} KB, {i:0-12} writers waited, queue peak {i:1-40}",
                "Index page {i:1-99999} split at key {x:12}, depth {i:2-5}, fill {i:40-99} percent",
            ],
            info: [
                "Disk {i:0-2} is {i:8-79} percent full, {i:2-400} GB free, wear {i:1-60} percent, {i:28-55} degrees C",
                "Segment {i:1-99999} closed after {i:10-900} s, {i:1-64} MB, ratio {d:3-12} to its raw size",
                "Removed {i:1-90} old recordings, {i:100-9000} MB freed, the oldest one left is {i:1-30} days old",
                "Snapshot {uuid} complete, {i:10-900} files in {i:1-90} s",
                "Verified {i:100-9000} files in {i:3-900} s, no differences found against the list of {i:1-30} days ago",
            ],
            warn: [
                "Disk {i:0-2} is {i:85-95} percent full, recordings older than {i:1-12} days will go first",
                "Write latency {i:80-900} ms on disk {i:0-2} for {i:5-60} s, queue holds {i:20-400} requests",
                "Block {i:1000-9999999} was read only at try {i:2-5}, it was moved to a spare area",
            ],
            error: [
                "Write of {i:4-900} KB to segment {i:1-99999} failed with errno {i:5-30}, kept in memory",
                "Checksum of {uuid} differs: {x:8} instead of {x:8}",
            ],
            fatal: ["File system on disk {i:0-2} turned read-only after error {i:5-30}, logging to memory only"]),
        ModuleVocabulary(
            "system", loggers: ["Boot", "Watchdog", "ProcessMonitor"],
            debug: [
                "Load {d:0-8}, memory {i:20-90} percent, {i:100-400} threads, {i:1000-40000} switches a second",
                "Watchdog fed by {i:4-20} services, slowest {i:10-900} ms, margin {i:1000-9000} ms",
                "Process {i:300-32000} used {i:1-400} ms of processor and {i:4-900} MB in the last minute",
            ],
            info: [
                "Boot complete in {i:2100-9800} ms, firmware {i:1-4}.{i:0-30}.{i:0-99}, {i:9-40} services are running",
                "Service {c:lidar|planner|uploader|recorder|ui} started as process {i:300-32000} in {i:40-2400} ms",
                "Configuration revision {i:1-999} applied, {i:1-40} keys changed, signature {x:16} accepted",
                "Board temperature {i:30-74} degrees C, fan at {i:10-100} percent, processor clock {i:800-2400} MHz",
                "Update {i:1-4}.{i:0-30}.{i:0-99} downloaded from {ip}, {i:8-400} MB verified against its digest",
            ],
            warn: [
                "Memory {i:85-96} percent used, largest process {i:300-32000} holds {i:400-3000} MB of it",
                "Clock stepped by {i:200-90000} ms towards the server's, entries before it may look out of order",
                "Service {c:lidar|planner|uploader|recorder} restarted {i:2-6} times within {i:5-60} minutes",
            ],
            error: [
                "Process {i:300-32000} ended with signal {i:4-15}, core {x:12} written, restarting in {i:1-30} s",
                "Update to {i:1-4}.{i:0-30}.{i:0-99} failed its check with {x:8}, keeping the running version",
            ],
            fatal: ["Kernel reported thermal shutdown at {i:96-110} degrees C, saving state within {i:2-9} s"]),
    ]
}
