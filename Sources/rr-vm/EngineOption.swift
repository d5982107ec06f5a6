import ArgumentParser
import Engines

/// What executes the guest.
struct EngineOption: ParsableArguments {
    /// What `--engine` names.
    enum Request: String, CaseIterable, ExpressibleByArgument {
        /// KVM where it can be used, else software.
        case auto
        case kvm
        case soft
    }

    @Option(
        name: .customLong("engine"),
        help: ArgumentHelp(
            "What executes the guest: kvm, the processor in software, or KVM where it can be used.",
            valueName: "engine"
        )
    )
    var request = Request.auto

    /// The engine.
    var choice: EngineChoice {
        switch request {
        case .auto: Self.available
        case .kvm: .kvm
        case .soft: .soft
        }
    }

    /// KVM where it can be used; else software, and a line says so.
    private static let available: EngineChoice = {
        guard let lack = EngineChoice.kvm.lack else { return .kvm }
        StandardError.write("rr-vm: note: software executes the guest, because KVM cannot: \(lack)")
        return .soft
    }()
}
