import Synchronization

/// The page chunks of a file that were unpacked last, for everybody who reads it.
///
/// A page that changes often is a stack of differences, which lie in the chunks of one keyframe after another. So a replay, which
/// comes to all keyframes in turn, unpacks each chunk once and not once for each difference on it.
final class PageChunkCache: Sendable {
    /// How many bytes of payloads are kept. Then all are forgotten.
    private static let byteLimit = 32 << 20

    private struct Kept {
        var chunks: [UInt64: PageChunk] = [:]
        var bytes = 0
    }

    private let kept = Mutex(Kept())

    /// The chunk at a position; nil if it is not kept.
    func chunk(at position: UInt64) -> PageChunk? {
        kept.withLock { $0.chunks[position] }
    }

    /// Keeps the chunk at a position.
    func keep(_ chunk: PageChunk, at position: UInt64) {
        kept.withLock { kept in
            if kept.bytes + chunk.payload.count > Self.byteLimit { kept = Kept() }
            guard kept.chunks.updateValue(chunk, forKey: position) == nil else { return }
            kept.bytes += chunk.payload.count
        }
    }
}
