internal import CSlirp
internal import Glibc
internal import SystemPackage

/// A network for one guest without any rights on the host: libslirp answers DHCP, DNS and ARP, and makes ordinary sockets of the
/// guest's connections.
///
/// It speaks with the guest's ``StreamLink`` over a socket, and lives in a process of its own: it has to make sockets, which the
/// process that runs the guest must not.
@safe public final class UserNetwork {
    /// The addresses, which are those of QEMU's `-netdev user`.
    private enum Addresses {
        static let network: UInt32 = 0x0A00_0200
        static let mask: UInt32 = 0xFFFF_FF00
        /// The host, whose loopback interface the guest finds there.
        static let host: UInt32 = 0x0A00_0202
        static let nameServer: UInt32 = 0x0A00_0203
        static let firstGuest: UInt32 = 0x0A00_020F
        /// fec0::/64.
        static let prefix: [UInt8] = [0xFE, 0xC0] + [UInt8](repeating: 0, count: 14)
        static let prefixLength: UInt8 = 64
    }

    /// How many unsent bytes make nobody read more for the guest, and from how many on packets are lost.
    private static let (fullSize, mostUnsent) = (256 << 10, 1 << 20)

    private var slirp: OpaquePointer?
    private let callbacks = UnsafeMutablePointer<SlirpCb>.allocate(capacity: 1)
    private var channel: PacketChannel
    private var timers = SlirpTimers()
    private var polls = PollList()

    /// Takes ownership of a connected stream socket, and closes it at the end.
    public init(connected descriptor: Int32) throws(LinkFailure) {
        channel = try PacketChannel(descriptor)
        // SAFETY: a structure of numbers and pointers, all of which may be zero.
        var configuration = unsafe SlirpConfig()
        unsafe configuration.version = 1
        unsafe configuration.in_enabled = true
        unsafe configuration.vnetwork = Self.address(Addresses.network)
        unsafe configuration.vnetmask = Self.address(Addresses.mask)
        unsafe configuration.vhost = Self.address(Addresses.host)
        unsafe configuration.vdhcp_start = Self.address(Addresses.firstGuest)
        unsafe configuration.vnameserver = Self.address(Addresses.nameServer)
        unsafe configuration.in6_enabled = true
        unsafe configuration.vprefix_addr6 = Self.address6(endingWith: 0)
        unsafe configuration.vprefix_len = Addresses.prefixLength
        unsafe configuration.vhost6 = Self.address6(endingWith: 2)
        unsafe configuration.vnameserver6 = Self.address6(endingWith: 3)
        unsafe callbacks.initialize(to: Self.callbacks)
        // SAFETY: libslirp copies the configuration, keeps the pointer to the callbacks, and gives them the pointer to this
        // object. Both outlive it: `deinit` ends it.
        unsafe slirp = slirp_new(&configuration, callbacks, Unmanaged.passUnretained(self).toOpaque())
        guard unsafe slirp != nil else { throw .refused("libslirp", .invalidArgument) }
    }

    deinit {
        // SAFETY: nobody uses it any more.
        if let slirp = unsafe slirp { unsafe slirp_cleanup(slirp) }
        unsafe callbacks.deallocate()
        channel.close()
    }

    private static func address(_ value: UInt32) -> in_addr { in_addr(s_addr: value.bigEndian) }

    private static func address6(endingWith last: UInt8) -> in6_addr {
        var bytes = Addresses.prefix
        bytes[15] = last
        var address = in6_addr()
        // SAFETY: both have sixteen bytes.
        unsafe withUnsafeMutableBytes(of: &address) { unsafe $0.copyBytes(from: bytes) }
        return address
    }

    /// Carries packets until the guest's end of the socket is closed.
    public func serve() {
        while !channel.isClosed {
            waitForNews()
            channel.flush()
            while let packet = channel.receive() {
                // SAFETY: libslirp copies the packet.
                unsafe packet.withUnsafeBufferPointer { unsafe slirp_input(slirp, $0.baseAddress, Int32($0.count)) }
            }
            // SAFETY: the object lives through the call, which calls back with the pointer to it.
            unsafe slirp_pollfds_poll(
                slirp,
                polls.hasFailed ? 1 : 0,
                { index, opaque in unsafe UserNetwork.from(opaque).polls.events(at: index) },
                Unmanaged.passUnretained(self).toOpaque()
            )
            for body in timers.takeDue(at: Self.nanoseconds / 1_000_000) { body() }
        }
    }

    /// Waits for a packet, one of libslirp's sockets or one of its timers.
    private func waitForNews() {
        polls.begin(channel.descriptor, writes: channel.unsentCount > 0)
        var milliseconds = UInt32.max
        // SAFETY: as above.
        unsafe slirp_pollfds_fill(
            slirp,
            &milliseconds,
            { descriptor, events, opaque in
                let network = unsafe UserNetwork.from(opaque)
                // While the guest takes nothing, nothing is read for it.
                let isFull = network.channel.unsentCount >= UserNetwork.fullSize
                return network.polls.add(isFull ? -1 : descriptor, events)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        polls.wait(milliseconds: min(milliseconds, timers.pause(at: Self.nanoseconds / 1_000_000)))
    }

    /// The host's clock. What follows from it reaches the guest as packets only, which are recorded.
    private static var nanoseconds: Int64 {
        var time = timespec()
        // SAFETY: clock_gettime fills the given structure and cannot fail for CLOCK_MONOTONIC.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// - Parameter opaque: what this object gave to libslirp.
    @unsafe private static func from(_ opaque: UnsafeMutableRawPointer?) -> UserNetwork {
        unsafe Unmanaged.fromOpaque(opaque!).takeUnretainedValue()
    }

    /// SAFETY of all: libslirp gives back the pointer to the object, which outlives it, and packets and timers that it owns.
    private static var callbacks: SlirpCb {
        var callbacks = SlirpCb()
        unsafe callbacks.send_packet = { packet, count, opaque in
            let bytes = unsafe UnsafeRawBufferPointer(start: packet, count: count)
            let network = unsafe UserNetwork.from(opaque)
            if network.channel.unsentCount < UserNetwork.mostUnsent { network.channel.send(unsafe Array(bytes)) }
            return count
        }
        unsafe callbacks.guest_error = { _, _ in }
        unsafe callbacks.clock_get_ns = { _ in UserNetwork.nanoseconds }
        // A timer's number looks like a pointer to libslirp.
        unsafe callbacks.timer_new = { body, argument, opaque in
            let number = unsafe UserNetwork.from(opaque).timers.make { unsafe body?(argument) }
            return unsafe UnsafeMutableRawPointer(bitPattern: number)
        }
        unsafe callbacks.timer_free = { timer, opaque in
            unsafe UserNetwork.from(opaque).timers.free(UInt(bitPattern: timer))
        }
        unsafe callbacks.timer_mod = { timer, milliseconds, opaque in
            unsafe UserNetwork.from(opaque).timers.set(UInt(bitPattern: timer), milliseconds)
        }
        unsafe callbacks.register_poll_fd = { _, _ in }
        unsafe callbacks.unregister_poll_fd = { _, _ in }
        unsafe callbacks.notify = { _ in }
        return callbacks
    }
}
