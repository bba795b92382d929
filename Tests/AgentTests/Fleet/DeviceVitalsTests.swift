import Foundation
import Testing

@testable import Agent

struct DeviceVitalsTests {
    @Test func processorUsageIsOfTheTimeInBetween() throws {
        let first = try #require(ProcText.processorTicks("cpu  100 0 50 800 50 0 0 0 7 7\ncpu0 1 2 3 4\n"))
        #expect(first == ProcText.ProcessorTicks(busy: 150, total: 1_000))
        let second = ProcText.ProcessorTicks(busy: 200, total: 1_200)
        #expect(second.usage(since: first) == 25)
        #expect(first.usage(since: first) == nil)
        #expect(first.usage(since: second) == nil)
    }

    @Test(arguments: ["", "cpu", "cpu 1 2 3", "cpu0 1 2 3 4", "cpu a b c d"])
    func whatIsNoStatIsNil(text: String) { #expect(ProcText.processorTicks(text) == nil) }

    @Test func memoryThatProgramsCanGetIsFree() {
        #expect(ProcText.memoryUsage("MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 400 kB\n") == 60)
        #expect(ProcText.memoryUsage("MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 350 kB\n") == 50)
        for text in ["", "MemTotal: 0 kB\nMemAvailable: 0 kB", "MemTotal: 10 kB", "MemTotal: 1 kB\nMemAvailable: 2 kB"]
        {
            #expect(ProcText.memoryUsage(text) == nil)
        }
    }

    @Test(arguments: [("48500\n", 48.5), ("-5000", -5), ("", nil), ("x", nil), ("999999", nil)] as [(String, Double?)])
    func temperaturesAreThousandths(text: String, degrees: Double?) { #expect(ProcText.temperature(text) == degrees) }

    @Test func aDeviceIsReadFromItsFiles() throws {
        let directory = try TemporaryDirectory()
        func write(_ path: String, _ text: String) throws {
            let file = directory.path + "/" + path
            try Files.makeDirectory(Files.directory(of: file))
            try text.write(toFile: file, atomically: false, encoding: .utf8)
        }
        try write("proc/stat", "cpu 0 0 0 100\n")
        try write("proc/meminfo", "MemTotal: 4 kB\nMemAvailable: 1 kB\n")
        try write("sys/class/power_supply/BAT0/type", "Battery\n")
        try write("sys/class/power_supply/BAT0/capacity", "80\n")
        try write("sys/class/power_supply/BAT1/type", "Battery\n")
        try write("sys/class/power_supply/BAT1/capacity", "60\n")
        try write("sys/class/power_supply/mouse/type", "Battery\n")
        try write("sys/class/power_supply/mouse/scope", "Device\n")
        try write("sys/class/power_supply/mouse/capacity", "5\n")
        try write("sys/class/power_supply/AC/type", "Mains\n")
        try write("sys/class/thermal/thermal_zone0/temp", "41000\n")
        try write("sys/class/thermal/thermal_zone1/temp", "62500\n")
        try write("sys/class/thermal/cooling_device0/temp", "90000\n")
        var reader = VitalsReader(root: directory.path, diskPath: directory.path)
        try write("proc/stat", "cpu 30 0 0 170\n")
        let vitals = reader.read()
        #expect(vitals.cpuUsage == 30)
        #expect(vitals.memoryUsage == 75)
        #expect(vitals.batteryLevel == 70)
        #expect(vitals.temperature == 62.5)
        let disk = try #require(vitals.diskUsage)
        #expect((0...100).contains(disk))
    }

    @Test func aMachineWithoutAnyOfThatHasNone() throws {
        let directory = try TemporaryDirectory()
        var reader = VitalsReader(root: directory.path, diskPath: directory.path + "/none")
        #expect(reader.read() == DeviceVitals())
    }

    @Test func theQuickestExchangeTellsTheOffset() {
        var offset = ClockOffset()
        #expect(offset.microseconds == nil)
        offset.add(sent: 10_000_000, server: 5_000_000, roundTrip: 800_000)
        #expect(offset.microseconds == 5_400_000)
        offset.add(sent: 20_000_000, server: 15_005_000, roundTrip: 10_000)
        #expect(offset.microseconds == 5_000_000)
        offset.add(sent: 30_000_000, server: 24_900_000, roundTrip: 500_000)
        #expect(offset.microseconds == 5_000_000)
        // The device's clock was set.
        offset.add(sent: 35_100_000, server: 35_105_000, roundTrip: 20_000)
        #expect(offset.microseconds == 5_000)
    }

    @Test func renewalIsTriedAgainButNotInARush() {
        let day: Int64 = 86_400
        var schedule = RenewalSchedule(CertificateLifetime(begin: 0, end: 90 * day))
        #expect(schedule.delay(now: 0) == 60 * day)
        #expect(schedule.delay(now: 61 * day) == 0)
        schedule.attempted(now: 61 * day)
        #expect(schedule.delay(now: 61 * day) == RenewalSchedule.retrySeconds)
        schedule.attempted(now: 89 * day + 1)
        #expect(schedule.delay(now: 89 * day + 1) == RenewalSchedule.urgentRetrySeconds)
    }
}
