import ArgumentParser
import Engine
import Engines
import SystemPackage

/// What `--cpu` names.
enum ProfileChoice: ExpressibleByArgument {
    /// An x86-64-v2 processor, which every host has, without the features that read time or randomness.
    case baseline
    /// What this host supports, without those features.
    case host
    /// A profile from a file.
    case file(FilePath)

    private static let largestFile = 1 << 20

    init(argument: String) {
        switch argument {
        case "baseline": self = .baseline
        case "host": self = .host
        default: self = .file(FilePath(argument: argument))
        }
    }

    var defaultValueDescription: String { name }

    /// As it is written on the command line.
    var name: String {
        switch self {
        case .baseline: "baseline"
        case .host: "host"
        case .file(let path): path.string
        }
    }

    /// The profile itself.
    func load(on engine: EngineChoice) throws(CommandFailure) -> ProcessorProfile {
        switch self {
        case .baseline: return .baseline
        case .host:
            do { return try engine.hostProfile() } catch { throw CommandFailure(.unavailable, "\(error)") }
        case .file(let path):
            let bytes = try FileSystem.read(path, what: "the profile", limit: Self.largestFile)
            do {
                let name = path.lastComponent?.stem ?? path.string
                return try ProcessorProfile(name: name, text: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw CommandFailure(.badData, "\(path): \(error)")
            }
        }
    }
}
