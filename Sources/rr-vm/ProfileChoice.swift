import ArgumentParser
import Engine
import Engines
import SystemPackage

/// What `--cpu` names.
enum ProfileChoice: ExpressibleByArgument {
    /// An x86-64-v2 processor, which every host has, without the features that read time or randomness.
    case baseline
    /// What every host shows alike, whatever else it forces on.
    case portable
    /// What this host supports, without those features.
    case host
    /// A profile from a file.
    case file(FilePath)

    /// The names that stand for no file.
    private static let names = ["baseline", "portable", "host"]
    private static let largestFile = 1 << 20

    init(argument: String) {
        switch argument {
        case "baseline": self = .baseline
        case "portable": self = .portable
        case "host": self = .host
        default: self = .file(FilePath(argument: argument))
        }
    }

    var defaultValueDescription: String { name }

    /// As it is written on the command line.
    var name: String {
        switch self {
        case .baseline: "baseline"
        case .portable: "portable"
        case .host: "host"
        case .file(let path): path.string
        }
    }

    /// The profile itself.
    func load(on engine: EngineChoice) throws(CommandFailure) -> ProcessorProfile {
        switch self {
        case .baseline: return .baseline
        case .portable: return .portable
        case .host:
            do { return try engine.hostProfile() } catch { throw CommandFailure(.unavailable, "\(error)") }
        case .file(let path):
            let bytes = try FileSystem.read(path, what: "the profile", limit: Self.largestFile)
            do {
                let stem = path.lastComponent?.stem ?? path.string
                // A trace is known by the name of its profile.
                let name = Self.names.contains(stem) ? path.string : stem
                return try ProcessorProfile(name: name, text: String(decoding: bytes, as: UTF8.self))
            } catch {
                throw CommandFailure(.badData, "\(path): \(error)")
            }
        }
    }
}
