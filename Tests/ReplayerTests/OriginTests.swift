import EndToEnd
import Engine
import Engines
import GuestImages
import Recorder
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Where values came from: bugs that were planted in guests, and each kind of end. No test of software's recordings needs KVM.
@Suite struct OriginTests {
    /// Where the guests with bugs leave their result.
    private static let answer = GuestPhysicalAddress(0x600)

    // MARK: Planted bugs

    @Test(arguments: [EngineChoice.soft]) func digitOutOfTheWrongSlotIsNamed(engine: EngineChoice) async throws {
        let reader = try await Self.reader("wrong-slot", on: engine)
        let digits = try reader.recorded { $0.event.port?.rawValue == 0x3F8 && $0.event.kind == .portRead }

        let origin = try Self.origin(of: Self.answer, in: reader)

        // The second digit, 7, and not the third, which the guest means to take.
        #expect(origin.inputs == [digits[1].ordinal])
        #expect(origin.ends == [.input])
        #expect(origin.steps.count > 4)
        #expect(origin.steps.contains { $0.isInstruction("stosb") || $0.isInstruction("mov [di") })
    }

    @Test(.needsKVM) func digitIsNamedInARecordingOfKVMToo() async throws {
        try await digitOutOfTheWrongSlotIsNamed(engine: .kvm)
    }

    @Test func byteOfTheWrongSectorIsNamedThroughItsTable() async throws {
        let reader = try await Self.reader("wrong-sector", on: .soft)
        let second = GuestPhysicalAddress(0x2_2007)
        let writes = try reader.recorded { $0.event.writes(to: second) }

        let plain = try Self.origin(of: Self.answer, in: reader)
        let origin = try Self.origin(of: Self.answer, in: reader, followingAddresses: true)

        // The data alone leads to the table in the image; what selected its entry leads to the disk.
        #expect(plain.inputs.isEmpty)
        #expect(plain.ends == [.initial])
        #expect(origin.inputs == [try #require(writes.last).ordinal])
        #expect(origin.steps.contains { $0.isInstruction("rep movsb") })
    }

    @Test func byteThatAHandlerPutIntoASavedRegisterIsNamed() async throws {
        let reader = try await Self.reader("wrong-register", on: .soft)
        let reads = try reader.recorded { $0.event.port?.rawValue == 0x3FF && $0.event.kind == .portRead }

        let high = try Self.origin(of: Self.answer, in: reader)
        let low = try Self.origin(of: GuestPhysicalAddress(Self.answer.rawValue + 1), in: reader)

        #expect(high.inputs == [try #require(reads.first).ordinal])
        #expect(high.steps.contains { $0.isInstruction("pop ax") })
        #expect(low.inputs.isEmpty)
        #expect(low.ends == [.constant])
        #expect(try #require(low.steps.last).isInstruction("mov ax, 0x1122"))
    }

    /// The handler of ticks adds one to a word of memory, four times.
    @Test func counterInMemoryIsFollowedThroughItsIncrements() async throws {
        let reader = try await Self.reader("racy", on: .soft)

        let origin = try Self.origin(of: GuestPhysicalAddress(0x7CE9), in: reader)

        #expect(origin.steps.count { $0.isInstruction("inc") } == 4)
        #expect(origin.steps.count == 5)
        #expect(origin.ends == [.initial])
    }

    // MARK: Ends

    @Test(arguments: [("hello", Event.Kind.portRead), ("mmio", .memoryRead), ("tsc-hash", .hiddenRead)])
    func inputIsItsEvent(_ guest: String, _ kind: Event.Kind) async throws {
        let reader = try await Self.reader(guest, on: .soft)
        let event = try #require(try reader.recorded { $0.event.kind == kind }.first).ordinal

        let origin = try Self.origin(of: "al", in: reader, at: Moment(event: event))

        #expect(origin.inputs == [event])
        #expect(origin.steps.count == 1)
    }

    @Test(.needsKVM) func hiddenReadOfPatchedCodeIsItsEvent() async throws {
        let reader = try await Self.reader("tsc-hash", on: .kvm)
        let event = try #require(try reader.recorded { $0.event.kind == .hiddenRead }.first).ordinal

        #expect(try Self.origin(of: "eax", in: reader, at: Moment(event: event)).inputs == [event])
    }

    @Test func frameOfAnInterruptIsItsDelivery() async throws {
        let reader = try await Self.reader("wrong-register", on: .soft)
        let interrupt = try #require(try reader.recorded { $0.event.kind == .interrupt }.first).ordinal
        let handler = Moment(event: interrupt, instructions: 1)

        // Real mode: IP, CS and flags below the guest's stack.
        for (address, word) in [(0x7BFA, "rip"), (0x7BFC, "cs"), (0x7BFE, "rflags")] {
            let origin = try Self.origin(of: GuestPhysicalAddress(UInt64(address)), in: reader, at: handler)

            #expect(origin.ends == [.frame(word)])
            let cause = try #require(origin.steps.first).cause
            guard case .delivery(let event) = cause else {
                Issue.record("\(cause)")
                continue
            }
            #expect(event.ordinal == interrupt)
        }
    }

    @Test func whatTheImageHasIsInitial() async throws {
        let reader = try await Self.reader("hello", on: .soft)

        let origin = try Self.origin(of: GuestPhysicalAddress(0x7C00), in: reader)

        #expect(origin.ends == [.initial])
        #expect(origin.steps.count == 1)
    }

    @Test func resetEndsTheWay() async throws {
        let reader = try await Self.reader("reboot", on: .soft)
        let reset = try #require(try reader.recorded { $0.event.isReset }.last).ordinal

        let register = try Self.origin(of: "rdx", in: reader, at: Moment(event: reset))
        let memory = try Self.origin(of: GuestPhysicalAddress(0x7C00), in: reader)

        for origin in [register, memory] {
            #expect(origin.ends == [.initial])
            let cause = try #require(origin.steps.last).cause
            guard case .reset = cause else {
                Issue.record("\(cause)")
                continue
            }
        }
    }

    @Test func limitsSayWhereTheyCut() async throws {
        let reader = try await Self.reader("wrong-slot", on: .soft)
        let limits = OriginLimits(depth: 2, steps: 100, followsSelectors: false)

        let shallow = try Self.origin(of: Self.answer, in: reader, limits: limits)
        let short = try Self.origin(
            of: Self.answer,
            in: reader,
            limits: OriginLimits(depth: 100, steps: 1, followsSelectors: false)
        )

        try #require(shallow.steps.count == 2)
        #expect(shallow.steps[1].isCut)
        #expect(short.ends == [.listFull])
    }

    @Test(arguments: ["al", "ah", "ax", "eax", "rax", "r8b", "r8d", "xmm15", "cf", "rflags", "sil"])
    func registersHaveTheirNames(_ name: String) {
        #expect(OriginTarget(register: name) != nil)
        #expect(!OriginTarget.isUnfollowed(register: name))
    }

    @Test(arguments: ["cr3", "cs", "rip"]) func someRegistersAreNotFollowed(_ name: String) {
        #expect(OriginTarget(register: name) == nil)
        #expect(OriginTarget.isUnfollowed(register: name))
    }

    // MARK: Helpers

    private static func reader(_ name: String, on engine: EngineChoice) async throws -> TraceReader {
        let guest = try #require(TestGuest.includedInSoftware.first { "\($0)" == name })
        var reader = try await RecordingStore.shared.recording(of: guest, on: engine).reader
        reader.allowsOtherCPUID = true
        return reader
    }

    private static func origin(
        of address: GuestPhysicalAddress,
        in reader: TraceReader,
        at moment: Moment? = nil,
        followingAddresses: Bool = false,
        limits: OriginLimits? = nil
    ) throws -> Origin {
        var all = limits ?? OriginLimits()
        if followingAddresses { all.followsSelectors = true }
        let target = OriginTarget(WatchedMemory(physical: address, count: 1), linear: nil)
        return try EngineChoice.soft.perform(Search(reader: reader, target: target, moment: moment, limits: all))
    }

    private static func origin(of register: String, in reader: TraceReader, at moment: Moment) throws -> Origin {
        let target = try #require(OriginTarget(register: register))
        return try EngineChoice.soft.perform(
            Search(reader: reader, target: target, moment: moment, limits: OriginLimits())
        )
    }
}

private struct Search: EngineTask {
    let reader: TraceReader
    let target: OriginTarget
    let moment: Moment?
    let limits: OriginLimits

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> Origin {
        var debugger = Debugger(try Timeline<P>(reader))
        try debugger.go(to: moment ?? MomentName("end").moment(in: reader))
        var search = try OriginSearch(debugger, CodeListing(reader), limits: limits)
        return try search.origin(of: target)
    }
}

extension Origin {
    /// The events with the inputs that it leads to.
    fileprivate var inputs: [EventOrdinal] { steps.flatMap(\.events).map(\.ordinal) }

    /// The ends to which it leads, each once, but constants only if there is nothing else.
    fileprivate var ends: Set<OriginStep.End> {
        let all = Set(steps.flatMap(\.ends))
        let others = all.subtracting([.constant, .zeroed])
        return others.isEmpty ? all : others
    }
}

extension OriginStep {
    fileprivate func isInstruction(_ text: String) -> Bool {
        guard case .instruction(let line?) = cause else { return false }
        return line.instruction.text.hasPrefix(text)
    }
}

extension TraceReader {
    fileprivate func recorded(where isWanted: (RecordedEvent) -> Bool) throws -> [RecordedEvent] {
        var found: [RecordedEvent] = []
        var cursor = events()
        while let recorded = try cursor.next() { if isWanted(recorded) { found.append(recorded) } }
        return found
    }
}

extension Event {
    fileprivate var port: Port? {
        switch self {
        case .portRead(let access), .portWrite(let access): access.port
        default: nil
        }
    }

    fileprivate func writes(to place: GuestPhysicalAddress) -> Bool {
        guard case .deviceWrite(let address, let bytes) = self else { return false }
        return place.rawValue &- address.rawValue < UInt64(bytes.count)
    }

    fileprivate var isReset: Bool { if case .keyframe(_, .reset) = self { true } else { false } }
}
