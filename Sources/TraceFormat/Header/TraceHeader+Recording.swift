extension TraceHeader {
    /// What executed the guest when it was recorded.
    public struct Recording: Hashable, Sendable {
        /// The engine.
        public var engine: RecordingEngine
        /// The processor that decides what the manuals leave undefined: the host's, or the one that software imitates.
        public var processor: RecordingProcessor
        /// Whether the events say how many instructions were executed. Only an engine that counts them can do this.
        public var countsInstructions: Bool

        /// Makes a recording's description of its parts.
        public init(
            engine: RecordingEngine = .kvm,
            processor: RecordingProcessor = RecordingProcessor(),
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

/// A model of a processor.
public struct RecordingProcessor: Hashable, Sendable, CustomStringConvertible {
    /// The vendor as CPUID leaf 0 spells it, such as `GenuineIntel`; empty if unknown.
    public var vendor: String
    /// Family, model and stepping, as in EAX of CPUID leaf 1; 0 if unknown.
    public var signature: UInt32

    /// Makes a model of its parts.
    public init(vendor: String = "", signature: UInt32 = 0) {
        self.vendor = vendor
        self.signature = signature
    }

    /// Vendor and signature.
    public var description: String {
        vendor.isEmpty ? "unknown" : signature == 0 ? vendor : "\(vendor) 0x\(String(signature, radix: 16))"
    }
}
