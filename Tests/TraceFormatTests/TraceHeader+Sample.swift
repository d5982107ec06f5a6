import ByteCoding
import Platform
import TraceFormat
import X86

extension TraceHeader {
    /// A header with something in every field.
    static let sample = TraceHeader(
        creationTime: 1_790_000_000,
        recorder: "rr-vm 0.1",
        host: Host(processorModel: "Example CPU @ 3 GHz", kernelRelease: "6.1.0-18-amd64", module: "kvm_intel"),
        guest: Guest(
            name: "bios.bin",
            options: ["--memory", "128M"],
            imageSize: 262_144,
            imageDigest: Digest128(low: 1, high: 2)
        ),
        machine: Machine(
            board: "pc",
            memory: [
                MemoryRegion(address: GuestPhysicalAddress(0), size: 0xA0000),
                MemoryRegion(address: GuestPhysicalAddress(0xE0000), size: 0x20000, isReadOnly: true),
                MemoryRegion(address: GuestPhysicalAddress(0x100000), size: 0x700000),
            ]
        ),
        processor: Processor(
            profile: "base",
            cpuid: [
                CPUIDEntry(function: 0, eax: 0xD, ebx: 0x756E_6547, ecx: 0x6C65_746E, edx: 0x4965_6E69),
                CPUIDEntry(function: 4, index: 1, isIndexed: true, eax: 1, ebx: 2, ecx: 3, edx: 4),
            ],
            initialXCR0: 7
        ),
        recording: Recording(processor: ProcessorModel(vendor: "AuthenticAMD", signature: 0x00A2_0F10)),
        setup: Setup(
            boot: .firmware,
            clock: .virtual,
            clockDate: -1,
            drives: [
                Drive(name: "a,b.img", interface: .virtio, isWritable: true), Drive(name: "ünïcode"),
                Drive(name: "", isWritable: true),
            ]
        ),
        landing: .breakpoint,
        chaosSeed: 42,
        patches: [
            CodePatch(
                address: GuestPhysicalAddress(0x7C10),
                instruction: .rdtscp,
                original: [0x0F, 0x01, 0xF9],
                replacement: [0xE6, 0xF6, 0x90]
            )
        ],
        trapped: [.rdtsc, .rdtscp, .rdpid],
        trapPort: 0xF4,
        listsWrittenPages: true,
        notes: [Note(key: "why", value: "ünïcode")]
    )
}
