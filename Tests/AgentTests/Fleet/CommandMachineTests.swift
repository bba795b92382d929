import Testing

@testable import Agent

struct CommandMachineTests {
    private let command = FleetCommand(id: 7, name: "run_script", arguments: ["name": "reboot"], expires: 1_000)

    /// Goes on until the machine polls again, doing as told; answers with what was done.
    private func drive(
        _ machine: inout CommandMachine, now: Int64 = 0, outcome: CommandOutcome = .succeeded("done"),
        acknowledge: CommandMachine.Reception = .taken, report: CommandMachine.Reception = .taken
    ) -> [String] {
        var done: [String] = []
        for _ in 0..<1_000 {
            switch machine.next(now: now) {
            case .poll: return done
            case .note(let note):
                done.append("note \(note.id) \(name(note.stage))")
                machine.handle(.noted)
            case .acknowledge(let id):
                done.append("acknowledge \(id)")
                machine.handle(.acknowledged(acknowledge))
            case .execute(let command):
                done.append("execute \(command.id)")
                machine.handle(.executed(outcome))
            case .report(let id, let outcome):
                done.append("report \(id) \(outcome.hasSucceeded)")
                machine.handle(.reported(report))
            }
        }
        Issue.record("the machine does not come to an end")
        return done
    }

    private func name(_ stage: CommandMachine.Stage) -> String {
        switch stage {
        case .taken: "taken"
        case .begun: "begun"
        case .ended: "ended"
        case .settled(let outcome): outcome == nil ? "dropped" : "settled"
        }
    }

    @Test func eachStepIsNotedBeforeTheNext() {
        var machine = CommandMachine()
        machine.handle(.delivered([command]))
        #expect(
            drive(&machine) == [
                "note 7 taken", "acknowledge 7", "note 7 begun", "execute 7", "note 7 ended", "report 7 true",
                "note 7 settled",
            ])
    }

    @Test func aCommandThatSucceededIsToldAgainAndNotDoneAgain() {
        var machine = CommandMachine()
        machine.handle(.delivered([command, command]))
        _ = drive(&machine)
        machine.handle(.delivered([command]))
        #expect(drive(&machine) == ["report 7 true", "note 7 settled"])
        var restarted = CommandMachine(notes: machine.notes)
        restarted.handle(.delivered([command]))
        #expect(drive(&restarted) == ["report 7 true", "note 7 settled"])
    }

    @Test func aFailureThatTheServerHeardOfIsTriedAgain() {
        var machine = CommandMachine()
        machine.handle(.delivered([command]))
        _ = drive(&machine, outcome: .failed("no"))
        machine.handle(.delivered([command]))
        #expect(drive(&machine, outcome: .failed("no")).contains("execute 7"))
        // Not one that can come to nothing else.
        machine.handle(.delivered([FleetCommand(id: 8, name: "x", expires: 1_000)]))
        _ = drive(&machine, outcome: .refused("never"))
        machine.handle(.delivered([FleetCommand(id: 8, name: "x", expires: 1_000)]))
        #expect(drive(&machine) == ["report 8 false", "note 8 settled"])
    }

    @Test func whatTheServerTookBackIsNotBegun() {
        var machine = CommandMachine()
        machine.handle(.delivered([command]))
        #expect(drive(&machine, acknowledge: .over) == ["note 7 taken", "acknowledge 7", "note 7 dropped"])
    }

    @Test func whatHasExpiredIsNotBegun() {
        var machine = CommandMachine()
        machine.handle(.delivered([command]))
        #expect(drive(&machine, now: 1_000) == ["note 7 taken", "note 7 dropped"])
        // Nor after a restart in between.
        var late = CommandMachine(notes: [CommandMachine.Note(id: 7, stage: .taken(command))])
        #expect(drive(&late, now: 2_000) == ["note 7 dropped"])
    }

    @Test func whatTheServerDoesNotHearIsSaidAgain() {
        var machine = CommandMachine()
        machine.handle(.delivered([command]))
        #expect(machine.next(now: 0) == .note(CommandMachine.Note(id: 7, stage: .taken(command))))
        machine.handle(.noted)
        for _ in 1...3 {
            #expect(machine.next(now: 0) == .acknowledge(7))
            machine.handle(.acknowledged(.unheard))
        }
        #expect(drive(&machine).last == "note 7 settled")
    }

    /// A crash at any moment: what was noted is all that is left.
    @Test func aRestartAtAnyPointRunsACommandOnce() {
        let stages: [(CommandMachine.Stage, [String])] = [
            (
                .taken(command),
                ["acknowledge 7", "note 7 begun", "execute 7", "note 7 ended", "report 7 true", "note 7 settled"]
            ),
            (.begun(command), ["note 7 ended", "report 7 false", "note 7 settled"]),
            (.ended(.succeeded()), ["report 7 true", "note 7 settled"]),
            (.settled(.succeeded()), []),
        ]
        for (stage, expected) in stages {
            var machine = CommandMachine(notes: [CommandMachine.Note(id: 7, stage: stage)])
            #expect(drive(&machine) == expected)
            machine.handle(.delivered([command]))
            #expect(!drive(&machine).contains("execute 7"))
        }
    }

    /// Random deliveries, losses and crashes: nothing runs twice unless its failure was heard of.
    @Test func nothingRunsTwice() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<300 {
            var machine = CommandMachine()
            var notes: [CommandMachine.Note] = []
            var runs: [UInt64: Int] = [:]
            for _ in 0..<200 {
                switch machine.next(now: 0) {
                case .poll:
                    let id = UInt64.random(in: 1...6, using: &random)
                    machine.handle(.delivered([FleetCommand(id: id, name: "x", expires: 10)]))
                case .note(let note):
                    // Before the note, or after it.
                    if Bool.random(using: &random) {
                        notes.append(note)
                    } else if crashes(&random) {
                        machine = CommandMachine(notes: notes)
                        continue
                    } else {
                        notes.append(note)
                    }
                    machine.handle(.noted)
                case .acknowledge: machine.handle(.acknowledged(heard(&random)))
                case .execute(let command):
                    runs[command.id, default: 0] += 1
                    if crashes(&random) {
                        machine = CommandMachine(notes: notes)
                    } else {
                        machine.handle(.executed(.succeeded()))
                    }
                case .report: machine.handle(.reported(heard(&random)))
                }
                if crashes(&random) {
                    machine = CommandMachine(notes: notes)
                    // Written anew, the notes mean the same.
                    if Bool.random(using: &random) { notes = machine.notes }
                }
            }
            #expect(runs.values.allSatisfy { $0 == 1 }, "\(runs)")
        }
    }

    private func crashes(_ random: inout SeededRandom) -> Bool { Int.random(in: 0..<10, using: &random) == 0 }

    private func heard(_ random: inout SeededRandom) -> CommandMachine.Reception {
        Int.random(in: 0..<3, using: &random) == 0 ? .unheard : .taken
    }
}
