import TestBasics
import Testing
import X86

@testable import Devices

/// The console and the source of entropy.
extension VirtioTests {
    @Test func theConsoleSends() {
        var driver = VirtioDriver()
        var console = VirtioConsole()
        driver.start(&console.transport, queues: 2)
        for (index, byte) in "hello".utf8.enumerated() { driver.memory.bytes[0x8000 + index] = byte }
        driver.describe(0, address: 0x8000, count: 2, next: 1, queue: 1)
        driver.describe(1, address: 0x8002, count: 3, queue: 1)
        driver.offer(0, queue: 1)
        #expect(console.transmit(memory: &driver.memory) == Array("hello".utf8))
        #expect(driver.used(0, queue: 1) == [0, 0])
        #expect(console.transmit(memory: &driver.memory) == [])
    }

    @Test func theConsoleReceivesAsMuchAsThereIsRoomFor() {
        var driver = VirtioDriver()
        var console = VirtioConsole()
        driver.start(&console.transport, queues: 2)
        #expect(console.receive([1, 2, 3], memory: &driver.memory) == 0)
        driver.describe(0, address: 0x8000, count: 2, isWritable: true)
        driver.offer(0)
        #expect(console.receive([1, 2, 3], memory: &driver.memory) == 2)
        #expect(driver.memory.bytes[0x8000..<0x8003] == [1, 2, 0])
        #expect(driver.used(0) == [0, 2])
        driver.offer(0)
        #expect(console.receive([3], memory: &driver.memory) == 1)
        #expect(driver.used(1) == [0, 1])
    }

    @Test func theConsoleTakesNoGiantBuffer() {
        var driver = VirtioDriver()
        var console = VirtioConsole()
        driver.start(&console.transport, queues: 2)
        driver.describe(0, address: 0, count: 0x1_0001, queue: 1)
        driver.offer(0, queue: 1)
        #expect(console.transmit(memory: &driver.memory) == [])
        #expect(console.transport.status.contains(.needsReset))
    }

    @Test func entropyIsWhatItIsFed() {
        var driver = VirtioDriver()
        var entropy = VirtioEntropy()
        driver.start(&entropy.transport, queues: 1)
        driver.describe(0, address: 0x8000, count: 10, isWritable: true)
        driver.offer(0)
        var numbers = SeededGenerator(seed: 1)
        var same = SeededGenerator(seed: 1)
        entropy.service(numbers: &numbers, memory: &driver.memory)
        #expect(driver.used(0) == [0, 10])
        #expect(driver.memory.get(at: 0x8000, as: UInt64.self) == same.quadword())
        #expect(driver.memory.get(at: 0x8008, as: UInt64.self) == same.quadword() & 0xFFFF)
    }
}
