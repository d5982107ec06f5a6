internal import Devices
internal import Engine
internal import Machine
internal import TraceFormat

/// A run whose plan provides its inputs, at the moments of the guest's program that the plan names.
extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// How many nanoseconds a guest goes without an interrupt if it neither exits nor reaches the place of its next
    /// input.
    static var planPatience: UInt64 { 1_000_000_000 }
    /// How often the guest passes the place of an interrupt in another state before it takes the interrupt there
    /// anyway.
    private static var mostPasses: Int { 2000 }

    /// Makes the inputs follow a plan. From then on, time passes according to what the guest does.
    mutating func follow(_ plan: InputPlan) {
        self.plan = PlanFollower(plan.inputs)
        time.followPlan()
    }

    /// Gives the guest the inputs whose moment has come. If the moment of an interrupt has come, it may be delivered.
    mutating func followPlan() throws(EngineError) {
        while let next = plan?.next, plan?.releasesInterrupt == false {
            switch next.kind {
            case .type(let byte):
                guard board.consoleRoom() > 0, try opensForConsole() else { return }
                try giveConsole([byte])
                plan?.finishNext()
            case .interrupt(let place):
                if let place, plan?.approach(place) == true { return }
                if plan?.destination != nil { return }
                if !board.interruptRequested, let deadline = board.nextDeadline {
                    time.skip(to: deadline)
                    board.advance(to: time.board)
                }
                if board.interruptRequested { plan?.releaseNext() } else { plan?.finishNext() }
            }
        }
    }

    /// Lets the guest run to the place of its next input.
    ///
    /// - Returns: nil once the guest is there, or the exit that it reached first.
    mutating func run(to place: PlannedInput.Place, _ alarm: Alarm) throws(EngineError) -> Exit? {
        do { try processor.completePendingAccess() } catch .unfinishedInstruction { return try processor.run() }
        setAlarm(alarm, to: time.now.advanced(byNanoseconds: Self.planPatience))
        let exit = try passes(place)
        try processor.setBreakpoints(discovery?.breakpoints ?? [])
        if exit == nil {
            plan?.arrive()
            position = .asynchronous
        }
        return exit
    }

    private mutating func passes(_ place: PlannedInput.Place) throws(EngineError) -> Exit? {
        let rip = place.registers[place.registers.count - 2]
        var passes = Passes(of: CodePlace(offset: rip, address: place.address))
        var stops = 0
        while processor.exitRegisters != place.registers, stops < Self.mostPasses {
            switch try processor.run(toNextOf: &passes) {
            case .stopped: stops += 1
            case .turned, .elsewhere, .exception: break
            case .debugsItself: return nil
            case .exit(let exit), .astray(let exit): return exit
            }
        }
        return nil
    }
}
