public import ArgumentParser
public import Replayer

extension Landing: ExpressibleByArgument {}

/// How a replay reaches the moments at which a recording was interrupted between two exits.
struct LandingOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How to reach interrupts that arrived between two exits.",
            discussion: """
                exact: by executing; fails where this host cannot stop the guest. portable: by restoring the state that \
                was recorded there. auto: by executing where this host can, otherwise by restoring. If executing does not \
                get there, auto goes on from the recorded state and ends with status 1: that stretch is unproved.
                """,
            valueName: "way"
        )
    )
    var landing = Landing.auto
}
