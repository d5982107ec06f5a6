import CKVM

/// An 8259 in the kernel (`struct kvm_pic_state`).
public struct PICState: Hashable, Sendable {
    /// Lines as last seen, for edge detection.
    public var lastLines: UInt8 = 0
    /// IRR: requests.
    public var requests: UInt8 = 0
    /// IMR: mask.
    public var mask: UInt8 = 0
    /// ISR: in service.
    public var inService: UInt8 = 0
    /// The offset that is added to a line to give its priority.
    public var priorityOffset: UInt8 = 0
    /// The vector of line 0.
    public var vectorBase: UInt8 = 0
    /// The next read gives ISR instead of IRR.
    public var readsInService: UInt8 = 0
    /// The next read is a poll.
    public var poll: UInt8 = 0
    /// Special mask mode.
    public var specialMask: UInt8 = 0
    /// How many initialisation words have come.
    public var initializationStep: UInt8 = 0
    /// Ends an interrupt automatically.
    public var automaticEnd: UInt8 = 0
    /// Rotates priorities when it does so.
    public var rotatesOnAutomaticEnd: UInt8 = 0
    /// Special fully nested mode.
    public var speciallyNested: UInt8 = 0
    /// Initialisation has four words.
    public var initializationHasFourWords: UInt8 = 0
    /// ELCR: the lines that are level-triggered.
    public var levelTriggered: UInt8 = 0
    /// The lines that may be level-triggered.
    public var levelTriggeredMask: UInt8 = 0

    /// One of the two controllers.
    public enum Chip: UInt32, CaseIterable, Sendable {
        /// Lines 0 to 7.
        case primary = 0
        /// Lines 8 to 15.
        case secondary = 1
    }

    /// All fields zero.
    public init() {}

    init(_ state: kvm_pic_state) {
        (lastLines, requests, mask, inService) = (state.last_irr, state.irr, state.imr, state.isr)
        (priorityOffset, vectorBase) = (state.priority_add, state.irq_base)
        (readsInService, poll, specialMask) = (state.read_reg_select, state.poll, state.special_mask)
        (initializationStep, initializationHasFourWords) = (state.init_state, state.init4)
        (automaticEnd, rotatesOnAutomaticEnd) = (state.auto_eoi, state.rotate_on_auto_eoi)
        speciallyNested = state.special_fully_nested_mode
        (levelTriggered, levelTriggeredMask) = (state.elcr, state.elcr_mask)
    }

    var kernelValue: kvm_pic_state {
        kvm_pic_state(
            last_irr: lastLines,
            irr: requests,
            imr: mask,
            isr: inService,
            priority_add: priorityOffset,
            irq_base: vectorBase,
            read_reg_select: readsInService,
            poll: poll,
            special_mask: specialMask,
            init_state: initializationStep,
            auto_eoi: automaticEnd,
            rotate_on_auto_eoi: rotatesOnAutomaticEnd,
            special_fully_nested_mode: speciallyNested,
            init4: initializationHasFourWords,
            elcr: levelTriggered,
            elcr_mask: levelTriggeredMask
        )
    }
}
