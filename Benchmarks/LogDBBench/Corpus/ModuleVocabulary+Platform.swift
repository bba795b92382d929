extension ModuleVocabulary {
    /// The modules that keep the robot running.
    static let platform: [ModuleVocabulary] = [
        ModuleVocabulary(
            "power", weight: 6,
            """
            D BatteryMonitor Cell {i:1-16} at {i:3100-4190} mV, internal resistance {d:0-9} mOhm, balance {i:0-90} mA
            D BatteryMonitor Pack current {d:0-40} A, voltage {d:20-58} V, estimated {i:4-420} minutes left at this load
            D ChargeManager Charge counter {i:1000-99000} mAh, temperature spread {d:0-6} degrees C across the pack
            D LoadSwitch Rail {i:1-12} at {i:900-24000} mV and {i:10-9000} mA
            I BatteryMonitor Battery at {i:30-100} percent, {d:22-58} V, {i:8-44} degrees C, {i:1000-99000} mAh left, \
            health {i:71-100} percent
            I ChargeManager Charging started at dock {i:1-24} with {d:4-30} A, full in about {i:12-160} minutes from now
            I BatteryMonitor Cell balancing finished, spread {i:2-18} mV after {i:4-90} minutes on {i:8-16} cells
            I LoadSwitch Load {c:lidar|arm|heater|compute} switched {c:on|off}, bus now carries {d:1-30} A in total
            I BatteryMonitor Energy used since boot: {i:10-2400} Wh over {i:100-9000} m driven, regenerated {i:0-200} Wh
            I ChargeManager Contact with dock {i:1-24} made, insulation {i:400-9000} kOhm, handshake {x:8}
            I ChargeManager Pack {x:12} has {i:10-1900} full cycles and {i:1000-99000} mAh of its capacity left
            W BatteryMonitor Battery at {i:10-24} percent, below reserve, {i:200-1800} m from dock {i:1-24}
            W BatteryMonitor Cell {i:1-16} is {i:40-160} mV below the others, charge current limited to {d:1-9} A
            W BatteryMonitor Pack temperature {i:45-59} degrees C is high, load reduced for {i:30-600} s at least
            W LoadSwitch Rail {i:1-12} sags to {i:900-24000} mV while the arm moves
            E ChargeManager Charger at dock {i:1-24} reported fault {i:10-99} after {i:1-90} s, contact was broken
            E BatteryMonitor Battery controller did not answer {i:3-12} polls, last checksum 0x{x:8} was wrong
            E LoadSwitch Fuse of rail {i:1-12} open at {d:4-40} A, {c:lidar|arm|heater|compute} is without power
            F BatteryMonitor Battery critical at {i:1-5} percent, shutting down in {i:10-60} s to protect the cells
            """),
        ModuleVocabulary(
            "network", weight: 6,
            """
            D Uplink Ping to {ip} took {d:0-90} ms, {i:0-3} of 10 lost, route metric {i:1-99}, hop count {i:2-14}
            D RadioLink Radio scan found {i:1-24} cells, best {i:40-99} dBm on channel {i:1-165}
            D MeshRouter Mesh table has {i:2-60} neighbours, {i:1-9} changed since revision {i:1-99999}
            D Uplink Frame {i:1-999999} of {i:100-60000} bytes queued behind {i:0-90} others
            I RadioLink Connected to {ip} over {c:wifi|lte|mesh|ethernet} in {i:40-2600} ms, signal {i:40-88} dBm, \
            link {x:8}
            I Uplink Uploaded {i:1-4000} records, {i:10-900} KB in {i:80-4000} ms, {i:0-900} still waiting, \
            batch {i:1-999999}
            I RadioLink Roamed from cell {x:12} to {x:12} within {i:20-300} ms, {i:0-30} packets sent again
            I AddressManager Address {ip} leased for {i:1-48} h, gateway answers in {i:1-40} ms
            I Uplink Session key with {ip} renewed after {i:1-24} h, fingerprint {x:16}
            I AddressManager Name resolved to {ip} in {i:1-900} ms, valid for {i:30-9000} s
            I MeshRouter Neighbour {ip} joined at {i:40-90} dBm, route through {ip} dropped
            W Uplink Uplink slow: {i:20-190} kbit/s for {i:10-300} s, holding back {i:100-9000} records
            W RadioLink Lost {i:5-40} percent of packets to {ip} in {i:10-60} s
            W RadioLink Signal fell to {i:82-99} dBm near rack {i:1-300}, looking for another access point
            W MeshRouter Loop through {ip} broken at hop {i:2-14}
            E Uplink Connection to {ip} port {i:1024-65000} refused, next try in {i:1-60} s
            E Uplink Upload {uuid} stalled after {i:10-900} KB
            E AddressManager No lease from {ip} after {i:2-9} requests, address {ip} kept for now
            F Uplink No network for {i:30-240} minutes and storage is {i:96-99} percent full, oldest data at risk
            """),
        ModuleVocabulary(
            "storage", weight: 4,
            """
            D BlockStore Received {b} of {i:1000-67108864} bytes from {ip}
            D SegmentWriter Wrote segment {i:1-99999} with {i:100-4000} records in {i:2-90} ms, digest {x:16}
            D SegmentWriter Flush took {i:1-60} ms for {i:4-900} KB, {i:0-12} writers waited, queue peak {i:1-40}
            D IndexStore Index page {i:1-99999} split at key {x:12}, depth {i:2-5}, fill {i:40-99} percent
            I BlockStore Replica of {b} written to {ip}, {i:1000-67108864} bytes
            I BlockStore Verification of {b} succeeded after {i:100-9000} ms
            I DiskMonitor Disk {i:0-2} is {i:8-79} percent full, {i:2-400} GB free, wear {i:1-60} percent
            I SegmentWriter Segment {i:1-99999} closed after {i:10-900} s, {i:1-64} MB, ratio {d:3-12} to its raw size
            I BlockStore Deleting {b} on disk {i:0-2}, no recording needs it
            I DiskMonitor Removed {i:1-90} old recordings, {i:100-9000} MB freed, the oldest one is {i:1-30} days old
            I IndexStore Snapshot {uuid} complete, {i:10-900} files in {i:1-90} s
            I DiskMonitor Verified {i:100-9000} files in {i:3-900} s, no differences found
            W DiskMonitor Disk {i:0-2} is {i:85-95} percent full, recordings older than {i:1-12} days will go first
            W SegmentWriter Write latency {i:80-900} ms on disk {i:0-2} for {i:5-60} s, queue holds {i:20-400} requests
            W BlockStore Redundant copy of {b} at {ip} ignored
            E BlockStore Reading {b} from {ip} failed after {i:20-9000} ms
            E SegmentWriter Write of {i:4-900} KB to segment {i:1-99999} failed with errno {i:5-30}, kept in memory
            E IndexStore Checksum of {uuid} differs: {x:8} instead of {x:8}
            F DiskMonitor File system on disk {i:0-2} turned read-only after error {i:5-30}, logging to memory only
            """),
        ModuleVocabulary(
            "system", weight: 3,
            """
            D ProcessMonitor Load {d:0-8}, memory {i:20-90} percent, {i:100-400} threads, \
            {i:1000-40000} switches a second
            D Watchdog Watchdog fed by {i:4-20} services, slowest {i:10-900} ms, margin {i:1000-9000} ms
            D ProcessMonitor Process {i:300-32000} used {i:1-400} ms of processor and {i:4-900} MB in the last minute
            I Boot Boot complete in {i:2100-9800} ms, firmware {i:1-4}.{i:0-30}.{i:0-99}, {i:9-40} services are running
            I ProcessMonitor Service {c:planner|uploader|recorder|ui} started as process {i:300-32000} in {i:40-2400} ms
            I Boot Configuration revision {i:1-999} applied, {i:1-40} keys changed, signature {x:16} accepted
            I ProcessMonitor Board temperature {i:30-74} degrees C, fan at {i:10-100} percent, clock {i:800-2400} MHz
            I Updater Update {i:1-4}.{i:0-30}.{i:0-99} downloaded from {ip}, {i:8-400} MB verified against its digest
            I Updater Package {x:16} unpacked, {i:10-4000} files
            W ProcessMonitor Memory {i:85-96} percent used, largest process {i:300-32000} holds {i:400-3000} MB of it
            W Boot Clock stepped by {i:200-90000} ms towards the server, earlier entries may look out of order
            W Watchdog Service {c:planner|uploader|recorder} restarted {i:2-6} times within {i:5-60} minutes
            E ProcessMonitor Process {i:300-32000} ended with signal {i:4-15}, core {x:12} written, again in {i:1-30} s
            E Updater Update to {i:1-4}.{i:0-30}.{i:0-99} failed its check with {x:8}, keeping the running version
            F Boot Kernel reported thermal shutdown at {i:96-110} degrees C, saving state within {i:2-9} s
            """),
    ]

    /// What the libraries say that every module uses: any of these comes from any module and at any level.
    static let shared = SharedVocabulary(
        """
        core.Rpc call {x:8} to {ip} answered in {d:0-90} ms with {i:100-90000} bytes, {i:0-40} calls still open
        core.Rpc waiting for {ip}, request {uuid}
        core.Retry attempt {i:1-9} of {i:9-12} for request {x:8} begins after {i:100-30000} ms, \
        the last one ended with status {i:100-599}
        core.Config key {i:100-999} read from revision {i:1-999} of the configuration, default {i:1-9000} not used
        core.Metrics {i:10-400} gauges and {i:10-400} counters sent to {ip} in {i:1-90} ms, \
        {i:0-900} bytes a second on average
        core.Transfer chunk {b} sent to {ip}, {i:1-400} of {i:400-900}
        core.Pool {i:1-64} of 64 workers busy, {i:0-900} jobs wait, the longest since {i:1-9000} ms, job {x:8}
        core.Cache entry {x:16} evicted after {i:1-9000} s, {i:100-90000} bytes, {i:0-99} percent hits
        core.Transfer chunk {b} acknowledged by {ip} after {i:1-9000} ms
        core.Timer timer {i:1-999} fired {i:1-900} us late, {i:1-60} others were due at the same moment
        core.Codec message of type {i:100-999} from {ip} has {i:1-900} unknown bytes at offset {i:100-90000}, \
        passed over
        core.State state changed from {c:idle|ready|busy} to {c:ready|busy|paused} at step {i:1-9999} on behalf of \
        request {x:8}
        core.Rpc peer {ip} closed connection {i:1-99999} after {i:1-9000} s and {i:100-900000} bytes
        core.Arena arena {x:6} grown to {i:1-900} MB after {i:100-90000} allocations, largest {i:100-90000} bytes
        core.Lock lock {x:8} was held for {i:100-90000} us by thread {i:100-32000} while {i:1-40} others waited
        core.Transfer transfer {uuid} done, {i:1-900} chunks, digest {x:16}
        """)
}
