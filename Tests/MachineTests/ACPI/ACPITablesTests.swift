import Devices
import Engine
import GuestMemory
import Testing
import X86

@testable import Machine

/// The tables as a guest finds them: from the root pointer on.
@Suite struct ACPITablesTests {
    private static func memory() throws -> GuestMemory {
        let memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 1 << 20)])
        for content in ACPITables().contents { try memory.write(content.bytes, at: content.address) }
        return memory
    }

    private static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The table at an address: as many bytes as it says.
    private static func table(_ address: UInt64, _ memory: GuestMemory) throws -> [UInt8] {
        let size = number(try memory.read(at: GuestPhysicalAddress(address + 4), count: 4))
        return try memory.read(at: GuestPhysicalAddress(address), count: Int(size))
    }

    private static func name(_ table: [UInt8]) -> String { String(decoding: table.prefix(4), as: UTF8.self) }

    /// Every table that can be come to, by name.
    private static func tables() throws -> [String: [UInt8]] {
        let memory = try memory()
        let pointer = try memory.read(at: GuestPhysicalAddress(ACPITables.pointerAddress), count: 36)
        let root = try table(number(pointer[24..<32]), memory)
        let first = try table(number(pointer[16..<20]), memory)
        let listed = stride(from: 36, to: root.count, by: 8).map { number(root[$0..<$0 + 8]) }
        var tables = [name(root): root, name(first): first]
        for address in listed {
            let table = try table(address, memory)
            tables[name(table)] = table
        }
        let fixed = try #require(tables["FACP"])
        for offset in [132, 140] {
            let table = try table(number(fixed[offset..<offset + 8]), memory)
            tables[name(table)] = table
        }
        return tables
    }

    @Test func theRootPointerIsWhereFirmwareHasItAndItsChecksumsAreRight() throws {
        let pointer = try Self.memory().read(at: GuestPhysicalAddress(0xF_0000), count: 36)
        #expect(String(decoding: pointer.prefix(8), as: UTF8.self) == "RSD PTR ")
        #expect(pointer.prefix(20).reduce(0, &+) == 0)
        #expect(pointer.reduce(0, &+) == 0)
        #expect(ACPITables().firstPointer == Array(pointer.prefix(20)))
    }

    @Test func everyTableIsThereAndEveryChecksumIsRight() throws {
        let tables = try Self.tables()
        #expect(tables.keys.sorted() == ["APIC", "DSDT", "FACP", "FACS", "RSDT", "XSDT"])
        for (name, table) in tables where name != "FACS" { #expect(table.reduce(0, &+) == 0, "\(name)") }
    }

    @Test func bothRootsListTheSameTables() throws {
        let tables = try Self.tables()
        let (first, root) = (try #require(tables["RSDT"]), try #require(tables["XSDT"]))
        let narrow = stride(from: 36, to: first.count, by: 4).map { Self.number(first[$0..<$0 + 4]) }
        let wide = stride(from: 36, to: root.count, by: 8).map { Self.number(root[$0..<$0 + 8]) }
        #expect(narrow == wide)
    }

    @Test func allOfItLiesInReservedMemoryWithoutOverlap() {
        let contents = ACPITables().contents
        let ranges = contents.map { $0.address.rawValue..<$0.address.rawValue + UInt64($0.bytes.count) }
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        let reserved = MemoryMap(memorySize: 64 << 20).entries.filter { $0.kind == .reserved }
        #expect(
            ranges.allSatisfy { range in
                reserved.contains { range.lowerBound >= $0.start && range.upperBound <= $0.end }
            }
        )
    }

    @Test func theFixedTableNamesTheRegistersOfTheBoard() throws {
        let table = try #require(try Self.tables()["FACP"])
        #expect(table.count == 244)
        #expect(Self.number(table[46..<48]) == 9)  // SCI_INT
        #expect(Self.number(table[48..<52]) == 0xB2)  // SMI_CMD
        #expect(Array(table[52..<54]) == [0xF1, 0xF0])
        #expect([56, 64, 76].map { Self.number(table[$0..<$0 + 4]) } == [0x600, 0x604, 0x608])
        #expect(Array(table[88..<92]) == [4, 2, 0, 4])
        #expect([148, 172, 208].map { Self.number(table[$0 + 4..<$0 + 12]) } == [0x600, 0x604, 0x608])
        #expect([148, 172, 208].map { table[$0] } == [1, 1, 1])
        #expect(Self.number(table[120..<128]) == 0xCF9)
    }

    @Test func theInterruptTableNamesTheControllersAndTheTimersPin() throws {
        let table = try #require(try Self.tables()["APIC"])
        #expect(Self.number(table[36..<40]) == 0xFEE0_0000)
        var entries: [[UInt8]] = []
        var offset = 44
        while offset < table.count {
            entries.append(Array(table[offset..<offset + Int(table[offset + 1])]))
            offset += Int(table[offset + 1])
        }
        #expect(offset == table.count)
        #expect(
            entries == [
                [0, 8, 0, 0, 1, 0, 0, 0], [1, 12, 1, 0, 0, 0, 0xC0, 0xFE, 0, 0, 0, 0],
                [2, 10, 0, 0, 2, 0, 0, 0, 0, 0], [2, 10, 0, 9, 9, 0, 0, 0, 0x0D, 0], [4, 6, 0xFF, 0, 0, 1],
            ]
        )
    }

    @Test func switchingOffIsTypeZero() throws {
        let table = try #require(try Self.tables()["DSDT"])
        // Name (\_S5, Package () {0, 0, 0, 0})
        #expect(table.suffix(13) == [0x08, 0x5C] + Array("_S5_".utf8) + [0x12, 0x06, 4, 0, 0, 0, 0])
    }

    /// Behind firmware, the routes of the table are those of the bridge.
    @Test func everyDevicesPinIsRoutedAsTheBridgeDoesIt() throws {
        let table = try #require(try Self.tables()["DSDT"])
        var bus = PCIBus(ide: .init(drives: []), disks: [])
        bus.setUp()
        for device: UInt8 in 1..<32 {
            for pin: UInt8 in 0..<4 {
                let line = UInt32(try #require(bus.isaBridge.interruptLine(device: device, pin: pin + 1)))
                let route = AML.package([UInt32(device) << 16 | 0xFFFF, UInt32(pin), 0, line].map { AML.integer($0) })
                let isListed = table.indices.dropLast(route.count - 1).contains { table[$0...].starts(with: route) }
                #expect(isListed, "device \(device), pin \(pin)")
            }
        }
    }

    @Test(arguments: [(0, 1), (62, 1), (63, 2), (4093, 2), (4094, 3)])
    func lengthsCountThemselves(count: Int, size: Int) {
        let scope = AML.scope("", [UInt8](repeating: 0xA3, count: count))
        #expect(scope.count == 1 + size + count)
        let lead = Int(scope[1])
        let length = size == 1 ? lead : lead & 0xF | Int(Self.number(scope[2..<1 + size])) << 4
        #expect(lead >> 6 == size - 1)
        #expect(length == size + count)
    }
}
