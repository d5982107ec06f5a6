import ArgumentParser

/// What a replay may do that is refused unless it is asked for.
struct ReplayOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let the trace fill so much guest memory: a small file may stand for a lot. 1 GiB, or 64 times the file's size, "
                + "unless told.",
            valueName: "size"
        )
    )
    var memoryLimit: ByteCount?

    @Option(
        help: ArgumentHelp(
            "What to do where CPUID shows the guest other bits here than in the recording: refuse, or allow, for a guest that "
                + "does not look at them. Everything is compared all the same.",
            valueName: "refuse|allow"
        )
    )
    var cpuMismatch = CPUMismatch.refuse
}

/// What a replay does where this host shows the guest another processor.
enum CPUMismatch: String, CaseIterable, ExpressibleByArgument {
    /// It ends before it begins.
    case refuse
    /// It goes on, and says which bits differ.
    case allow
}
