import LogModel
import Testing

@testable import LogDB

/// Format version 2: rows of the tables with their index entries, and what is remembered of received batches.
struct TableGoldenTests {
    private static let device: DeviceRecord = {
        var device = DeviceRecord(dsn: [0x44, 0xff], seen: 1_000)
        device.id = 3
        device.name = "Rover"
        device.isRegistered = true
        device.lastSeen = -2
        return device
    }()

    private static let deviceText = """
        01 02 'D' ff     # dsn
        02 05 'Rover'    # name
        03 01 01         # registered
        04 02 d0 0f      # first seen, zig-zag: 1,000
        05 01 03         # last seen, zig-zag: -2
        4b 37 3c c0      # CRC-32C
        """

    private static let registeredDevice: DeviceRecord = {
        var device = Self.device
        device.accountID = 7
        device.ownerID = 300
        device.type = .sensor
        device.environment = .production
        device.status = .error
        device.registeredAt = 1
        device.certificateID = "0a"
        device.info = "{}"
        device.vitals.lastHeartbeat = 2
        device.vitals.intervalMilliseconds = 30_000
        device.vitals.cpuUsage = 12.5
        device.vitals.temperature = -1
        device.vitals.agentVersion = "1"
        device.vitals.clockOffset = -3
        return device
    }()

    private static let registeredText = """
        01 02 'D' ff  02 05 'Rover'  03 01 01  04 02 d0 0f  05 01 03
        06 01 07         # account
        07 02 ac 02      # owner: 300
        08 01 04         # type: sensor
        09 01 01         # environment: production
        0a 01 03         # status: error
        0b 01 02         # registered, zig-zag: 1
        0d 02 '0a'       # certificate
        0e 02 '{}'       # what it said of itself
        14 01 04         # last heartbeat, zig-zag: 2
        15 03 b0 ea 01   # interval: 30,000 ms
        16 08 00 00 00 00 00 00 29 40   # processor: 12.5 %
        1a 08 00 00 00 00 00 00 f0 bf   # temperature: -1
        1d 01 '1'        # version
        20 01 05         # clock, zig-zag: -3
        57 f3 fd 13      # CRC-32C
        """

    private static let session: SessionRecord = {
        var session = SessionRecord(device: 3, sessionID: Array("Run".utf8), time: 1_000)
        session.id = 200
        session.status = .failed
        session.startedAt = -1
        session.levelCounts = [0, 300, 2, 3, 4]
        return session
    }()

    private static let sessionText = """
        01 01 03         # device
        02 03 'Run'      # name
        03 01 02         # status: failed
        04 01 01         # started, zig-zag: -1
        05 02 d0 0f      # last entry, zig-zag: 1,000
        06 01 00         # entries of DEBUG
        07 02 ac 02      # of INFO: 300
        08 01 02
        09 01 03
        0a 01 04         # of FATAL
        68 0c 69 d4      # CRC-32C
        """

    @Test func aDevice() throws {
        Golden.expect(Table.encode(Self.device), is: Self.deviceText)
        #expect(try decode(Self.deviceText, id: 3) == Self.device)
        Golden.expect(Table.encode(Self.registeredDevice), is: Self.registeredText)
        #expect(try decode(Self.registeredText, id: 3) == Self.registeredDevice)
        #expect(DeviceRecord.tableNumber == 1)
        #expect(DeviceType.names == ["drone", "robot", "camera", "sensor", "vehicle", "other"])
        #expect(DeviceEnvironment.names == ["production", "testing", "development"])
        #expect(DeviceStatus.names == ["offline", "online", "maintenance", "error"])
    }

    @Test func aSession() throws {
        Golden.expect(Table.encode(Self.session), is: Self.sessionText)
        #expect(try decode(Self.sessionText, id: 200) == Self.session)
        #expect(SessionRecord.tableNumber == 2)
        #expect([SessionRecord.Status.active, .completed, .failed, .aborted].map(\.rawValue) == [0, 1, 2, 3])
    }

    private func decode<Record: TableRecord>(_ text: String, id: UInt64) throws -> Record {
        try Golden.bytes(text).withUnsafeBytes { try Table<Record>.decode($0, id: id) }
    }

    @Test func valuesOfIndexes() {
        #expect(DeviceRecord.indexes.map(\.number) == [1, 2, 3, 4, 5])
        #expect(DeviceRecord.indexes.map(\.isUnique) == [true, false, false, false, false])
        Golden.expect(
            DeviceRecord.byAccount.value(Self.registeredDevice) ?? [],
            is: "00 00 00 00 00 00 00 07  01 03 04  # account, production, error, sensor")
        Golden.expect(DeviceRecord.byKind.value(Self.registeredDevice) ?? [], is: "01 03 04")
        Golden.expect(DeviceRecord.byText.value(Self.registeredDevice) ?? [], is: "'rover' 0a 'd' ff")
        var gone = Self.registeredDevice
        gone.decommissionedAt = 1
        for index in [DeviceRecord.byKind, DeviceRecord.byAccount, DeviceRecord.byText] {
            #expect(index.value(gone) == nil)
        }
        Golden.expect(DeviceRecord.byDSN.value(Self.device) ?? [], is: "'D' ff")
        Golden.expect(DeviceRecord.byFoldedDSN.value(Self.device) ?? [], is: "'d' ff")
        #expect(SessionRecord.indexes.map(\.number) == [1, 2, 3, 4, 5])
        #expect(SessionRecord.indexes.map(\.isUnique) == [true, false, false, false, true])
        Golden.expect(
            SessionRecord.byTime.value(Self.session) ?? [],
            is: "7f ff ff ff ff ff ff ff  00 00 00 00 00 00 00 c8  # start, id")
        Golden.expect(SessionRecord.byStatus.value(Self.session) ?? [], is: "02  # failed")
        Golden.expect(
            SessionRecord.byName.value(Self.session) ?? [], is: "00 00 00 00 00 00 00 03 'Run'  # device, name")
        Golden.expect(SessionRecord.byFoldedSessionID.value(Self.session) ?? [], is: "'run'")
        Golden.expect(
            SessionRecord.byStart.value(Self.session) ?? [],
            is: "00 00 00 00 00 00 00 03  7f ff ff ff ff ff ff ff  # device, start")
    }

    // MARK: Received batches

    private static let receivedText = """
        09               # last received, zig-zag: -5
        00               # no sequence is unknown
        03               # ranges
        01 02            # 1 to 3
        09 00            # 9
        ac 02 01         # 300 and 301
        fa aa 2e e2      # CRC-32C
        """

    @Test func theSequencesReceivedOfABoot() throws {
        var received = ReceivedSequences()
        for sequence: UInt64 in [1, 2, 3, 9, 300, 301] { _ = received.insert(sequence) }
        received.lastReceived = -5
        Golden.expect(received.encode(), is: Self.receivedText)
        #expect(try Golden.bytes(Self.receivedText).withUnsafeBytes { try ReceivedSequences($0) } == received)
    }
}
