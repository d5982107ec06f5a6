public import Engine
public import TraceFormat
internal import X86

/// Whether this host can replay a trace, and what is in the way.
public struct HostCheck: Sendable {
    /// What keeps this host from replaying the trace at all, each in one line.
    public var obstacles: [String] = []
    /// What it will do in another way than by executing, each in one line; none where no machine can be made for the trace.
    public var remarks: [String] = []

    /// Makes the trace's machine on this host with an engine, and looks at what it lacks. Nothing of the guest is executed.
    ///
    /// - Throws: `.noState` where the trace has none to begin with; what reading can throw.
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
        } catch .trace(let error) {
            throw error
        } catch {
            obstacles = ["\(error)"]
        }
    }
}

extension ReplayCore where P: EngineProcessor & ~Copyable {
    /// What the processor lacks of what states need.
    fileprivate func obstacles(to needs: StateNeeds) -> [String] {
        needs.obstacles(supported: processor.supportedComponents) { processor.keeps(modelSpecific: $0) }
    }

    /// How the states that were recorded between two exits are come to.
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

    /// Puts a keyframe's state into the processor and reads it back: every part that this host does not keep is an obstacle.
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
