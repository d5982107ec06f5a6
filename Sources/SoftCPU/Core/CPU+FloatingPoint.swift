extension CPU {
    /// What x87 instructions ask before anything else: whether the unit may be used, and whether an exception of an earlier
    /// one is pending (Intel SDM vol. 3, 2.5 and 6.15, "Interrupt 16").
    func requireX87() throws(Fault) {
        try requireX87WithoutWaiting()
        try waitForX87()
    }

    /// The same for those that do not wait: FNINIT, FNSTSW and their kin.
    func requireX87WithoutWaiting() throws(Fault) {
        guard state.cr0 & (CR0.emulation | CR0.taskSwitched) == 0 else { throw .deviceNotAvailable }
    }

    /// What MMX instructions ask: they are invalid where x87 is emulated.
    func requireMMX() throws(Fault) {
        guard state.cr0 & CR0.emulation == 0 else { throw .invalidOpcode }
        try requireX87()
    }

    /// Reports a pending exception of x87 by #MF, or where CR0.NE is clear by FERR#, at which the processor waits for an
    /// interrupt unless IGNNE# lets it go on (Intel SDM vol. 1, 8.7).
    func waitForX87() throws(Fault) {
        guard state.vector.statusWord & X87Status.summary != 0 else { return }
        guard state.cr0 & CR0.numericError == 0 else { throw .floatingPoint }
        guard !state.ignoresNumericErrors else { return }
        state.exit = PendingExit(kind: .numericError)
        throw .waiting
    }

    /// Forgets the last instruction where the processor knows it only while an exception is pending. Called behind everything that
    /// sets the instruction or ends an exception.
    @inline(__always)
    func settleX87Pointers() {
        guard has(.pointersOnlyWithErrors), state.vector.statusWord & X87Status.summary == 0 else { return }
        state.vector.lastOpcode = 0
        state.vector.lastIP = 0
        state.vector.lastData = 0
    }
}
