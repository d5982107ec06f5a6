import Foundation
import PackagePlugin

/// Builds the unikernels of `Guests/hvt` with the toolchain's own C compiler and linker, and writes them as Swift source:
/// they are ELF files of another world than the package's own, so that no target of the package can be one.
@main struct BuildUnikernels: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let sources = context.package.directoryURL.appending(path: "Guests/hvt")
        let output = context.pluginWorkDirectoryURL.appending(path: "UnikernelImages.swift")
        let script = sources.appending(path: "build.sh")
        let clang = try context.tool(named: "clang").url
        let linker = try context.tool(named: "ld.lld").url
        return [
            .buildCommand(
                displayName: "Building the unikernels of Guests/hvt",
                executable: URL(filePath: "/bin/sh"),
                arguments: [script, clang, linker, output].map(\.path),
                inputFiles: try inputs(in: sources),
                outputFiles: [output]
            )
        ]
    }

    /// Everything that an image is made from.
    private func inputs(in directory: URL) throws -> [URL] {
        let support = directory.appending(path: "support")
        return try [directory, support].flatMap { directory in
            try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
                .filter { !$0.hasDirectoryPath }
        }
    }
}
