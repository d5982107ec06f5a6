import ArgumentParser
import TraceFormat

/// The kinds of event that `--kind` names.
struct KindSet: ExpressibleByArgument {
    static var defaultCompletionKind: CompletionKind { .list(Event.Kind.allCases.map(\.name)) }

    /// A bit for each kind, by its number.
    private let kinds: UInt32

    init?(argument: String) {
        var kinds: UInt32 = 0
        for name in argument.split(separator: ",") {
            guard let kind = Event.Kind.allCases.first(where: { $0.name == name }) else { return nil }
            kinds |= Self.bit(kind)
        }
        guard kinds != 0 else { return nil }
        self.kinds = kinds
    }

    func contains(_ kind: Event.Kind) -> Bool { kinds & Self.bit(kind) != 0 }

    private static func bit(_ kind: Event.Kind) -> UInt32 { 1 << UInt32(kind.rawValue) }
}
