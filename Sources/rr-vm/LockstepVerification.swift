import Engine
import Engines
import Replayer
import Reports
import TraceFormat

/// `rr-vm verify --lockstep`: software and KVM side by side.
struct LockstepVerification {
    let reader: TraceReader

    /// Why this host's KVM cannot take part; nil if it can.
    func lack(_ request: EngineOption.Request) -> String? {
        if request == .soft { return "--engine soft leaves it out" }
        if let lack = EngineChoice.kvm.lack { return "\(lack)" }
        do {
            let differences = try EngineChoice.kvm.perform(ProcessorDifferences(reader: reader))
            return differences.isEmpty ? nil : "\(EngineError.hostDiffers(differences))"
        } catch { return "\(error)" }
    }

    /// Compares, and fails if the engines differ.
    func run() throws {
        do {
            let result = try ReplayProgress.showing(of: 2 * reader.eventCount) { progress in
                try EngineChoice.soft.perform(First(reader: reader, progress: progress))
            }
            if let difference = result.difference {
                try StandardOutput.print("\(difference)")
                throw CommandFailure(.different, "the engines differ")
            }
            try StandardOutput.print(
                "software and KVM are equal behind \(Quantity.count(result.events)) events"
                    + (result.restored.isEmpty
                        ? ""
                        : "\nnote: states between two exits that one of them was put into: \(result.restored.count)")
            )
        } catch { throw CommandFailure(any: error) }
    }

    /// What was found.
    struct Result {
        var difference: EngineDifference?
        var events: UInt64
        var restored: [EventOrdinal]
    }

    /// Takes the first engine, and goes on with the second.
    private struct First: EngineTask {
        let reader: TraceReader
        let progress: ReplayProgress

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> Result {
            try EngineChoice.kvm.perform(Both<P>(reader: reader, progress: progress))
        }
    }

    private struct Both<One: EngineProcessor & ~Copyable>: EngineTask {
        let reader: TraceReader
        let progress: ReplayProgress

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> Result {
            var lockstep = try Lockstep(
                Timeline<One>(reader, showing: progress),
                Timeline<P>(reader, showing: progress)
            )
            let difference = try lockstep.run()
            return Result(difference: difference, events: lockstep.comparedEvents, restored: lockstep.restored)
        }
    }
}
