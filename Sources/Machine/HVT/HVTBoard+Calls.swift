internal import Devices
internal import Engine
internal import GuestMemory
internal import Platform
internal import X86

extension HVTBoard {
    /// The most bytes that a guest can leave at its end (`HVT_HALT_COOKIE_MAX`).
    static let cookieSize: UInt64 = 512

    /// Answers a call whose structure is at an address.
    mutating func answer(
        _ call: Hypercall,
        _ structure: GuestPhysicalAddress,
        now: MachineTime
    ) throws(HypercallFault) -> BoardSignal? {
        let arguments = try takeArguments(of: call, structure)
        switch arguments {
        case .walltime:
            try put(LittleEndianNumbers(wallClock(now)), call, structure)
        case .puts(let data, let length):
            let text = try take(.console, call, at: data, count: length, "data")
            return .text(text)
        case .poll(let timeout):
            guard let results = call.resultOffset else { return nil }
            let deadline = now.advanced(byNanoseconds: timeout)
            poll = Poll(results: structure + results, deadline: deadline)
            return .wait(until: deadline)
        case .blockWrite(let transfer):
            let status = try writeBlocks(transfer)
            try put(LittleEndianNumbers(status.rawValue), call, structure)
        case .blockRead(let transfer):
            let status = try readBlocks(transfer)
            try put(LittleEndianNumbers(transfer.length, status.rawValue), call, structure)
        case .netWrite(let transfer):
            let status = try sendPacket(transfer)
            try put(LittleEndianNumbers(status.rawValue), call, structure)
        case .netRead(let transfer):
            let (length, status) = try receivePacket(transfer, now: now)
            try put(LittleEndianNumbers(length, status.rawValue), call, structure)
        case .halt(let cookie, let status):
            if cookie != 0 { self.cookie = try take(.cookie, call, at: cookie, count: Self.cookieSize, "cookie") }
            return .exit(code: UInt32(bitPattern: status))
        }
        return nil
    }

    /// Checks the structure, and reads the arguments from it.
    private mutating func takeArguments(
        of call: Hypercall,
        _ structure: GuestPhysicalAddress
    ) throws(HypercallFault) -> HypercallArguments {
        let name = "the structure at \(structure)"
        guard memory.memory.isPresent(structure, count: UInt64(call.structureSize), for: .read) else {
            throw HypercallFault(call, name, "of \(call.structureSize) bytes is not in memory")
        }
        if let offset = call.resultOffset {
            let size = UInt64(call.structureSize - offset)
            guard memory.memory.isPresent(structure + offset, count: size, for: .write) else {
                throw HypercallFault(call, name, "can only be read, and takes the results")
            }
        }
        do {
            let size = UInt64(call.argumentSize)
            let bytes = try memory.take(.arguments, at: structure, count: size, port: call.port)
            return try HypercallArguments(of: call, bytes)
        } catch {
            throw HypercallFault(call, name, "cannot be read: \(error)")
        }
    }

    /// Reads what the guest sends out of the machine.
    mutating func take(
        _ kind: GuestOutput.Kind,
        _ call: Hypercall,
        at address: UInt64,
        count: UInt64,
        _ field: String
    ) throws(HypercallFault) -> [UInt8] {
        try check(call, at: address, count: count, field, for: .read)
        do {
            return try memory.take(kind, at: GuestPhysicalAddress(address), count: count, port: call.port)
        } catch {
            throw HypercallFault(call, "\(field) 0x\(String(address, radix: 16))", "\(error)")
        }
    }

    /// Checks that memory exists before it is accessed.
    func check(
        _ call: Hypercall,
        at address: UInt64,
        count: UInt64,
        _ field: String,
        for access: GuestMemory.Access
    ) throws(HypercallFault) {
        let name = "\(field) 0x\(String(address, radix: 16))"
        guard count <= Self.largestTransfer else {
            throw HypercallFault(call, name, "of \(count) bytes is more than \(Self.largestTransfer >> 20) MiB")
        }
        guard memory.memory.isPresent(GuestPhysicalAddress(address), count: count, for: .read) else {
            throw HypercallFault(call, name, "of \(count) bytes is not all in memory")
        }
        guard access == .read || memory.memory.isPresent(GuestPhysicalAddress(address), count: count, for: access)
        else {
            throw HypercallFault(call, name, "of \(count) bytes can only be read")
        }
    }

    /// Writes bytes to memory that ``check(_:at:count:_:for:)`` has checked.
    mutating func put(_ bytes: [UInt8], _ call: Hypercall, at address: UInt64, _ field: String) throws(HypercallFault) {
        do { try memory.put(bytes, at: GuestPhysicalAddress(address)) } catch {
            throw HypercallFault(call, "\(field) 0x\(String(address, radix: 16))", "\(error)")
        }
    }

    /// Writes a call's results into its structure.
    private mutating func put(
        _ results: LittleEndianNumbers,
        _ call: Hypercall,
        _ structure: GuestPhysicalAddress
    ) throws(HypercallFault) {
        guard let offset = call.resultOffset else { return }
        try put(results.bytes, call, at: (structure + offset).rawValue, "the structure at")
    }
}

extension GuestPhysicalAddress {
    static func + (address: Self, offset: Int) -> Self { Self(address.rawValue &+ UInt64(offset)) }
}
