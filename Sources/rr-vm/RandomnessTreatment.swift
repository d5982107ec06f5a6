import ArgumentParser
import Engine

/// What `--rdrand` says. There is no `native`, because nothing would record the random numbers.
enum RandomnessTreatment: String, CaseIterable, ExpressibleByArgument {
    case hide
    case trap

    /// The same for the machine.
    var treatment: HiddenReadPolicy.Treatment {
        switch self {
        case .hide: .hide
        case .trap: .trap
        }
    }
}
