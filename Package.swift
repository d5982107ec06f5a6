// swift-tools-version: 6.2
import PackageDescription

// A target imports only from targets listed above its own: see docs/architecture.md, and Scripts/import-map.sh.
var swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
]

// Set by `make test`: no warning gets past it, and none stops somebody who builds with a newer compiler.
if Context.environment["RR_VM_WARNINGS_AS_ERRORS"] != nil {
    swiftSettings.append(.treatAllWarnings(as: .error))
}

// A module that is compiled as a whole has no use for the batch mode that SwiftPM asks for in debug builds.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O", "-wmo", "-num-threads", "1", "-disable-batch-mode"])]

let package = Package(
    name: "rr-vm",
    products: [
        .executable(name: "rr-vm", targets: ["rr-vm"]),
        // For other packages: see docs/libraries.md. Each comes with the targets whose words its declarations use, and none reaches a
        // target with unsafe flags.
        .library(name: "KVMCore", targets: ["KVMCore", "X86"]),
        .library(name: "TraceFormat", targets: ["TraceFormat", "ByteCoding", "Platform", "X86"]),
        .library(
            name: "Replayer",
            targets: ["Replayer", "TraceFormat", "KVMEngine", "Engine", "GuestMemory", "ByteCoding", "Platform", "X86"]
        ),
        // For the package in Fuzzing.
        .library(
            name: "Parts",
            targets: [
                "Devices", "Engine", "GDBStub", "GuestMemory", "Machine", "Platform", "Replayer", "SoftCPU",
                "TraceFormat",
            ]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // C shims and system libraries: no logic.
        .target(name: "CKVM"),
        .target(name: "CPerf"),
        .target(name: "CHostIO"),
        .target(name: "CDemangle", linkerSettings: [.linkedLibrary("stdc++")]),
        // Guests that come with the program, as data.
        .target(name: "ExampleGuests"),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CSlirp", providers: [.apt(["libslirp-dev"])]),
        .systemLibrary(name: "CZydis", providers: [.apt(["libzydis-dev"])]),
        .systemLibrary(name: "CDwarf", pkgConfig: "libdw", providers: [.apt(["libdw-dev"])]),

        .target(name: "ByteCoding", dependencies: ["CXXHash"], swiftSettings: swiftSettings),
        .target(name: "Demangling", dependencies: ["CDemangle"], swiftSettings: swiftSettings),
        .target(
            name: "Decompression",
            dependencies: ["CLZ4", "CLZMA", "CZlib", "CZstd"],
            swiftSettings: swiftSettings
        ),
        .target(name: "X86", dependencies: ["ByteCoding"], swiftSettings: swiftSettings),
        .target(name: "GuestMemory", dependencies: ["ByteCoding", "X86"], swiftSettings: swiftSettings),
        .target(
            name: "Confinement",
            dependencies: ["CHostIO", "CSeccomp", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: swiftSettings
        ),
        .target(name: "Platform", dependencies: ["ByteCoding", "X86"], swiftSettings: swiftSettings),
        .target(
            name: "KVMCore",
            dependencies: ["CKVM", "ByteCoding", "X86", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Engine",
            dependencies: ["CZydis", "ByteCoding", "X86", "GuestMemory"],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "KVMEngine",
            dependencies: ["CPerf", "CZydis", "X86", "GuestMemory", "KVMCore", "Engine"],
            swiftSettings: swiftSettings
        ),
        // Optimised in every build: its operations call one another in tail position, which only the optimiser turns into jumps.
        .target(
            name: "SoftCPU",
            dependencies: ["CZydis", "X86", "GuestMemory"],
            // The pass makes one function of several that are alike, and leaves calls in their places, not jumps. A frame would cost
            // each operation four instructions; SwiftPM asks for them in a way that only this takes back.
            swiftSettings: swiftSettings + optimized + [
                .unsafeFlags([
                    "-Xfrontend", "-disable-llvm-merge-functions-pass", "-Xcc", "-Xclang", "-Xcc",
                    "-mframe-pointer=none",
                ])
            ]
        ),
        .target(
            name: "SoftEngine",
            dependencies: ["X86", "GuestMemory", "SoftCPU", "Engine"],
            swiftSettings: swiftSettings
        ),
        // The one target that names the engines.
        .target(
            name: "Engines",
            dependencies: ["Engine", "KVMEngine", "SoftEngine"],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "TraceFormat",
            dependencies: [
                "CLZ4", "CXXHash", "CZstd", "ByteCoding", "X86", "Platform",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Symbols",
            dependencies: [
                "CDwarf", "X86", "TraceFormat", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "RecordedMachine",
            dependencies: [
                "ByteCoding", "X86", "Platform", "GuestMemory", "Engine", "TraceFormat",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(name: "Devices", dependencies: ["ByteCoding", "X86", "Platform"], swiftSettings: swiftSettings),
        .target(
            name: "Machine",
            dependencies: ["ByteCoding", "Decompression", "X86", "Platform", "GuestMemory", "Engine", "Devices"],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Recorder",
            dependencies: [
                "CHostIO", "CSlirp", "Demangling", "ByteCoding", "X86", "Platform", "GuestMemory", "Engine",
                "Engines", "TraceFormat", "RecordedMachine", "Devices", "Machine",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Replayer",
            dependencies: [
                "Demangling", "ByteCoding", "X86", "Platform", "GuestMemory", "Engine", "TraceFormat",
                "RecordedMachine",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Reports",
            dependencies: [
                "ByteCoding", "X86", "Platform", "Engine", "TraceFormat", "Devices", "Replayer",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(name: "GDBStub", dependencies: ["X86"], swiftSettings: swiftSettings),
        .target(
            name: "RecordingDebugger",
            dependencies: ["X86", "Engine", "TraceFormat", "Replayer", "Reports", "GDBStub"],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "rr-vm",
            dependencies: [
                "CHostIO", "ExampleGuests", "ByteCoding", "Confinement", "X86", "Platform", "Engine", "KVMEngine",
                "Engines", "TraceFormat", "Symbols", "RecordedMachine", "Machine", "Recorder", "Replayer", "Reports",
                "GDBStub",
                "RecordingDebugger",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),

        // Guests of our own: assembled by this build, carried as data.
        .target(name: "Guests", path: "Guests", exclude: ["hvt"], publicHeadersPath: "include"),
        .plugin(name: "BuildUnikernels", capability: .buildTool()),
        .target(
            name: "GuestImages",
            dependencies: ["Guests", "ByteCoding"],
            path: "Tests/TestSupport/GuestImages",
            swiftSettings: swiftSettings,
            plugins: ["BuildUnikernels"]
        ),
        .executableTarget(
            name: "plant-divergence",
            dependencies: ["TraceFormat", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/TestSupport/plant-divergence",
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "confined-call",
            dependencies: ["Confinement", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/TestSupport/confined-call",
            swiftSettings: swiftSettings
        ),
        // For a benchmark alone.
        .executableTarget(
            name: "trace-at-scale",
            dependencies: [
                "ByteCoding", "X86", "TraceFormat", .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Benchmarks/trace-at-scale",
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "write-guests",
            dependencies: ["GuestImages"],
            path: "Tests/TestSupport/write-guests",
            swiftSettings: swiftSettings
        ),

        // What tests of every target share.
        .target(
            name: "TestBasics",
            dependencies: ["ByteCoding"],
            path: "Tests/TestSupport/TestBasics",
            swiftSettings: swiftSettings
        ),
        .target(
            name: "EndToEnd",
            dependencies: [
                "TestBasics", "ByteCoding", "X86", "Engine", "KVMEngine", "Engines", "TraceFormat",
                "Machine",
                "Recorder", "Replayer", "GuestImages",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport/EndToEnd",
            swiftSettings: swiftSettings
        ),

        .testTarget(name: "GuestImagesTests", dependencies: ["GuestImages"], swiftSettings: swiftSettings),
        .testTarget(name: "ByteCodingTests", dependencies: ["ByteCoding"], swiftSettings: swiftSettings),
        .testTarget(name: "DemanglingTests", dependencies: ["Demangling"], swiftSettings: swiftSettings),
        .testTarget(name: "DecompressionTests", dependencies: ["Decompression"], swiftSettings: swiftSettings),
        .testTarget(name: "X86Tests", dependencies: ["ByteCoding", "X86"], swiftSettings: swiftSettings),
        .testTarget(
            name: "KVMCoreTests",
            dependencies: [
                "CKVM", "KVMCore", "TestBasics", "X86", .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "TraceFormatTests",
            dependencies: [
                "ByteCoding", "EndToEnd", "Platform", "TestBasics", "TraceFormat", "X86",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "SymbolsTests",
            dependencies: [
                "EndToEnd", "Symbols", "TestBasics", "TraceFormat", "X86",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GuestMemoryTests",
            dependencies: ["ByteCoding", "GuestMemory", "TestBasics", "X86"],
            swiftSettings: swiftSettings
        ),
        // What tests of every engine share.
        .target(
            name: "EngineTesting",
            dependencies: ["ByteCoding", "Engine", "GuestMemory", "X86"],
            path: "Tests/TestSupport/EngineTesting",
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "EngineTests",
            dependencies: ["Engine", "EngineTesting", "GuestMemory", "TestBasics", "X86"],
            swiftSettings: swiftSettings
        ),
        // The list of what every engine does, run over all that there are.
        .testTarget(
            name: "EngineConformanceTests",
            dependencies: [
                "Engine", "Engines", "EngineTesting", "GuestMemory", "TestBasics", "X86",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "KVMEngineTests",
            dependencies: [
                "Engine", "EngineTesting", "GuestMemory", "KVMCore", "KVMEngine", "TestBasics", "X86",
            ],
            swiftSettings: swiftSettings
        ),
        // Executes instructions natively, to compare the software processor with.
        .target(name: "CNative", path: "Tests/TestSupport/CNative"),
        // Optimised, because it executes a million instructions.
        .testTarget(
            name: "SoftCPUTests",
            dependencies: ["ByteCoding", "CNative", "CZydis", "GuestMemory", "SoftCPU", "X86"],
            swiftSettings: swiftSettings + optimized
        ),
        // Measures what a processor does where the manuals leave it open.
        .target(
            name: "QuirkReport",
            dependencies: ["ByteCoding", "CNative"],
            path: "Tests/TestSupport/QuirkReport",
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "measure-quirks",
            dependencies: ["QuirkReport"],
            path: "Tests/TestSupport/measure-quirks",
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "QuirkReportTests",
            dependencies: ["QuirkReport", "SoftCPU"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "MachineTests",
            dependencies: ["ByteCoding", "Devices", "Engine", "Machine", "Platform", "GuestMemory", "X86"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "ReplayerTests",
            dependencies: [
                "ByteCoding", "EndToEnd", "Engine", "Engines", "GuestImages", "GuestMemory", "KVMEngine", "Platform",
                "RecordedMachine", "Recorder", "Replayer", "TestBasics", "TraceFormat", "X86",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(name: "GDBStubTests", dependencies: ["GDBStub", "X86"], swiftSettings: swiftSettings),
        .testTarget(
            name: "RecorderTests",
            dependencies: [
                "Devices", "EndToEnd", "Engine", "GuestMemory", "Machine", "Recorder", "TraceFormat", "X86",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "DevicesTests",
            dependencies: ["Devices", "Platform", "TestBasics", "X86"],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "RecordReplayTests",
            dependencies: [
                "ByteCoding", "EndToEnd", "GuestImages", "GuestMemory", "Devices", "X86", "KVMCore", "Engine",
                "KVMEngine", "Engines", "TraceFormat", "Machine", "Recorder", "Replayer",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "EndToEnd", "Platform", "Replayer", "Reports", "TestBasics", "TraceFormat", "X86",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        // What it tests is the executable, which every build of tests makes too.
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "ByteCoding", "Confinement", "EndToEnd", "Engine", "GuestImages", "KVMEngine", "Recorder", "Replayer",
                "TraceFormat", "X86",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
    ]
)
