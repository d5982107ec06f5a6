import X86

extension Event {
    /// The event that replaces a keyframe that a copy left out: a device write of no bytes. It changes nothing, and
    /// later events keep their ordinals.
    public static func leftOutKeyframe(in machine: TraceHeader.Machine) -> Event {
        .deviceWrite(address: machine.memory.first?.address ?? GuestPhysicalAddress(0), bytes: [])
    }

    /// Whether it comes from the recorder and did not happen to the guest: a keyframe, or the event in its place.
    public var isOfTheRecorder: Bool {
        switch self {
        case .keyframe: true
        case .deviceWrite(_, let bytes): bytes.isEmpty
        default: false
        }
    }
}
