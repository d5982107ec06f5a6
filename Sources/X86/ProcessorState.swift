import ByteCoding

/// The whole architectural state of one processor that a guest can observe, in a form that does not depend on
/// the engine or host it was taken from.
///
/// Two processors with equal states behave equally from then on, given equal memory and inputs. Time counters are not
/// part of the state: they are inputs. Vector registers are kept by XSAVE component, and only if they differ from their
/// initial configuration, because XSAVE has several encodings of one state, and these must compare equal.
public struct ProcessorState: Hashable, Sendable {
    /// RAX to R15, in instruction-encoding order: index with a ``GeneralRegister``.
    public var general = [UInt64](repeating: 0, count: GeneralRegister.allCases.count)
    /// Instruction pointer, relative to the code segment's base.
    public var rip: UInt64 = 0
    /// Flags; bit 1 is always set.
    public var rflags: UInt64 = 2
    /// Segment registers.
    public var segments = Segments()
    /// Global descriptor table register.
    public var gdt = DescriptorTable()
    /// Interrupt descriptor table register.
    public var idt = DescriptorTable()
    /// Control registers, EFER and the APIC base.
    public var control = ControlRegisters()
    /// Debug registers.
    public var debug = DebugRegisters()
    /// x87, SSE, AVX and later register files.
    public var extended = ExtendedState()
    /// Model-specific registers that are part of the state, by number.
    public var modelSpecific: [UInt32: UInt64] = [:]
    /// Exceptions and interrupts on their way into the processor.
    public var pending = PendingEvents()
    /// Whether the processor executes or waits.
    public var activity = Activity.running
    /// Whether address line 20 is masked (the pin A20M#): see ``AddressLine20``.
    public var masksAddressLine20 = false

    /// A state with every register zero except the flags' fixed bit.
    public init() {}

    /// Reads or writes one general register.
    public subscript(register: GeneralRegister) -> UInt64 {
        get { general[register.rawValue] }
        set { general[register.rawValue] = newValue }
    }

    /// The linear address of the next instruction.
    public var instructionAddress: GuestVirtualAddress { instructionAddress(at: rip) }

    /// The linear address of the instruction at an instruction pointer: that pointer plus the code segment's base, in
    /// 32 bits. In 64-bit mode, where code segments have no base, it is the pointer itself (Intel SDM vol. 3, 3.4.4).
    public func instructionAddress(at rip: UInt64) -> GuestVirtualAddress {
        GuestVirtualAddress(mode == .long64 ? rip : (segments.cs.base &+ rip) & 0xFFFF_FFFF)
    }
}

extension ProcessorState {
    /// The eight segment registers with their hidden parts (Intel SDM vol. 3, 3.4.3).
    public struct Segments: Hashable, Sendable {
        /// Code segment.
        public var cs = Segment()
        /// Data segment.
        public var ds = Segment()
        /// Extra segment.
        public var es = Segment()
        /// FS.
        public var fs = Segment()
        /// GS.
        public var gs = Segment()
        /// Stack segment.
        public var ss = Segment()
        /// Task register.
        public var tr = Segment()
        /// Local descriptor table register.
        public var ldt = Segment()

        /// All segments zero.
        public init() {}
    }

    /// One segment register with its hidden part.
    public struct Segment: Hashable, Sendable {
        /// Linear address of the first byte.
        public var base: UInt64
        /// Offset of the last byte, granularity already applied.
        public var limit: UInt32
        /// What the guest loaded.
        public var selector: UInt16
        /// Bits 8 to 15 of a descriptor's second doubleword (type, S, DPL, P) in bits 0 to 7 and its bits 20 to 23
        /// (AVL, L, D/B, G) in bits 12 to 15; bit 16 set: unusable. As in a VMX segment's access rights
        /// (Intel SDM vol. 3, table 25-2).
        public var accessRights: UInt32

        /// Makes a segment of its parts.
        public init(base: UInt64 = 0, limit: UInt32 = 0, selector: UInt16 = 0, accessRights: UInt32 = 0) {
            self.base = base
            self.limit = limit
            self.selector = selector
            self.accessRights = accessRights
        }
    }

    /// GDTR or IDTR.
    public struct DescriptorTable: Hashable, Sendable {
        /// Linear address of the table.
        public var base: UInt64
        /// Offset of the table's last byte.
        public var limit: UInt16

        /// Makes a table register of its parts.
        public init(base: UInt64 = 0, limit: UInt16 = 0) {
            self.base = base
            self.limit = limit
        }
    }

    /// Control registers and the two model-specific registers that decide the processor's mode.
    public struct ControlRegisters: Hashable, Sendable {
        /// Mode switches.
        public var cr0: UInt64 = 0
        /// Linear address of the last page fault.
        public var cr2: UInt64 = 0
        /// Physical address of the page tables' root.
        public var cr3: UInt64 = 0
        /// Extensions.
        public var cr4: UInt64 = 0
        /// Task priority, 0 to 15.
        public var cr8: UInt64 = 0
        /// IA32_EFER.
        public var efer: UInt64 = 0
        /// IA32_APIC_BASE.
        public var apicBase: UInt64 = 0
        /// Extended control register 0: which XSAVE components are enabled. 0 if the processor has no XSAVE.
        public var xcr0: UInt64 = 0
        /// The four page-directory pointers that 32-bit PAE paging holds in the processor; zero in other modes.
        public var pageDirectoryPointers: [UInt64] = [0, 0, 0, 0]

        /// All registers zero.
        public init() {}
    }

    /// DR0 to DR3, DR6 and DR7.
    public struct DebugRegisters: Hashable, Sendable {
        /// DR0 to DR3: linear addresses.
        public var address: [UInt64] = [0, 0, 0, 0]
        /// DR6: status.
        public var status: UInt64 = 0
        /// DR7: control.
        public var control: UInt64 = 0

        /// All registers zero.
        public init() {}
    }

    /// The processor's register files that XSAVE saves.
    public struct ExtendedState: Hashable, Sendable {
        /// Contents by XSAVE component number (Intel SDM vol. 1, 13.1), in the component's own layout; a component in
        /// its initial configuration is absent. Component 0 (x87) is the first 160 bytes of the FXSAVE area without
        /// MXCSR and its mask, component 1 (SSE) the 256 bytes of XMM0 to XMM15.
        public var components: [Int: [UInt8]] = [:]
        /// SSE control and status; 0x1F80 after reset.
        public var mxcsr: UInt32 = 0x1F80

        /// Everything in its initial configuration.
        public init() {}
    }

    /// What is on its way into the processor between two instructions (`KVM_GET_VCPU_EVENTS`).
    public struct PendingEvents: Hashable, Sendable {
        /// An exception that has been raised but not delivered.
        public var exception: Exception?
        /// An interrupt that has been accepted but not delivered.
        public var interrupt: Interrupt?
        /// A non-maskable interrupt has been accepted but not delivered.
        public var nmiInjected = false
        /// A non-maskable interrupt waits.
        public var nmiPending = false
        /// Non-maskable interrupts are blocked until the next IRET.
        public var nmiMasked = false
        /// The instruction before was STI or loaded SS, so interrupts wait for one more instruction.
        public var interruptShadow = InterruptShadow()

        /// Nothing pending.
        public init() {}

        /// An exception with what it carries.
        public struct Exception: Hashable, Sendable {
            /// Vector, 0 to 31.
            public var vector: UInt8
            /// Error code, if the exception pushes one.
            public var errorCode: UInt32?
            /// Delivery has begun: the exception can no longer be changed into another.
            public var injected: Bool
            /// The CR2 or DR6 value that delivery stores, if it is not stored yet.
            public var payload: UInt64?

            /// Makes an exception of its parts.
            public init(vector: UInt8, errorCode: UInt32? = nil, injected: Bool = true, payload: UInt64? = nil) {
                self.vector = vector
                self.errorCode = errorCode
                self.injected = injected
                self.payload = payload
            }
        }

        /// An interrupt with what it carries.
        public struct Interrupt: Hashable, Sendable {
            /// Vector, 0 to 255.
            public var vector: UInt8
            /// Raised by an instruction (INT n), not by hardware.
            public var soft: Bool

            /// Makes an interrupt of its parts.
            public init(vector: UInt8, soft: Bool = false) {
                self.vector = vector
                self.soft = soft
            }
        }

        /// Why no interrupt is taken at the next instruction boundary.
        public struct InterruptShadow: OptionSet, Hashable, Sendable {
            /// Bit 0: by MOV SS or POP SS, bit 1: by STI.
            public var rawValue: UInt8

            /// Makes a shadow of its bits.
            public init(rawValue: UInt8) { self.rawValue = rawValue }

            /// The instruction before loaded SS.
            public static let loadedStackSegment = Self(rawValue: 1)
            /// The instruction before was STI.
            public static let enabledInterrupts = Self(rawValue: 2)
        }
    }

    /// What the processor is doing between two instructions.
    public enum Activity: UInt8, CaseIterable, Hashable, Sendable {
        /// Executes instructions.
        case running = 0
        /// Waits in HLT for an interrupt.
        case halted = 1
    }
}
