internal import Engine

/// What the bytes that a step wrote were made of.
struct OriginMaking {
    var data: [OriginPlace: OriginSearchValue] = [:]
    var selectors: [OriginPlace: OriginSearchValue] = [:]
    var constants: Set<DataSources.Constant> = []
    /// Registers of the system, which are not followed.
    var registers: Set<String> = []

    /// Adds what another one has.
    mutating func form(union other: Self) {
        data.merge(other.data) { old, _ in old }
        selectors.merge(other.selectors) { old, _ in old }
        constants.formUnion(other.constants)
        registers.formUnion(other.registers)
    }

    /// Why the way ends here, as far as it does.
    ///
    /// - Parameter hasEvents: whether the trace has inputs that the guest got.
    func ends(hasEvents: Bool) -> [OriginStep.End] {
        if constants.contains(.input) { return [hasEvents ? .input : .processor(nil)] }
        let named = registers.sorted().map { OriginStep.End.processor($0) }
        guard data.isEmpty, named.isEmpty else { return named }
        if constants.contains(.processor) { return [.processor(nil)] }
        if constants.contains(.position) { return [.position] }
        return [constants.contains(.code) ? .constant : .zeroed]
    }
}
