internal import Platform

/// Why a call cannot be answered.
struct HypercallFault: Error {
    let text: String

    init(_ call: Hypercall, _ field: String, _ problem: String) {
        text = "\(call.name): \(field) \(problem)"
    }
}
