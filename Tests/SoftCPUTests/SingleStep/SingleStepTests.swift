import Testing

@testable import SoftCPU

@Suite("Single steps of an 80286", .serialized, .enabled(if: SingleStepFolder.url != nil))
struct SingleStepTests {
    @Test("each leaves what the processor left, but for what is masked with a reason")
    func allTests() throws {
        let run = try SingleStepRun.result.get()

        #expect(run.count >= 120 * run.forms && run.forms >= 320)
        for difference in run.differences { Issue.record("\(difference)") }
    }

    @Test("every mask is needed in each form, flag and register that it names")
    func masksAreNeeded() throws {
        let run = try SingleStepRun.result.get()

        for use in SingleStepUse.all where !run.uses.contains(use) {
            Issue.record("\(SingleStepMask.all[use.mask].reason): \(use.form) \(use.detail) hides nothing")
        }
    }
}

@Suite("What the comparison with single steps finds")
struct SingleStepComparisonTests {
    /// add al, cl and a HLT, from what the suite's files look like.
    private static let text = """
        {"name":"add al,cl","bytes":[0,200,244],"initial":{"regs":{"ax":258,"bx":0,"cx":5,"dx":0,"cs":16,"ss":0,"ds":0,"es":0,\
        "sp":4096,"bp":0,"si":0,"di":0,"ip":0,"flags":61442},"ram":[[256,0],[257,200],[258,244],[512,7]]},"final":{"regs":\
        {"ax":263,"ip":3,"flags":2},"ram":[]}}
        {"name":"int3","bytes":[204,244],"initial":{"regs":{"ax":0,"bx":0,"cx":0,"dx":0,"cs":16,"ss":0,"ds":0,"es":0,\
        "sp":4096,"bp":0,"si":0,"di":0,"ip":0,"flags":2},"ram":[[256,204],[257,244],[12,0],[13,2],[512,244]]},"final":{"regs":\
        {"cs":0,"sp":4090,"ip":513,"flags":2},"ram":[[4090,1],[4092,16],[4094,2]]},"exception":{"number":3,"flag_address":4094}}

        """

    private static var tests: [SingleStepTest] { SingleStepScanner.tests(in: Array(text.utf8) + [0]) }

    @Test("a text is read as it is")
    func scanner() {
        let tests = Self.tests

        #expect(tests.map(\.name) == ["add al,cl", "int3"])
        #expect(tests[0].bytes == [0, 200, 244])
        #expect(tests[0].initial[SingleStepTest.Register.flags.rawValue] == 61442)
        #expect(tests[0].final[SingleStepTest.Register.ax.rawValue] == 263)
        #expect(tests[0].final[SingleStepTest.Register.cx.rawValue] == nil)
        #expect(tests[0].initialMemory.map(\.address) == [256, 257, 258, 512])
        #expect(tests[0].exception == nil)
        #expect(tests[1].finalMemory.map(\.byte) == [1, 16, 2])
        #expect(tests[1].exception?.vector == 3)
    }

    @Test("a test that says what the processor does differs in nothing")
    func equal() throws {
        let machine = try SingleStepMachine()

        for test in Self.tests { #expect(machine.run(test).isNone) }
    }

    @Test("a wrong flag, register, byte of memory or pushed flag is found")
    func plantedFaults() throws {
        let machine = try SingleStepMachine()
        var wrong = Self.tests

        wrong[0].final[SingleStepTest.Register.flags.rawValue] = 3
        wrong[0].final[SingleStepTest.Register.dx.rawValue] = 1
        wrong[0].finalMemory = [(512, 8)]
        wrong[1].finalMemory[2] = (4094, 6)

        let first = machine.run(wrong[0])
        #expect(first.flags == 1)
        #expect(first.registers == [.dx])
        #expect(first.memory == [512])
        #expect(machine.run(wrong[1]).pushedFlags == 4)
        // Nothing of it is left behind.
        #expect(machine.run(Self.tests[0]).isNone)
    }

    @Test("no mask hides a defined flag of another form")
    func masksAreNarrow() {
        var difference = SingleStepDifference(flags: 0x11)
        var uses: Set<SingleStepUse> = []

        difference.mask(Self.tests[0], form: "D0.4", &uses)

        #expect(difference.flags == 1)
        #expect(uses.map(\.detail) == ["flag 4"])
    }
}
