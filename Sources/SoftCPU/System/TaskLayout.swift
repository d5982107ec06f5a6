internal import X86

/// Where things are in a task state segment (Intel SDM vol. 3, 8.2.1 and 8.6).
struct TaskLayout {
    /// Of 32 bits; else of 16.
    let isWide: Bool

    /// The least limit.
    var limit: UInt32 { isWide ? 103 : 43 }
    /// Bytes of a register.
    var bytes: Int { isWide ? 4 : 2 }
    /// CR3, in one of 32 bits alone.
    var root: UInt64 { 28 }
    var ip: UInt64 { isWide ? 32 : 14 }
    var flags: UInt64 { isWide ? 36 : 16 }
    /// EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI.
    var general: UInt64 { isWide ? 40 : 18 }
    /// ES, CS, SS, DS, and FS and GS in one of 32 bits.
    var segments: UInt64 { isWide ? 72 : 34 }
    var segmentCount: Int { isWide ? 6 : 4 }
    /// The last byte of what a switch saves.
    var savedEnd: UInt64 { isWide ? 95 : 41 }
    var localTable: UInt64 { isWide ? 96 : 42 }
    /// The word with the trap flag, in one of 32 bits alone.
    var trap: UInt64 { 100 }
}

/// What a task switch takes out of a task state segment.
struct TaskState {
    var root: UInt64?
    var ip: UInt64 = 0
    var flags: UInt64 = 0
    var general = InlineArray<8, UInt64>(repeating: 0)
    /// ES, CS, SS, DS, FS, GS.
    var segments = InlineArray<6, UInt16>(repeating: 0)
    var localTable: UInt16 = 0
    /// A debug exception is raised in front of its first instruction.
    var isTrapped = false
}

extension CPU {
    /// Reads a task.
    func readTask(_ base: UInt64, _ layout: TaskLayout) throws(Fault) -> TaskState {
        var task = TaskState()
        func field(_ offset: UInt64, _ bytes: Int) throws(Fault) -> UInt64 {
            try read(base &+ offset, size: bytes, use: Self.tableUse)
        }
        task.ip = try field(layout.ip, layout.bytes)
        task.flags = try field(layout.flags, layout.bytes)
        for index in 0..<8 {
            task.general[index] = try field(layout.general + UInt64(index * layout.bytes), layout.bytes)
        }
        for index in 0..<layout.segmentCount {
            let offset = layout.segments + UInt64(index * layout.bytes)
            task.segments[index] = UInt16(truncatingIfNeeded: try field(offset, 2))
        }
        task.localTable = UInt16(truncatingIfNeeded: try field(layout.localTable, 2))
        if layout.isWide {
            task.root = try field(layout.root, 4)
            task.isTrapped = try field(layout.trap, 1) & 1 != 0
        }
        return task
    }

    /// Writes the present task into its segment.
    func saveTask(at base: UInt64, _ layout: TaskLayout, withoutNesting: Bool) throws(Fault) {
        func put(_ offset: UInt64, _ value: UInt64, _ bytes: Int) throws(Fault) {
            try write(base &+ offset, size: bytes, value, use: Self.tableUse)
        }
        try put(layout.ip, state.ip, layout.bytes)
        try put(layout.flags, withoutNesting ? flags & ~Flag.nestedTask : flags, layout.bytes)
        for index in 0..<8 {
            try put(layout.general + UInt64(index * layout.bytes), state.general[index], layout.bytes)
        }
        for index in 0..<layout.segmentCount {
            try put(layout.segments + UInt64(index * layout.bytes), UInt64(state.segments[index].selector), 2)
        }
    }

    /// Makes the state of a task the present one. Faults belong to the new task: what has been loaded stays.
    func enterTask(_ task: TaskState, isNested: Bool, _ external: UInt32) throws(Fault) {
        for number in 0..<8 { state.general[number] = task.general[number] }
        state.ip = task.ip
        flags = task.flags & Flag.loadable | (isNested ? Flag.nestedTask : 0)
        for number in 0..<6 { state.segments[number] = Self.nullSegment(task.segments[number]) }
        state.segments[SegmentNumber.ldtr] = Self.nullSegment(task.localTable)
        state.privilege = isVirtual8086 ? 3 : UInt8(task.segments[SegmentNumber.cs] & 3)
        updateMode()
        if let root = task.root, state.cr0 & CR0.paging != 0 { try setCR3(root) }
        try loadTaskTable(task.localTable, external)
        if isVirtual8086 {
            for number in 0..<6 { setRealSegment(number, task.segments[number]) }
            updateMode()
        } else {
            try loadTaskSegments(task, external)
        }
        guard state.ip <= UInt64(state.segments[SegmentNumber.cs].limit) else { throw .protection(external) }
    }

    private func loadTaskTable(_ selector: UInt16, _ external: UInt32) throws(Fault) {
        let code = UInt32(selector & 0xFFFC) | external
        guard selector & 0xFFFC != 0 else { return }
        guard selector & 4 == 0, let found = try descriptor(selector), !found.isOrdinary, found.type == 2,
            found.isPresent
        else {
            throw .invalidTSS(code)
        }
        state.segments[SegmentNumber.ldtr] = found.segment(selector)
    }

    private func loadTaskSegments(_ task: TaskState, _ external: UInt32) throws(Fault) {
        defer { updateMode() }
        let codeSelector = task.segments[SegmentNumber.cs]
        let code = UInt32(codeSelector & 0xFFFC) | external
        let privilege = state.privilege
        guard codeSelector & 0xFFFC != 0, var target = try descriptor(codeSelector), target.isCode,
            target.isConforming ? target.privilege <= privilege : target.privilege == privilege
        else { throw .invalidTSS(code) }
        guard target.isPresent else { throw .notPresent(code) }
        try markAccessed(&target)
        state.segments[SegmentNumber.cs] = target.segment(codeSelector)
        let stackSelector = task.segments[SegmentNumber.ss]
        let stackCode = UInt32(stackSelector & 0xFFFC) | external
        guard stackSelector & 0xFFFC != 0, var stack = try descriptor(stackSelector), stack.isWritable,
            UInt8(stackSelector & 3) == privilege, stack.privilege == privilege
        else { throw .invalidTSS(stackCode) }
        guard stack.isPresent else { throw .stack(stackCode) }
        try markAccessed(&stack)
        state.segments[SegmentNumber.ss] = stack.segment(stackSelector)
        for number in [SegmentNumber.es, SegmentNumber.ds, SegmentNumber.fs, SegmentNumber.gs] {
            try loadTaskData(number, task.segments[number], external)
        }
    }

    private func loadTaskData(_ number: Int, _ selector: UInt16, _ external: UInt32) throws(Fault) {
        let code = UInt32(selector & 0xFFFC) | external
        guard selector & 0xFFFC != 0 else { return }
        guard var found = try descriptor(selector), found.isOrdinary, found.isReadable,
            found.isConforming || found.privilege >= max(state.privilege, UInt8(selector & 3))
        else { throw .invalidTSS(code) }
        guard found.isPresent else { throw .notPresent(code) }
        try markAccessed(&found)
        state.segments[number] = found.segment(selector)
    }
}
