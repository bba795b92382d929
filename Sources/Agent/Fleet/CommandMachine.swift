/// The rules by which commands are done, without any input or output: it takes events and says what to do next.
///
/// Commands are delivered at least once, and each is done once:
/// - what is noted is durable before the next step, so that a restart finds out how far each command got;
/// - the server hears that the device is at it, and may take the command back, before it begins;
/// - one that had begun when the agent ended is not begun again: whether it did its work is not known;
/// - one that has ended is told again when it is delivered again; only one that failed, and whose failure the server has
///   heard of, is done again: the server says so by delivering it once more.
///
/// One command runs at a time, in the order of delivery.
struct CommandMachine {
    /// How far a command got. Each is noted before what follows it.
    enum Stage: Hashable {
        /// The device has it.
        case taken(FleetCommand)
        case begun(FleetCommand)
        case ended(CommandOutcome)
        /// The server has heard what became of it, or does not want to. Nil: it came to nothing here, as its time was
        /// up or the server took it back.
        case settled(CommandOutcome?)
    }

    struct Note: Hashable {
        var id: UInt64
        var stage: Stage
    }

    enum Action: Hashable {
        /// Ask the server for commands.
        case poll
        /// Write the note down, durably.
        case note(Note)
        /// Tell the server that the device is at it.
        case acknowledge(UInt64)
        case execute(FleetCommand)
        case report(UInt64, CommandOutcome)
    }

    /// What the server makes of what it is told.
    enum Reception: Hashable {
        case taken
        /// It knows no such command of this device, or the command has ended there.
        case over
        /// It did not hear it; the driver waits before it goes on.
        case unheard
    }

    enum Event: Hashable {
        case delivered([FleetCommand])
        case noted
        case acknowledged(Reception)
        case executed(CommandOutcome)
        case reported(Reception)
    }

    private enum Step: Hashable {
        case arrived(FleetCommand)
        case taken(FleetCommand)
        case acknowledged(FleetCommand)
        case begun(FleetCommand)
        case executed(CommandOutcome)
        case ended(CommandOutcome)
        case closing(CommandOutcome?)
    }

    private var open: [(id: UInt64, step: Step)] = []
    private var settled: [UInt64: CommandOutcome?] = [:]
    /// The ids in `settled`, oldest first.
    private var settledOrder: [UInt64] = []

    /// Settled commands that are remembered, more than the server has open for a device at any time. An older one that
    /// came again would be done again.
    static let settledCountMax = 10_000

    /// - Parameter notes: What was noted in earlier runs, in order.
    init(notes: [Note] = []) {
        var stages: [UInt64: Stage] = [:]
        var order: [UInt64] = []
        for note in notes {
            if stages.updateValue(note.stage, forKey: note.id) == nil { order.append(note.id) }
        }
        for id in order {
            switch stages[id] {
            case .taken(let command): open.append((id, .taken(command)))
            case .begun: open.append((id, .executed(.interrupted)))
            case .ended(let outcome): open.append((id, .ended(outcome)))
            case .settled(let outcome): settle(id, outcome)
            case nil: break
            }
        }
    }

    /// As few notes as have the same meaning.
    var notes: [Note] {
        let settled = settledOrder.map { Note(id: $0, stage: .settled(self.settled[$0] ?? nil)) }
        return settled
            + open.compactMap { id, step in
                switch step {
                case .arrived: nil
                case .taken(let command), .acknowledged(let command): Note(id: id, stage: .taken(command))
                case .begun(let command): Note(id: id, stage: .begun(command))
                case .executed(let outcome), .ended(let outcome): Note(id: id, stage: .ended(outcome))
                case .closing(let outcome): Note(id: id, stage: .settled(outcome))
                }
            }
    }

    /// What to do next. Asked again without an event in between, it is the same.
    ///
    /// - Parameter now: In microseconds since the epoch, by the server's clock.
    mutating func next(now: Int64) -> Action {
        guard let (id, step) = open.first else { return .poll }
        switch step {
        case .arrived(let command): return .note(Note(id: id, stage: .taken(command)))
        case .taken(let command), .acknowledged(let command):
            if command.expires <= now {
                open[0].step = .closing(nil)
                return .note(Note(id: id, stage: .settled(nil)))
            }
            if case .taken = step { return .acknowledge(id) }
            return .note(Note(id: id, stage: .begun(command)))
        case .begun(let command): return .execute(command)
        case .executed(let outcome): return .note(Note(id: id, stage: .ended(outcome)))
        case .ended(let outcome): return .report(id, outcome)
        case .closing(let outcome): return .note(Note(id: id, stage: .settled(outcome)))
        }
    }

    /// Takes what came of the last action. Events that do not fit change nothing.
    mutating func handle(_ event: Event) {
        if case .delivered(let commands) = event {
            for command in commands { take(command) }
            return
        }
        guard let (id, step) = open.first else { return }
        switch (event, step) {
        case (.noted, .arrived(let command)): open[0].step = .taken(command)
        case (.noted, .acknowledged(let command)): open[0].step = .begun(command)
        case (.noted, .executed(let outcome)): open[0].step = .ended(outcome)
        case (.noted, .closing(let outcome)):
            open.removeFirst()
            settle(id, outcome)
        case (.acknowledged(.taken), .taken(let command)): open[0].step = .acknowledged(command)
        case (.acknowledged(.over), .taken): open[0].step = .closing(nil)
        case (.executed(let outcome), .begun): open[0].step = .executed(outcome)
        case (.reported(.taken), .ended(let outcome)): open[0].step = .closing(outcome)
        case (.reported(.over), .ended(var outcome)):
            // The server has ended it otherwise: a later delivery would not be a wish to try again.
            outcome.isRepeatable = false
            open[0].step = .closing(outcome)
        default: break
        }
    }

    private mutating func take(_ command: FleetCommand) {
        guard !open.contains(where: { $0.id == command.id }) else { return }
        if case .some(.some(let outcome)) = settled[command.id], !outcome.isRepeatable {
            open.append((command.id, .ended(outcome)))
            return
        }
        forget(command.id)
        open.append((command.id, .arrived(command)))
    }

    private mutating func settle(_ id: UInt64, _ outcome: CommandOutcome?) {
        if settled.updateValue(outcome, forKey: id) == nil { settledOrder.append(id) }
        if settledOrder.count > CommandMachine.settledCountMax { settled[settledOrder.removeFirst()] = nil }
    }

    private mutating func forget(_ id: UInt64) {
        guard settled.removeValue(forKey: id) != nil else { return }
        settledOrder.removeAll { $0 == id }
    }
}
