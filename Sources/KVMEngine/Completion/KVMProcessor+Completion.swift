internal import Engine
internal import GuestMemory
internal import KVMCore
internal import X86

extension KVMProcessor {
    /// Completes the instruction that this host's KVM could not execute, if that can be done exactly.
    ///
    /// This is neither an exit nor an event: a host that executes the instruction does not stop there, and a trace must
    /// mean the same on both.
    mutating func completeInstruction() throws(EngineError) -> Bool {
        let before = try state()
        guard let completion = InstructionCompletion(before: before, memory: memory, cpuid: cpuid) else { return false }
        let after = completion.state
        do {
            for write in completion.writes { try memory.write(write.bytes, at: write.address) }
        } catch {
            throw .memory(error)
        }
        do {
            var registers = try vcpu.registers()
            registers.general = after.general
            registers.rip = after.rip
            registers.rflags = after.rflags
            try vcpu.setRegisters(registers)
            if after.segments.cs != before.segments.cs {
                var special = try vcpu.specialRegisters()
                special.cs = KVMCore.Segment(after.segments.cs)
                special.interruptBitmap = SIMD4()
                try vcpu.setSpecialRegisters(special)
            }
            try vcpu.setEvents(VCPUEvents(after.pending))
        } catch {
            throw .kvm(error)
        }
        completed[completion.instruction, default: 0] += 1
        return true
    }
}
