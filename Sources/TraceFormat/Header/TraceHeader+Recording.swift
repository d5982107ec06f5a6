public import X86

extension TraceHeader {
    /// What executed the guest when it was recorded.
    public struct Recording: Hashable, Sendable {
        /// The engine.
        public var engine: RecordingEngine
        /// The processor that decides what the manuals leave undefined: the host's, or the one that software imitates.
        public var processor: ProcessorModel
        /// Whether the events say how many instructions were executed. Only an engine that counts them can do this.
        public var countsInstructions: Bool

        /// Makes a recording's description of its parts.
        public init(
            engine: RecordingEngine = .kvm,
            processor: ProcessorModel = ProcessorModel(),
            countsInstructions: Bool = false
        ) {
            self.engine = engine
            self.processor = processor
            self.countsInstructions = countsInstructions
        }
    }
}

/// What can execute a guest. Numbered as in a trace.
public enum RecordingEngine: UInt8, CaseIterable, Hashable, Sendable {
    /// Linux KVM.
    case kvm = 0
    /// A processor in software.
    case software = 1

    /// Its name.
    public var name: String {
        switch self {
        case .kvm: "kvm"
        case .software: "software"
        }
    }
}
