import Engine
import X86

/// Images that go into memory as they are and start at their first byte.
enum FlatLoader {
    static func load(
        _ bytes: [UInt8],
        _ options: BootOptions,
        _ map: MemoryMap,
        signature: UInt32
    ) throws(MachineError) -> BootImage {
        var plan = MemoryPlan(map)
        switch options.mode {
        case .real:
            let address = options.address ?? 0x7C00
            guard let entry = UInt16(exactly: address) else {
                throw .misusedOption(
                    "--at",
                    "real-mode code must begin below 64 KiB; give another --mode for 0x\(String(address, radix: 16))"
                )
            }
            try put(bytes, at: address, &plan, elsewhere: "--mode protected or long")
            return BootImage(contents: plan.contents, state: .realMode(entry: entry, signature: signature))
        case .protected:
            let address = options.address ?? PhysicalLayout.oneMiB
            guard let entry = UInt32(exactly: address) else {
                throw .misusedOption("--at", "32-bit code must begin below 4 GiB")
            }
            try put(bytes, at: address, &plan, elsewhere: "--at 0x100000")
            var state = ProcessorState.protectedMode(entry: entry)
            state[.rsp] = address
            return BootImage(contents: plan.contents, state: state)
        case .long:
            let address = options.address ?? PhysicalLayout.oneMiB
            try put(bytes, at: address, &plan, elsewhere: "--at 0x100000")
            guard address < PhysicalLayout.fourGiB else {
                throw .misusedOption("--at", "flat 64-bit code must begin below 4 GiB, where its page tables end")
            }
            var state = ProcessorState.longMode(entry: address, tables: try LongModeTables(in: &plan))
            state[.rsp] = address
            return BootImage(contents: plan.contents, state: state)
        }
    }

    /// - Parameter elsewhere: the option that puts the image at 1 MiB.
    private static func put(
        _ bytes: [UInt8],
        at address: UInt64,
        _ plan: inout MemoryPlan,
        elsewhere: String
    ) throws(MachineError) {
        let size = UInt64(bytes.count)
        guard plan.isFree(address, size: size) else {
            throw .guestTooLarge(
                bytes: bytes.count,
                address: address,
                free: plan.map.freeRun(at: address),
                remedy: plan.isFree(PhysicalLayout.oneMiB, size: size)
                    ? "there is room for it at 1 MiB: give \(elsewhere)" : "give it more memory with --memory"
            )
        }
        let code = [CodeRange(bytes.indices, .searched)]
        try plan.put(bytes, size: UInt64(bytes.count), at: address, code: code, what: "flat image")
    }
}
