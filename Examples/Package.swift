// swift-tools-version: 6.2
import PackageDescription

// Programs that use rr-vm's libraries as anybody's can: see docs/libraries.md. Copy this directory and name the place of rr-vm.
let package = Package(
    name: "examples",
    dependencies: [
        .package(name: "rr-vm", path: ".."),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .executableTarget(name: "run-bytes", dependencies: [.product(name: "KVMCore", package: "rr-vm")]),
        .executableTarget(
            name: "list-events",
            dependencies: [
                .product(name: "TraceFormat", package: "rr-vm"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(
            name: "verify-trace",
            dependencies: [
                .product(name: "Replayer", package: "rr-vm"), .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
    ]
)
