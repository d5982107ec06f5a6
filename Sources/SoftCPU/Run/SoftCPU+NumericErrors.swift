extension SoftCPU {
    /// FERR#: an x87 exception that is not masked is pending, and CR0.NE leaves it to a board to interrupt.
    public var signalsNumericError: Bool {
        cpu.state.vector.statusWord & X87Status.summary != 0 && cpu.state.cr0 & CR0.numericError == 0
    }

    /// IGNNE#: instructions go on in spite of ``signalsNumericError``, which a board lets them do from a write to its port F0h
    /// on until FERR# is no longer asserted.
    public var ignoresNumericErrors: Bool {
        get { cpu.state.ignoresNumericErrors }
        set { cpu.state.ignoresNumericErrors = newValue }
    }
}
