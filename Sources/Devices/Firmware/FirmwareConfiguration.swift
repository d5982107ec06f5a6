internal import ByteCoding
public import Platform
public import X86

/// QEMU's firmware configuration device: items that firmware and kernels read, by number or by name, through two ports
/// or by DMA (QEMU, docs/specs/fw_cfg).
public struct FirmwareConfiguration: Sendable {
    /// The device's ports.
    public typealias Register = FirmwareConfigurationPort

    /// Items that have fixed numbers.
    public enum Item: UInt16, Sendable {
        /// `QEMU`.
        case signature = 0x0000
        /// The available interfaces.
        case identifier = 0x0001
        /// The size of memory in bytes, 64 bits.
        case memorySize = 0x0003
        /// 16 bits.
        case processorCount = 0x0005
        /// Whether to show a menu of boot devices, 16 bits.
        case bootMenu = 0x000E
        /// 16 bits.
        case maximumProcessorCount = 0x000F
        /// The files' names, sizes and numbers.
        case fileDirectory = 0x0019
    }

    /// Everything that the device remembers.
    public struct State: Hashable, Sendable {
        var items: [UInt16: [UInt8]] = [:]
        var files: [File] = []
        var selected: UInt16 = 0
        var offset = 0
        var addressHigh: UInt32 = 0
    }

    /// An item with a name.
    struct File: Hashable, Sendable {
        let name: String
        let number: UInt16
        let byteCount: Int
    }

    /// The first number of a file.
    private static let firstFile: UInt16 = 0x0020
    /// The most files.
    private static let maximumFileCount = 0x1000
    private static let maximumNameLength = 55
    /// Bits of the identifier: the ports, and DMA.
    private static let interfaces: UInt32 = 0b11

    /// What the device remembers.
    public internal(set) var state: State

    /// A device with the items that firmware expects, and no files.
    public init(memorySize: UInt64, processorCount: UInt16 = 1) {
        state = State()
        state.items[Item.signature.rawValue] = Array("QEMU".utf8)
        state.items[Item.identifier.rawValue] = LittleEndian.bytes(of: Self.interfaces)
        state.items[Item.memorySize.rawValue] = LittleEndian.bytes(of: memorySize)
        state.items[Item.processorCount.rawValue] = LittleEndian.bytes(of: processorCount)
        state.items[Item.maximumProcessorCount.rawValue] = LittleEndian.bytes(of: processorCount)
        state.items[Item.bootMenu.rawValue] = [0, 0]
        describeFiles()
    }

    /// A device as it was.
    public init(state: State) { self.state = state }

    /// Adds a file, such as `etc/e820` or `bootorder`, or replaces the one of that name. False if the name is empty or
    /// longer than 55 bytes of UTF-8, or there are 4096 files.
    public mutating func addFile(_ name: String, _ contents: [UInt8]) -> Bool {
        guard 1...Self.maximumNameLength ~= name.utf8.count else { return false }
        let index = state.files.firstIndex { $0.name == name } ?? state.files.count
        guard index < Self.maximumFileCount else { return false }
        let file = File(name: name, number: Self.firstFile + UInt16(index), byteCount: contents.count)
        if index < state.files.count { state.files[index] = file } else { state.files.append(file) }
        state.items[file.number] = contents
        describeFiles()
        return true
    }

    /// The directory's numbers are big-endian.
    private mutating func describeFiles() {
        var directory: [UInt8] = UInt32(state.files.count).bigEndianBytes
        for file in state.files {
            let name = Array(file.name.utf8)
            directory +=
                UInt32(truncatingIfNeeded: file.byteCount).bigEndianBytes + file.number.bigEndianBytes + [0, 0]
            directory += name + [UInt8](repeating: 0, count: Self.maximumNameLength + 1 - name.count)
        }
        state.items[Item.fileDirectory.rawValue] = directory
    }

    var selectedItem: [UInt8] { state.items[state.selected] ?? [] }

    mutating func select(_ number: UInt16) {
        state.selected = number
        state.offset = 0
    }

    /// Reads a port. The data port, and the selector's too, give one byte, and zeros after the item's last byte. A
    /// wider read gives zeros and does not advance.
    public mutating func read(_ register: Register, _ size: AccessSize) -> UInt32 {
        switch register {
        case .selector, .data:
            guard size == .byte else { return 0 }
            let item = selectedItem
            guard state.offset < item.count else { return 0 }
            defer { state.offset += 1 }
            return UInt32(item[state.offset])
        // A read of the DMA address gives "QEMU CFG", which announces DMA.
        case .addressHigh: return UInt32(0x5145_4D55).byteSwapped & UInt32(truncatingIfNeeded: size.mask)
        case .addressLow: return UInt32(0x2043_4647).byteSwapped & UInt32(truncatingIfNeeded: size.mask)
        }
    }

    /// Reads a byte of the DMA address at a port in the middle of it; nil for any other port.
    public mutating func readAddressByte(at port: UInt16) -> UInt8? {
        guard let register = [Register.addressHigh, .addressLow].last(where: { $0.rawValue <= port }),
            port - register.rawValue < 4
        else { return nil }
        return UInt8(truncatingIfNeeded: read(register, .doubleword) >> UInt32(8 * (port - register.rawValue)))
    }

    /// Writes a port. Writing the low half of the address carries out a DMA request at once. Writes of another width
    /// than the port's own do nothing.
    public mutating func write(
        _ register: Register,
        _ size: AccessSize,
        _ value: UInt32,
        memory: inout some GuestMemoryAccess
    ) {
        guard size == register.writeSize else { return }
        switch register {
        case .selector: select(UInt16(truncatingIfNeeded: value))
        case .data: break
        case .addressHigh: state.addressHigh = value.byteSwapped
        case .addressLow:
            let address = UInt64(state.addressHigh) << 32 | UInt64(value.byteSwapped)
            state.addressHigh = 0
            perform(at: GuestPhysicalAddress(address), &memory)
        }
    }
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] { LittleEndian.bytes(of: byteSwapped) }
}

extension FirmwareConfigurationPort {
    /// The width of the writes that it accepts.
    fileprivate var writeSize: AccessSize {
        switch self {
        case .selector: .word
        case .data: .byte
        case .addressHigh, .addressLow: .doubleword
        }
    }
}
