import Foundation
import Testing

@testable import Agent

struct CommandJournalTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/commands.journal" }
    private let command = FleetCommand(id: 3, name: "run_script", arguments: ["name": "a\nb"], expires: 99)

    init() throws { directory = try TemporaryDirectory() }

    private func notes() throws -> [CommandMachine.Note] {
        var journal = try CommandJournal(path)
        return journal.takeNotes()
    }

    private var all: [CommandMachine.Note] {
        [
            CommandMachine.Note(id: 3, stage: .taken(command)), CommandMachine.Note(id: 3, stage: .begun(command)),
            CommandMachine.Note(id: 3, stage: .ended(.failed("é", exitCode: -1))),
            CommandMachine.Note(id: 3, stage: .settled(.failed("é", exitCode: -1))),
            CommandMachine.Note(id: 4, stage: .settled(nil)),
        ]
    }

    @Test func whatIsNotedIsThereAgain() throws {
        var journal = try CommandJournal(path)
        for note in all { try journal.append(note) }
        #expect(try notes() == all)
        try journal.rewrite(Array(all.suffix(1)))
        #expect(try notes() == Array(all.suffix(1)))
    }

    @Test func aLineThatWasCutShortIsCutOffAtEveryByte() throws {
        var journal = try CommandJournal(path)
        try journal.append(all[0])
        let first = try Data(contentsOf: URL(fileURLWithPath: path))
        try journal.append(all[1])
        let both = try Data(contentsOf: URL(fileURLWithPath: path))
        for count in first.count..<both.count {
            try both.prefix(count).write(to: URL(fileURLWithPath: path))
            var again = try CommandJournal(path)
            #expect(again.takeNotes() == [all[0]])
            try again.append(all[1])
            #expect(try notes() == Array(all.prefix(2)))
        }
    }

    @Test func damageBeforeTheEndIsNotPassedOver() throws {
        var journal = try CommandJournal(path)
        for note in all { try journal.append(note) }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[20] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: AgentError.self) { try notes() }
        #expect(error?.code == .corruption)
    }
}
