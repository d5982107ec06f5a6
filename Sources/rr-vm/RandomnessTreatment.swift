import ArgumentParser
import Engine

/// What `--rdrand` says: reading random numbers as they are is out of the question, because nothing would record them.
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
