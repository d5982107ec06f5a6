import ArgumentParser

/// What a replay may do only if the user allows it.
struct ReplayOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much guest memory the trace may fill, because a small file may stand for a lot. Default: 1 GiB, or 64 "
                + "times the file's size if that is more.",
            valueName: "size"
        )
    )
    var memoryLimit: ByteCount?

    @Option(
        help: ArgumentHelp(
            "What to do if CPUID shows the guest other bits here than in the recording: refuse, or allow, for a guest that "
                + "does not look at them. Everything is still compared.",
            valueName: "refuse|allow"
        )
    )
    var cpuMismatch = CPUMismatch.refuse
}

/// What a replay does if this host shows the guest another processor.
enum CPUMismatch: String, CaseIterable, ExpressibleByArgument {
    /// It stops before it begins.
    case refuse
    /// It goes on, and says which bits differ.
    case allow
}
