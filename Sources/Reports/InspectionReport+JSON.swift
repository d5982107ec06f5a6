internal import Replayer
internal import TraceFormat
internal import X86

extension InspectionReport {
    /// For programs. Numbers that may need 64 bits are hexadecimal strings.
    public var json: String {
        get throws { try JSONText.object(Encoded(self)) }
    }

    private struct Encoded: Encodable {
        struct Memory: Encodable {
            var address: String
            var physical: Bool
            var bytes: String
        }
        struct Step: Encodable {
            var level: Int
            var entryAddress: String
            var entry: String
            var target: String?
        }

        var moment: String
        var event: String
        var registers: [String: String]?
        var code: [CodeLine]?
        var stack: [StackWord]?
        var backtrace: [CallFrame]?
        var memory: [Memory]?
        var pageTable: [Step]?
        var screen: [String]?
        var console: String?

        init(_ report: InspectionReport) {
            moment = report.moment.description
            event = "\(report.event.event)"
            if !report.registers.isEmpty {
                registers = Dictionary(report.registers) { first, _ in first }
            }
            if !report.code.isEmpty {
                code = report.code.map(CodeLine.init)
            }
            if !report.stack.isEmpty { stack = report.stack.map(StackWord.init) }
            backtrace = report.backtrace?.map(CallFrame.init)
            if !report.dumps.isEmpty {
                memory = report.dumps.map { dump in
                    Memory(
                        address: hex(dump.address),
                        physical: dump.isPhysical,
                        bytes: dump.bytes.map(Dump.digits).joined()
                    )
                }
            }
            pageTable = report.walk?.map { step in
                Step(
                    level: step.level,
                    entryAddress: "\(step.entryAddress)",
                    entry: hex(step.entry),
                    target: step.target.map { "\($0)" }
                )
            }
            screen = report.screen
            console = report.console.map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
