public import ArgumentParser
public import Engines

extension EngineChoice: ExpressibleByArgument {}

/// What executes the guest.
struct EngineOption: ParsableArguments {
    @Option(
        name: .customLong("engine"),
        help: ArgumentHelp("What executes the guest.", valueName: "engine")
    )
    var choice = EngineChoice.standard
}
