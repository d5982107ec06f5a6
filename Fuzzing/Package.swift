// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, built by `make fuzz` with libFuzzer and the address sanitizer. Each directory of Sources is one target:
// an executable without a main, whose inputs arrive in LLVMFuzzerTestOneInput.
let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "rr-vm", path: "..")],
    targets: [
        .executableTarget(name: "FuzzBoard", dependencies: [.product(name: "Parts", package: "rr-vm")]),
        .executableTarget(name: "FuzzBoot", dependencies: [.product(name: "Parts", package: "rr-vm")]),
        .executableTarget(name: "FuzzDevices", dependencies: [.product(name: "Parts", package: "rr-vm")]),
        .executableTarget(name: "FuzzForgedTrace", dependencies: [.product(name: "Parts", package: "rr-vm")]),
        .executableTarget(name: "FuzzHypercalls", dependencies: [.product(name: "Parts", package: "rr-vm")]),
        .executableTarget(name: "FuzzProcessor", dependencies: [.product(name: "Parts", package: "rr-vm")]),
        .executableTarget(name: "FuzzRemoteProtocol", dependencies: [.product(name: "Parts", package: "rr-vm")]),
        .executableTarget(name: "FuzzTraceReader", dependencies: [.product(name: "Parts", package: "rr-vm")]),
        .executableTarget(name: "FuzzUnikernel", dependencies: [.product(name: "Parts", package: "rr-vm")]),
    ]
)
