import X86

extension Event {
    /// What stands in a copy where the recording had a keyframe that the copy left out: a device's write of no bytes, which
    /// changes nothing, so that all later events keep their ordinals.
    public static func leftOutKeyframe(in machine: TraceHeader.Machine) -> Event {
        .deviceWrite(address: machine.memory.first?.address ?? GuestPhysicalAddress(0), bytes: [])
    }

    /// Whether it is the recorder's alone, and nothing that happened to the guest: a keyframe, or what stands for one.
    public var isOfTheRecorder: Bool {
        switch self {
        case .keyframe: true
        case .deviceWrite(_, let bytes): bytes.isEmpty
        default: false
        }
    }
}
