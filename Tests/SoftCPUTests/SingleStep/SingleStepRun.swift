/// All single-step tests, run once.
struct SingleStepRun {
    private(set) var count = 0
    private(set) var forms = 0
    /// Differences that no mask explains: the first few of each form.
    private(set) var differences: [String] = []
    /// What the masks were needed for.
    private(set) var uses: Set<SingleStepUse> = []

    /// What came of it; an error where the files cannot be read.
    static let result = Result { try SingleStepRun() }

    private init() throws {
        let machine = try SingleStepMachine()
        for (form, text) in try SingleStepFolder.read() {
            var found: [String] = []
            for test in SingleStepScanner.tests(in: text) {
                count += 1
                let before = machine.run(test)
                guard !before.isNone else { continue }
                var difference = before
                difference.mask(test, form: form, &uses)
                if !difference.isNone { found.append("\(test.name) \(test.bytes): \(before)") }
            }
            forms += 1
            if !found.isEmpty {
                differences.append("\(form), \(found.count): \(found.prefix(3).joined(separator: "\n"))")
            }
        }
    }
}
