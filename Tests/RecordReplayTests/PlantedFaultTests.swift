import ByteCoding
import EndToEnd
import Engine
import GuestImages
import GuestMemory
import Replayer
import SystemPackage
import Testing
import TraceFormat
import X86

/// Traces that are whole and consistent, but for one thing that no run of their guest would do.
@Suite(.needsKVM) struct PlantedFaultTests {
    @Test func copyWithoutChangesReplaysAsTheRecording() async throws {
        let replay = try await replay("hello") { _ in }

        #expect(try replay.result.get().outcome == .exited(code: 0))
    }

    @Test func changedInputIsFoundAtTheFirstEventThatDependsOnIt() async throws {
        // The guest asks whether the transmitter is free, is told that it is not, and asks again instead of sending.
        let question = EventOrdinal(5)

        let replay = try await replay("hello") { changes in
            changes.events = { $0.change(question) { $0.portRead(value: 0) } }
        }

        #expect(replay.firstDifference == EventOrdinal(6))
    }

    @Test func changedInputThatIsPrintedLaterIsFoundWhereItIsPrinted() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("pci-scan")))
        let data = Port(0xCFC)
        let events = try recording.events
        let answer = try #require(events.first { $0.event.port == data })
        let firstLetter = try #require(events.first { $0.ordinal > answer.ordinal && !$0.event.consoleBytes.isEmpty })

        let replay = try await replay("pci-scan") { changes in
            changes.events = { $0.change(answer.ordinal) { $0.portRead(value: 0x1234_5678) } }
        }

        let found = try #require(replay.firstDifference)
        #expect(found > answer.ordinal)
        #expect(found.rawValue <= firstLetter.ordinal.rawValue + 16)
    }

    @Test func changedOutputIsFoundAtItsEvent() async throws {
        let letter = EventOrdinal(4)

        let replay = try await replay("hello") { changes in
            changes.events = { $0.change(letter) { $0.portWrite(value: UInt32(UInt8(ascii: "E"))) } }
        }

        #expect(replay.firstDifference == letter)
        let report = try #require(replay.divergence).description
        #expect(report.contains("divergence at event 4"))
        #expect(report.contains("0x45"), "\(report)")
        #expect(report.contains("0x65"), "\(report)")
    }

    @Test func changedInstructionAddressIsFoundAtItsEvent() async throws {
        let letter = EventOrdinal(4)

        let replay = try await replay("hello") { changes in
            changes.events = { $0.change(letter) { $0.rip += 0x100 } }
        }

        #expect(replay.firstDifference == letter)
        #expect(try #require(replay.divergence).description.contains("0x7d"))
    }

    @Test func interruptMovedToTheNextEventIsFoundThere() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("pit-ticks")))
        let interrupts = try recording.events.filter { $0.event.kind == .interrupt }
        let interrupt = interrupts[interrupts.count / 2].ordinal

        let replay = try await replay("pit-ticks") { changes in
            changes.events = { $0.swapAt(Int(interrupt.rawValue), Int(interrupt.rawValue) + 1) }
        }

        #expect(replay.firstDifference == interrupt)
    }

    @Test func missingInterruptIsFoundWhereItWas() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("pit-ticks")))
        let interrupt = try #require(try recording.events.last { $0.event.kind == .interrupt })

        let replay = try await replay("pit-ticks") { changes in
            changes.events = { $0.remove(at: Int(interrupt.ordinal.rawValue)) }
        }

        #expect(replay.firstDifference == interrupt.ordinal)
    }

    @Test func changedByteOfTheFirstKeyframeIsFoundBeforeTheGuestRuns() async throws {
        let error = try await #require(throws: ReplayError.self) {
            _ = try await replay("hello") { changes in
                changes.page = { number, _, bytes in bytes[4095] ^= number == 0 ? 1 : 0 }
            }
        }

        #expect("\(error)".hasSuffix("its pages do not match its digest"), "\(error)")
    }

    @Test func changedDigestOfTheLastStateIsFoundThere() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hello")))
        let last = try #require(try recording.reader.keyframes.last)

        let error = try await #require(throws: ReplayError.self) {
            _ = try await replay("hello") { changes in
                changes.keyframe = { $0.digest.memory.low ^= $0.number == last.number ? 1 : 0 }
            }
        }

        #expect("\(error)".hasSuffix("its pages do not match its digest"), "\(error)")
    }

    @Test func changedLastStateWithItsDigestIsFoundThere() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hello")))
        let last = try #require(try recording.reader.keyframes.last)

        let replay = try await replay("hello") { changes in
            changes.keyframe = { keyframe in
                guard keyframe.number == last.number else { return }
                keyframe.state[.r9] ^= 1
                keyframe.digest.processor = keyframe.state.digest
            }
        }

        #expect(replay.firstDifference == last.event)
        #expect(replay.divergence?.registers.map(\.field) == ["r9"])
    }

    @Test func changedRegisterOfTheFirstStateIsFoundBeforeTheGuestRuns() async throws {
        let error = try await #require(throws: (any Error).self) {
            _ = try await replay("hello") { changes in
                changes.keyframe = { $0.state.rip += $0.number == 0 ? 1 : 0 }
            }
        }

        #expect("\(error)".hasSuffix("its processor state does not match its digest"), "\(error)")
    }

    @Test(.needsForcedFeatures) func processorThatTheHostLacksIsNamedByLeafAndBit() async throws {
        let error = try await #require(throws: ReplayError.self) {
            _ = try await replay("hello") { changes in
                changes.header = { header in
                    let leaf = header.processor.cpuid.firstIndex { $0.function == 1 }
                    header.processor.cpuid[leaf ?? 0].ecx &= ~1
                }
            }
        }

        #expect("\(error)".contains("CPUID leaf 0x1.0 ecx"), "\(error)")
        #expect("\(error)".contains("bit 0 (SSE3)"), "\(error)")
    }

    /// Records a guest, changes its trace, and replays that.
    private func replay(_ guest: String, changing change: (inout TraceChanges) -> Void) async throws -> Replay {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named(guest)))
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        change(&changes)
        return try Replay(recording.reader.copy(to: directory.file("changed.rrvm"), changes: changes))
    }
}

extension [RecordedEvent] {
    /// Changes one event.
    fileprivate mutating func change(_ ordinal: EventOrdinal, _ body: (inout RecordedEvent) -> Void) {
        body(&self[Int(ordinal.rawValue)])
    }
}

extension RecordedEvent {
    /// Gives a port read another value.
    fileprivate mutating func portRead(value: UInt32) {
        guard case .portRead(var access) = event else { return }
        access.value = value
        event = .portRead(access)
    }

    /// Gives a port write another value.
    fileprivate mutating func portWrite(value: UInt32) {
        guard case .portWrite(var access) = event else { return }
        access.value = value
        event = .portWrite(access)
    }
}
