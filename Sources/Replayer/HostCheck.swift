public import Engine
internal import RecordedMachine
public import TraceFormat
internal import X86

/// Whether this host can replay a trace, and if not, why.
public struct HostCheck: Sendable {
    /// What prevents this host from replaying the trace at all, one line each.
    public var obstacles: [String] = []
    /// What the host will do by other means than executing, one line each. Empty if no machine can be made for the
    /// trace.
    public var remarks: [String] = []

    /// Makes the trace's machine on this host with an engine, and checks what the machine lacks. Does not execute any
    /// part of the guest.
    ///
    /// - Throws: `.noState` if the trace has no state to begin with; any error of reading the trace.
    public init<P: EngineProcessor & ~Copyable>(_ reader: TraceReader, on engine: P.Type) throws(TraceError) {
        let first = try reader.firstKeyframe()
        let needs = try StateNeeds(reader)
        do throws(ReplayError) {
            var session = try ReplaySession<P>(reader)
            obstacles = session.core.obstacles(to: needs)
            remarks = session.report.remarks + session.core.remarks(on: needs)
            try session.core.tryState(of: first, &self)
        } catch .engine(.hostDiffers(let differences)) {
            obstacles = differences.map(\.explanation)
            if reader.readLeaves == nil {
                remarks = [
                    "the trace does not say which leaves of CPUID its guest reads; 'verify --engine soft --annotate' finds out"
                ]
            }
        } catch .trace(let error) {
            throw error
        } catch {
            obstacles = ["\(error)"]
        }
    }
}

extension HostCheck {
    /// The CPUID bits that an engine on this host would show the guest differently from the recorded processor, and that forbid a
    /// replay: see ``TraceReader/obstacles(among:)``. Makes a machine without a guest to find out, which takes a few milliseconds.
    public static func processorDifferences<P: EngineProcessor & ~Copyable>(
        _ reader: TraceReader,
        on engine: P.Type
    ) throws(EngineError) -> [CPUIDDifference] {
        guard !reader.allowsOtherCPUID else { return [] }
        return reader.obstacles(among: try P.differencesInReplay(of: reader.header))
    }
}

extension ReplayCore where P: EngineProcessor & ~Copyable {
    /// What the states need and the processor lacks.
    fileprivate func obstacles(to needs: StateNeeds) -> [String] {
        var obstacles = needs.obstacles(supported: processor.supportedComponents) { processor.keeps(modelSpecific: $0) }
        if reader.header.landing == .instructionCount, processor.instructionsRetired == nil {
            obstacles.append("only counts of instructions say where interrupts came, which need --engine soft")
        }
        return obstacles
    }

    /// How the replay will reach the states that were recorded between two exits.
    fileprivate func remarks(on needs: StateNeeds) -> [String] {
        GuestMode.allCases.compactMap { mode in
            guard let count = needs.asynchronous[mode] else { return nil }
            let way =
                processor.canStop(in: mode)
                ? "reached by executing"
                : "this host cannot stop a guest there: restored where an interrupt follows, which proves nothing"
            return "\(count) states were recorded between two exits, in \(mode.title): \(way)"
        }
    }

    /// Puts a keyframe's state into the processor and reads it back. Every part that this host does not preserve is an
    /// obstacle.
    fileprivate mutating func tryState(of keyframe: Keyframe, _ check: inout HostCheck) throws(ReplayError) {
        do throws(EngineError) {
            try processor.restore(keyframe.state)
            let present = try processor.state()
            check.obstacles += keyframe.state.differences(to: present).map {
                "this host does not keep \($0.field): recorded \($0.expected), here \($0.actual)"
            }
        } catch {
            check.obstacles.append("\(error)")
        }
    }
}
