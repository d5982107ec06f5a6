public import Engine
public import TraceFormat

extension TraceReader {
    /// The processor's mode at each state that was recorded between two exits, by the keyframe's number.
    public func interruptedModes() throws(TraceError) -> [Int: GuestMode] {
        var modes: [Int: GuestMode] = [:]
        for number in 0..<keyframeCount {
            let keyframe = try keyframe(number)
            if keyframe.position == .asynchronous { modes[number] = GuestMode(keyframe.state) }
        }
        return modes
    }
}
