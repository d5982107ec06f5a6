internal import CSeccomp
internal import Glibc
internal import SystemPackage

/// The system calls that a confined process may make.
struct SystemCallFilter {
    private let rules: [Rule]

    init(_ doors: Confinement.Doors) {
        rules =
            Rule.always + (doors.contains(.files) ? Rule.openingFiles : [])
            + (doors.contains(.connections) ? Rule.acceptingConnections : [])
            + (doors.contains(.internet) ? Rule.usingTheInternet : [])
    }

    /// Applies the filter to all threads at once.
    func install() throws(ConfinementError) {
        // An unknown call fails instead of ending the process: a recording must not be lost because a C library makes a
        // new one.
        guard let context = unsafe seccomp_init(Self.fail(EPERM)) else { throw .filter(.noMemory) }
        // SAFETY: the context is ours, is used by one thread, and is released after its last use.
        defer { unsafe seccomp_release(context) }
        // Also confine the threads that run already.
        try Self.check(unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1))
        for name in Rule.unknown { try unsafe Self.add(Rule(name), Self.fail(ENOSYS), to: context) }
        for rule in rules { try unsafe Self.add(rule, Self.allow, to: context) }
        try Self.check(unsafe seccomp_load(context))
    }

    /// SCMP_ACT_ALLOW, a macro that is not imported.
    private static let allow: UInt32 = 0x7FFF_0000

    /// SCMP_ACT_ERRNO.
    private static func fail(_ errno: CInt) -> UInt32 { 0x0005_0000 | UInt32(errno) }

    /// - Parameter context: what `seccomp_init` returned, not yet released.
    @unsafe private static func add(
        _ rule: Rule,
        _ action: UInt32,
        to context: scmp_filter_ctx
    ) throws(ConfinementError) {
        let number = unsafe seccomp_syscall_resolve_name(rule.name)
        // A call that this processor's or this library's table does not know cannot be made anyway.
        guard number >= 0 else { return }
        // SAFETY: the array lives through the call, which reads as many elements as it has.
        let result = unsafe rule.arguments.withUnsafeBufferPointer {
            unsafe seccomp_rule_add_array(context, action, number, UInt32($0.count), $0.baseAddress)
        }
        try check(result)
    }

    /// libseccomp returns minus errno.
    private static func check(_ result: CInt) throws(ConfinementError) {
        guard result >= 0 else { throw .filter(Errno(rawValue: -result)) }
    }
}
