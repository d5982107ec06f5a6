import Devices
import Platform
import Testing
import X86

@Suite struct FirmwareConfigurationTests {
    private func read(_ device: inout FirmwareConfiguration, _ item: UInt16, _ count: Int) -> [UInt8] {
        var memory = TestMemory(byteCount: 0)
        device.write(.selector, .word, UInt32(item), memory: &memory)
        return (0..<count).map { _ in UInt8(device.read(.data, .byte)) }
    }

    @Test func firmwareFindsItsItems() {
        var device = FirmwareConfiguration(memorySize: 0x0800_0000)
        #expect(read(&device, 0x00, 5) == Array("QEMU".utf8) + [0])
        #expect(read(&device, 0x01, 4) == [3, 0, 0, 0])
        #expect(read(&device, 0x03, 8) == [0, 0, 0, 8, 0, 0, 0, 0])
        #expect(read(&device, 0x05, 2) == [1, 0])
        #expect(read(&device, 0x0F, 2) == [1, 0])
        #expect(read(&device, 0x7777, 2) == [0, 0])
    }

    @Test func filesAreInTheDirectory() {
        var device = FirmwareConfiguration(memorySize: 0)
        #expect(device.addFile("etc/one", [1, 2, 3]) == true)
        #expect(device.addFile("etc/two", [9]) == true)
        #expect(device.addFile("etc/one", [4, 5]) == true)
        let directory = read(&device, 0x19, 4 + 2 * 64)
        #expect(directory[0..<4] == [0, 0, 0, 2])
        #expect(directory[4..<12] == [0, 0, 0, 2, 0, 0x20, 0, 0])
        #expect(Array(directory[12..<20]) == Array("etc/one\0".utf8))
        #expect(directory[68..<76] == [0, 0, 0, 1, 0, 0x21, 0, 0])
        #expect(read(&device, 0x20, 3) == [4, 5, 0])
        #expect(read(&device, 0x21, 1) == [9])
    }

    @Test func namesHaveALimit() {
        var device = FirmwareConfiguration(memorySize: 0)
        #expect(device.addFile("", []) == false)
        #expect(device.addFile(String(repeating: "x", count: 56), []) == false)
        #expect(device.addFile(String(repeating: "x", count: 55), []) == true)
    }

    /// Puts a request at 0x100 and does it.
    private func request(
        _ device: inout FirmwareConfiguration,
        _ memory: inout TestMemory,
        control: UInt32,
        count: UInt32,
        to target: UInt64
    ) -> UInt32 {
        memory.put(control.byteSwapped, at: 0x100)
        memory.put(count.byteSwapped, at: 0x104)
        memory.put(target.byteSwapped, at: 0x108)
        device.write(.addressLow, .doubleword, UInt32(0x100).byteSwapped, memory: &memory)
        return memory.get(at: 0x100, as: UInt32.self).byteSwapped
    }

    @Test func anItemIsCopiedToMemory() {
        var device = FirmwareConfiguration(memorySize: 0)
        var memory = TestMemory()
        memory.put(UInt64.max, at: 0x2000)
        #expect(request(&device, &memory, control: 0x0000_000A, count: 6, to: 0x2000) == 0)
        #expect(memory.bytes[0x2000..<0x2008] == [0x51, 0x45, 0x4D, 0x55, 0, 0, 0xFF, 0xFF])
    }

    @Test func bytesCanBeSkipped() {
        var device = FirmwareConfiguration(memorySize: 0)
        var memory = TestMemory()
        #expect(request(&device, &memory, control: 0x0000_000C, count: 2, to: 0) == 0)
        #expect(request(&device, &memory, control: 0x0000_0002, count: 2, to: 0x2000) == 0)
        #expect(memory.bytes[0x2000..<0x2002] == [0x4D, 0x55])
    }

    @Test(
        arguments: [(0x0000_000A, 1, 0x2_0000), (0x0000_000A, 0xFFFF_FFFF, 0x2000), (0x0000_0018, 1, 0x2000)]
            as [(UInt32, UInt32, UInt64)]
    )
    func whatCannotBeDoneIsAnError(control: UInt32, count: UInt32, target: UInt64) {
        var device = FirmwareConfiguration(memorySize: 0)
        var memory = TestMemory()
        #expect(request(&device, &memory, control: control, count: count, to: target) == 1)
    }

    @Test func aRequestThatIsNowhereDoesNothing() {
        var device = FirmwareConfiguration(memorySize: 0)
        var memory = TestMemory()
        device.write(.addressHigh, .doubleword, UInt32.max, memory: &memory)
        device.write(.addressLow, .doubleword, UInt32.max, memory: &memory)
        #expect(memory.bytes.allSatisfy { $0 == 0 })
    }

    @Test func theAddressRegisterSaysThatThereIsDMA() {
        var device = FirmwareConfiguration(memorySize: 0)
        let bytes = [device.read(.addressHigh, .doubleword), device.read(.addressLow, .doubleword)]
            .flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        #expect(bytes == Array("QEMU CFG".utf8))
    }

    @Test func aRegisterIsReadInPartsAndWrittenWhole() {
        var device = FirmwareConfiguration(memorySize: 0)
        var memory = TestMemory()
        #expect(device.read(.addressHigh, .byte) == 0x51)
        #expect(device.read(.addressHigh, .word) == 0x4551)
        #expect(
            (0x512...0x51C as ClosedRange<UInt16>).compactMap { device.readAddressByte(at: $0) }
                == Array("QEMU CFG".utf8)
        )
        // Neither a byte nor four select an item, and more than a byte of one is not read at once.
        device.write(.selector, .byte, 1, memory: &memory)
        device.write(.selector, .doubleword, 1, memory: &memory)
        #expect(device.read(.data, .word) == 0)
        #expect(device.read(.data, .byte) == 0x51)
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        struct Bench {
            var device = FirmwareConfiguration(memorySize: 1 << 27)
            var memory = TestMemory(byteCount: 0x1000)
        }
        var bench = Bench()
        _ = bench.device.addFile("file", [UInt8](repeating: 7, count: 1000))
        hammer(
            &bench,
            seed: 0x510,
            count: 300_000,
            actions: [
                { bench, run in
                    let register = run.numbers.pick(FirmwareConfiguration.Register.allCases)
                    bench.device.write(register, .doubleword, run.numbers.doubleword(), memory: &bench.memory)
                },
                { bench, run in
                    bench.device.write(.selector, .word, UInt32(run.numbers.byte()), memory: &bench.memory)
                },
                { bench, run in
                    let place = UInt32(run.numbers.word() & 0xFFF).byteSwapped
                    bench.device.write(.addressLow, .doubleword, place, memory: &bench.memory)
                },
                { bench, run in
                    _ = bench.device.read(run.numbers.pick(FirmwareConfiguration.Register.allCases), .doubleword)
                },
                { $0.memory.put($1.numbers.quadword(), at: Int($1.numbers.quadword() & 0xFF8)) },
                {
                    $0.memory.put($1.numbers.quadword() & 0x0F03_0000_1F00_2000, at: Int($1.numbers.quadword() & 0xFF8))
                },
                { bench, _ in bench.device = FirmwareConfiguration(state: bench.device.state) },
            ]
        )
        var copy = FirmwareConfiguration(state: bench.device.state)
        #expect(copy.read(.data, .byte) == bench.device.read(.data, .byte))
        #expect(copy.state == bench.device.state)
    }
}
