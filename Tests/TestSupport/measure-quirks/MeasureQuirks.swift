import QuirkReport

/// Prints what this machine's processor does where the manuals leave it open: a file to send to the project.
@main
enum MeasureQuirks {
    static func main() {
        guard let report = QuirkReport.measured() else {
            print("Instructions cannot be executed natively here: this needs Linux on x86-64.")
            return
        }
        print(report.text, terminator: "")
    }
}
