/// Serves one client of the remote protocol (GDB manual, appendix E) until it leaves.
///
/// Whatever a client sends, it gets an answer or is ignored: a packet that is not known gets an empty answer, as the
/// protocol asks for.
public final class GDBSession<Channel: DebugChannel> {
    /// How the session ended.
    public enum Ending: Hashable, Sendable {
        /// The client has detached, or has closed the connection.
        case left
        /// The client has ended the guest.
        case killed
    }

    var channel: Channel
    let target: any DebugTarget
    private var decoder = PacketDecoder()
    /// What has been received and not been handled yet.
    private var waiting: [PacketDecoder.Item] = []
    private var isGone = false
    /// Whether packets are acknowledged.
    var acknowledges = true
    /// Whether acknowledging ends with the packet that is being handled.
    var stopsAcknowledging = false
    /// The last packet that was sent, in case the client has received it damaged.
    private var lastSent: [UInt8] = []
    /// Whether the client understands that a stop is a breakpoint's.
    var knowsBreakpointStops = false
    /// Whether the client may start the guest again after it has ended it (extended mode).
    var staysAfterKill = false
    /// What `?` answers.
    var lastStop = DebugStop.stepped
    var ending: Ending?

    /// A session with a client that has just connected.
    public init(_ channel: Channel, target: any DebugTarget) {
        (self.channel, self.target) = (channel, target)
    }

    /// Serves the client until it leaves.
    public func run() -> Ending {
        while ending == nil {
            guard let item = next() else { return .left }
            switch item {
            case .packet(let content):
                acknowledge()
                handle(content)
            case .damaged: if acknowledges { transmit([UInt8(ascii: "-")]) }
            case .tooLong:
                acknowledge()
                send(error: "the packet is longer than \(PacketDecoder.mostBytes) bytes")
            case .refused: if acknowledges, !lastSent.isEmpty { transmit(lastSent) }
            // The guest stands already.
            case .interrupt, .acknowledged: break
            }
        }
        return ending ?? .left
    }

    /// The next thing that the client sent; nil if it is gone.
    private func next() -> PacketDecoder.Item? {
        while waiting.isEmpty {
            guard receive(waits: true) else { return nil }
        }
        return waiting.removeFirst()
    }

    /// Takes what the client has sent; false if it is gone.
    private func receive(waits: Bool) -> Bool {
        guard !isGone, let bytes = channel.receive(waits: waits) else {
            isGone = true
            return false
        }
        for byte in bytes { if let item = decoder.take(byte) { waiting.append(item) } }
        return true
    }

    /// Whether the client wants the running guest to stop, or is gone.
    func isInterrupted() -> Bool {
        guard receive(waits: false) else { return true }
        guard let index = waiting.firstIndex(of: .interrupt) else {
            // A client waits for the guest to stop before it sends more. Much more is not kept.
            return waiting.count > Self.mostWaiting
        }
        waiting.remove(at: index)
        return true
    }

    private static var mostWaiting: Int { 64 }

    private func acknowledge() { if acknowledges { transmit([UInt8(ascii: "+")]) } }

    private func transmit(_ bytes: [UInt8]) { if !channel.send(bytes) { isGone = true } }

    // MARK: Answers

    /// Sends a packet.
    func send(_ content: [UInt8]) {
        lastSent = Packet.framed(content)
        transmit(lastSent)
    }

    /// Sends a packet of text.
    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends an error with what it is about, which a client shows where it has a place for it. Text by `O` packets is not expected
    /// here: a client takes it for the answer.
    func send(error message: String) { send("E.\(message)") }

    /// Shows text to the user of the client, while it waits for the answer to a packet.
    func show(_ text: String) {
        for piece in Array(text.utf8).pieces(of: PacketDecoder.mostBytes / 4) {
            send([UInt8(ascii: "O")] + Hexadecimal.digits(piece))
        }
    }

    /// Sends what an operation gives, or its error.
    func reply(_ body: () throws(DebugTargetError) -> [UInt8]) {
        do { send(try body()) } catch { send("E01") }
    }
}

extension [UInt8] {
    /// The bytes in pieces of a size; none if there are no bytes.
    func pieces(of size: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min(count, $0 + size)] }
    }
}
