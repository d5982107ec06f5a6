internal import X86

/// What is watched while instructions execute, and what has been noticed.
struct Watching {
    /// Accesses of the slow path have to be compared with what is watched.
    var isActive = false
    /// A run may end in front of an instruction: see ``Surroundings/stops``.
    var hasStops = false
    /// One instruction alone executes, so that what it accesses can be noted. Else it is begun again by itself.
    var isStepping = true
    /// The next instruction accesses what is watched.
    var mustStep = false
    /// DR7 asks for a look at accesses to memory or ports.
    var hasDataBreakpoints = false
    /// Bits of DR6 for the trap behind the instruction under way, or the one before where that has loaded SS.
    var debugHits: UInt64 = 0
    /// The task that was switched to asks for a trap.
    var isTaskTrapped = false
    /// The instruction under way was begun with TF set.
    var trapsBehind = false
    /// A repeated instruction has turns to go.
    var isBetweenTurns = false
    /// A repeated instruction has made its last turn, and has yet to find that.
    var isPastTurns = false
    /// The instruction pointer behind the last instruction that executed alone, before its trap was delivered.
    var endOfStep: UInt64 = 0
    /// The run has come to an instruction in front of which it is to end.
    var isAtStop = false
    /// What is watched that has been accessed.
    var hit: WatchHit?
    /// The instruction that executes alone; nil between two.
    var steppedAddress: UInt64?
    /// A run ends behind an instruction that makes linear addresses lead elsewhere than these tables say.
    var stopsAtTableSwitches = false
    var tables = TableSelection()
    /// Which transfers are noted.
    var transfers: TransferSet = []
    /// Transfers have been noted that do not say yet how many instructions came before.
    var hasTransfers = false
}

/// What decides which page tables translate, and how.
struct TableSelection: Equatable {
    var cr0: UInt64 = 0
    var cr3: UInt64 = 0
    var cr4: UInt64 = 0
    var efer: UInt64 = 0
}

extension CPU {
    /// What decides it now.
    var tableSelection: TableSelection {
        let paging = state.cr0 & CR0.paging
        let kinds = CR4.pageSize | CR4.physicalExtension | CR4.fiveLevels
        return TableSelection(
            cr0: paging,
            cr3: paging == 0 ? 0 : tableRoot,
            cr4: state.cr4 & kinds,
            efer: state.efer & EFER.longModeActive
        )
    }

    /// Whether tables have been switched since the last time that this was so or somebody began to ask.
    func hasSwitchedTables() -> Bool {
        let present = tableSelection
        guard present != state.watching.tables else { return false }
        state.watching.tables = present
        return true
    }

    /// Notes an access within one page to what is watched; throws where it cannot be noted because a block executes.
    func checkWatch(_ physical: UInt64, linear: UInt64, size: Int, _ use: PageUse) throws(Fault) {
        guard state.watching.isActive else { return }
        if state.watching.hasDataBreakpoints, !use.contains(.implicit) {
            try noteBreakpoints(linear, size: size, on: use.contains(.write) ? DR7.onWrite : DR7.onAccess)
        }
        let address = physicalAddress(physical)
        guard let page = hostPage(address), page.known.flags & PageRecord.watched != 0 else { return }
        let isWrite = use.contains(.write)
        for watch in around.watches where isWrite || watch.includesReads {
            let start = watch.address.rawValue
            guard address < start &+ UInt64(watch.count), start < address &+ UInt64(size) else { continue }
            guard state.watching.isStepping else {
                state.watching.mustStep = true
                throw .watching
            }
            let end = min(address &+ UInt64(size), start &+ UInt64(watch.count))
            noteHit(max(start, address), end: end)
        }
    }

    /// Notes that the instruction under way accesses watched bytes up to an end: one stretch of a page, however it is accessed.
    private func noteHit(_ start: UInt64, end: UInt64) {
        guard let hit = state.watching.hit else {
            state.watching.hit = WatchHit(
                address: GuestPhysicalAddress(start),
                count: Int(end &- start),
                instruction: state.watching.steppedAddress.map { GuestVirtualAddress($0) }
            )
            return
        }
        guard hit.address.rawValue.page == start.page else { return }
        let first = min(hit.address.rawValue, start)
        let last = max(hit.address.rawValue &+ UInt64(hit.count), end)
        state.watching.hit?.address = GuestPhysicalAddress(first)
        state.watching.hit?.count = Int(last &- first)
    }

    /// Watches these stretches of memory and no others.
    func watch(_ watches: [MemoryWatch]) {
        setWatched(around.watches, false)
        around.watches = watches
        setWatched(watches, true)
        state.watching.isActive = !watches.isEmpty || state.watching.hasDataBreakpoints
        flushTranslations()
    }

    private func setWatched(_ watches: [MemoryWatch], _ isWatched: Bool) {
        for watch in watches where watch.count > 0 {
            let last = watch.address.rawValue &+ UInt64(watch.count - 1)
            for number in watch.address.rawValue >> 12...max(last, watch.address.rawValue) >> 12 {
                guard let page = hostPage(number << 12) else { continue }
                if isWatched {
                    page.known.flags |= PageRecord.watched
                } else {
                    page.known.flags &= ~PageRecord.watched
                }
            }
        }
    }
}
