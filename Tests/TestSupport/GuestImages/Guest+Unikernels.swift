import Foundation

extension Guest {
    /// What a unikernel in `Guests/hvt` is run with.
    public struct Unikernel: Sendable, Hashable {
        /// The command line.
        public var arguments = ""
        /// The name of its only block device; nil for a guest without.
        public var blockDevice: String?
        /// The bytes of the block device.
        public var blockDeviceSize = 0
        /// The name of its only network interface; nil for a guest without.
        public var interface: String?
        /// What a peer sends it, packet by packet.
        public var packets: [[UInt8]] = []

        /// The content of the block device: different in every block.
        public var blockDeviceContent: [UInt8] {
            (0..<blockDeviceSize).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 12) }
        }
    }

    /// The unikernels, in the order of this list.
    static let unikernels: [Guest] = [
        unikernel(
            "hello",
            "prints the arguments of a unikernel",
            console: "hello from a unikernel: one two three\n",
            Unikernel(arguments: "one two three")
        ),
        unikernel("exit-codes", "ends with a status of its own", outcome: .exit(code: 42), console: ""),
        unikernel("abort", "aborts and leaves a cookie", outcome: .exit(code: 255), console: "aborting\n"),
        unikernel(
            "globals",
            "uses data, constants and thread-local storage",
            console: "7 0 11 13 0\n8 1 14 1\n"
        ),
        unikernel(
            "write-constant",
            "writes to read-only data",
            outcome: .fault("which can only be read"),
            console: "writing to a constant\n"
        ),
        unikernel("write-zero", "writes to page 0", outcome: .shutdown, console: "writing to page 0\n"),
        unikernel(
            "bad-pointer",
            "shows text past the end of memory",
            outcome: .fault("puts: data"),
            console: ""
        ),
        unikernel(
            "block",
            "reads, writes and verifies 4 MiB of a block device",
            console: "1024 blocks: be1a807202b40400\n",
            Unikernel(blockDevice: "storage", blockDeviceSize: 4 << 20)
        ),
        unikernel("time", "prints the date and its time-stamp counter", readsHiddenState: true),
        unikernel(
            "poll",
            "waits for packets that do not come",
            console: "4 times nothing\n",
            readsHiddenState: true,
            Unikernel(interface: "wire")
        ),
        unikernel(
            "echo",
            "sends packets back to who sent them",
            console: "5 packets, 2114 bytes\n",
            Unikernel(interface: "wire", packets: packets)
        ),
        unikernel("allocator", "builds trees in memory of its own allocator", console: "trees: 51dfcf96ca36d7d4\n"),
    ]

    /// What guests that send packets back are sent: packets of several sizes, the last of which ends the guest.
    static let packets: [[UInt8]] = [60, 61, 64, 415, 1514].enumerated().map { number, size in
        let header: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xB5]
        let content = (0..<size - header.count).map { UInt8(truncatingIfNeeded: $0 * 7 + number) }
        let first = UInt8(ascii: number == 4 ? "q" : "a")
        return header + [first] + content.dropFirst()
    }

    private static func unikernel(
        _ name: String,
        _ purpose: String,
        outcome: Outcome = .exit(code: 0),
        console: String? = nil,
        readsHiddenState: Bool = false,
        _ unikernel: Unikernel = Unikernel()
    ) -> Guest {
        guard let image = UnikernelImages.all[name].flatMap({ Data(base64Encoded: $0) }) else {
            preconditionFailure("the build has made no unikernel \(name)")
        }
        return Guest(
            name: "hvt-" + name,
            purpose: purpose,
            image: [UInt8](image),
            loadAddress: 0,
            boot: .saysHow,
            outcome: outcome,
            console: console,
            screen: nil,
            input: nil,
            prompt: nil,
            append: nil,
            initialRAMDisk: nil,
            module: nil,
            drive: nil,
            packets: nil,
            spinsUntilInterrupted: false,
            isTicked: false,
            readsHiddenState: readsHiddenState,
            mayLoseRace: false,
            hasExperiments: false,
            need: nil,
            unikernel: unikernel
        )
    }
}
