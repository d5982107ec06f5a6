import ArgumentParser
import Engine
import Engines
import Platform
import Replayer
import TraceFormat

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

    /// The engine for a guest that is booted by a protocol. A Linux kernel needs a KVM that runs programs under it.
    func choice(booting bootProtocol: BootProtocol) -> EngineChoice {
        guard request == .auto, choice == .kvm, bootProtocol == .linux, let lack = EngineChoice.kvm.systemCallLack
        else {
            return choice
        }
        StandardError.write(
            "rr-vm: note: software executes the guest, because this host's KVM cannot run programs under a 64-bit kernel: "
                + lack
        )
        return .soft
    }

    /// The engine for a replay. Only an engine that counts instructions finds some traces' moments, and only software shows
    /// some recorded processors on this host.
    func choice(for readers: TraceReader...) -> EngineChoice {
        guard request == .auto, choice == .kvm else { return choice }
        if readers.contains(where: { $0.header.landing == .instructionCount }) { return .soft }
        for reader in readers {
            let lack = try? EngineChoice.kvm.perform(ProcessorDifferences(reader: reader))
            guard let lack, !lack.isEmpty, Self.softwareShowsProcessor(of: reader) else { continue }
            StandardError.write(
                "rr-vm: note: software executes the guest, because \(EngineError.hostDiffers(lack))"
            )
            return .soft
        }
        return .kvm
    }

    /// Answers a question about a recording whose answer is printed at its end.
    ///
    /// KVM lands by breakpoints, which in a loop can take longer than the recorded run did, and software lands at no cost.
    /// So software answers where it shows the recorded processor, and KVM where software turns out to replay the recording
    /// otherwise.
    func answer<Task: EngineTask>(_ task: Task, about reader: TraceReader) throws -> Task.Output {
        guard try prefersSoftware(for: reader) else { return try choice(for: reader).perform(task) }
        do {
            return try EngineChoice.soft.perform(task)
        } catch {
            guard case .divergence(let divergence)? = error as? TimelineError else { throw error }
            StandardError.write(
                "rr-vm: note: KVM executes the guest, because software replays it otherwise at moment \(divergence.moment)"
            )
            return try EngineChoice.kvm.perform(task)
        }
    }

    private func prefersSoftware(for reader: TraceReader) throws -> Bool {
        guard request == .auto, choice == .kvm,
            try reader.keyframes.contains(where: { $0.position == .asynchronous })
        else { return false }
        return Self.softwareShowsProcessor(of: reader)
    }

    private static func softwareShowsProcessor(of reader: TraceReader) -> Bool {
        (try? EngineChoice.soft.perform(ProcessorDifferences(reader: reader))) == []
    }

    /// The engines for a replay. Where none is named and KVM executes the guest, software may execute what ends between two exits.
    func engines(for reader: TraceReader) -> ReplayEngines {
        let main = choice(for: reader)
        return ReplayEngines(main: main, lander: request == .auto && main == .kvm ? .soft : nil)
    }

    /// The engine for a machine of which nothing else is known.
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
