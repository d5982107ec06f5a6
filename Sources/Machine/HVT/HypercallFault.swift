internal import HVT

/// Why a call can not be answered.
struct HypercallFault: Error {
    let text: String

    init(_ call: Hypercall, _ field: String, _ problem: String) {
        text = "\(call.name): \(field) \(problem)"
    }
}
