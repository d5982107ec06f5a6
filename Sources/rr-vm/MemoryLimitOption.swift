import ArgumentParser

/// How much memory a replay may fill.
struct MemoryLimitOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let the trace fill so much guest memory: a small file may stand for a lot. 1 GiB, or 64 times the file's size, "
                + "unless told.",
            valueName: "size"
        )
    )
    var memoryLimit: ByteCount?
}
