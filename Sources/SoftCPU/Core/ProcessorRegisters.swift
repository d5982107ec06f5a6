internal import X86

/// All that the processor is, flat and at one place in memory: what handlers work on.
///
/// The first 256 bytes are what operations address by byte offsets; ``RegisterOffset`` names them, and a test holds both
/// together.
struct ProcessorRegisters {
    /// RAX to R15, by encoding.
    var general = InlineArray<16, UInt64>(repeating: 0)
    /// Always 0: the base or index of addresses that have none.
    var zero: UInt64 = 0
    /// Offset in the code segment of the block that executes.
    var blockIP: UInt64 = 0
    /// Linear address that a preceding operation has computed.
    var linear: UInt64 = 0
    /// A value that a preceding operation has loaded.
    var temporary: UInt64 = 0
    /// Flags are kept as what they follow from: see ``Flags``.
    var flagResult: UInt64 = 0
    var flagCarries: UInt64 = 0
    /// Instructions that may still be executed in this slice.
    var remaining: Int = 0
    /// Address of the translation buffer of the present privilege.
    var translations: UInt = 0
    /// Translations and code are the same as at another moment if this is: generation and mode.
    var stamp: UInt64 = 0
    /// Address of the table of recent indirect targets.
    var recentBlocks: UInt = 0
    /// What goes on where an access finds no translation.
    var missHandler: Handler
    /// What goes on where a branch knows no block.
    var dispatchHandler: Handler
    /// What is done where the manuals leave it open; never changes.
    var quirks: Quirks

    /// Offset in the code segment of the next instruction; valid between blocks.
    var ip: UInt64 = 0
    /// The flags that no arithmetic sets, in their places in RFLAGS.
    var otherFlags: UInt64 = 2
    /// ES, CS, SS, DS, FS, GS, by encoding; then TR and LDTR.
    var segments = InlineArray<8, ProcessorState.Segment>(repeating: ProcessorState.Segment())
    var gdt = ProcessorState.DescriptorTable()
    var idt = ProcessorState.DescriptorTable()
    var cr0: UInt64 = 0
    var cr2: UInt64 = 0
    var cr3: UInt64 = 0
    var cr4: UInt64 = 0
    var cr8: UInt64 = 0
    var efer: UInt64 = 0
    var apicBase: UInt64 = 0
    var xcr0: UInt64 = 0
    var pageDirectoryPointers = InlineArray<4, UInt64>(repeating: 0)
    /// DR0 to DR3, DR6 and DR7 by number.
    var debug = InlineArray<8, UInt64>(repeating: 0)
    /// Model-specific registers that are kept, in the order of ``ModelSpecificRegister``.
    var modelSpecific = InlineArray<48, UInt64>(repeating: 0)
    /// The current privilege level.
    var privilege: UInt8 = 0
    /// How code is decoded and addresses are formed now.
    var mode = CodeMode()
    /// The instruction before was STI (2) or a load of SS (1).
    var shadow: UInt8 = 0
    var isHalted = false
    var nmiMasked = false
    var nmiPending = false
    /// Somebody waits for the moment at which an interrupt can be taken.
    var wantsWindow = false
    /// IGNNE#: x87 instructions go on in spite of a pending exception where CR0.NE is clear.
    var ignoresNumericErrors = false
    /// Bit 20 of physical addresses is cleared.
    var masksAddressLine20 = false
    /// Which of ``modelSpecific`` the guest may use; the others are asked for outside.
    var keptRegisters: UInt64 = ~0

    /// Why the run was left: see ``LeaveReason``.
    var leaveReason = LeaveReason.none
    /// The exception to deliver.
    var fault = Fault()
    /// The exit to report.
    var exit = PendingExit()
    /// Answers that the instruction under way has been given; it is executed again from its start with each.
    var answers = InlineArray<80, UInt64>(repeating: 0)
    var answerCount = 0
    var answersUsed = 0
    /// The last answer is a general-protection fault.
    var isRefused = false
    /// An access that no translation covers, and the operations around it.
    var bounce: Bounce
    /// What is watched, and what has been noticed of it.
    var watching = Watching()
    /// Times anything in memory that blocks were made of has changed, for the block under way.
    var codeChanged = false
    /// Address of what is not flat: code arena, memory map, tables.
    var surroundings: UInt = 0
    /// x87, MMX and SSE registers.
    var vector = VectorRegisters()
    /// The general registers of ``Surroundings/sought``.
    var sought = InlineArray<16, UInt64>(repeating: 0)
    /// The number of the general register that differed from these when they were compared last.
    var lastDifference = 0
}

/// Byte offsets in ``ProcessorRegisters`` that operations use.
struct RegisterOffset {
    /// The general register with a number, in all its sizes.
    static func general(_ number: Int) -> UInt8 { UInt8(number * 8) }
    /// AH, CH, DH or BH, by number 0 to 3.
    static func high(_ number: Int) -> UInt8 { UInt8(number * 8 + 1) }
    static let zero: UInt8 = 128
    static let blockIP: UInt8 = 136
    static let linear: UInt8 = 144
    static let temporary: UInt8 = 152
}

/// Why handlers returned to the loop around them.
enum LeaveReason: UInt8 {
    /// Look at what is asked for, and go on at ``ProcessorRegisters/ip``.
    case none
    /// The slice of instructions is used up, or the block is longer than what is left.
    case slice
    /// ``ProcessorRegisters/fault`` is to be delivered.
    case fault
    /// ``ProcessorRegisters/exit`` is to be reported.
    case exit
}
