public import ByteCoding

extension ProcessorState {
    /// The largest XSAVE component that is accepted, in bytes. AMX tile data, the largest that is defined, has 8192.
    public static let maximumComponentSize = 16384
    /// The most model-specific registers that are accepted.
    public static let maximumModelSpecificRegisters = 4096

    /// A flag in the activity's byte: address line 20 is masked.
    private static let addressLine20Flag: UInt8 = 2

    /// Appends the canonical encoding: fixed-width little-endian fields in declaration order, lists sorted by number.
    ///
    /// Equal states have equal encodings, so a hash of the encoding is a digest of the state.
    public func encode(to writer: inout ByteWriter) {
        for value in general { writer.write(value) }
        writer.write(rip)
        writer.write(rflags)
        segments.encode(to: &writer)
        for table in [gdt, idt] {
            writer.write(table.base)
            writer.write(table.limit)
        }
        control.encode(to: &writer)
        for address in debug.address { writer.write(address) }
        writer.write(debug.status)
        writer.write(debug.control)
        writer.write(extended.mxcsr)
        writer.writeVarint(UInt64(extended.components.count))
        for (number, bytes) in extended.components.sorted(by: { $0.key < $1.key }) {
            writer.write(UInt8(number))
            writer.writeVarint(UInt64(bytes.count))
            writer.write(bytes: bytes)
        }
        writer.writeVarint(UInt64(modelSpecific.count))
        for (number, value) in modelSpecific.sorted(by: { $0.key < $1.key }) {
            writer.write(number)
            writer.write(value)
        }
        pending.encode(to: &writer)
        writer.write(activity.rawValue | (masksAddressLine20 ? Self.addressLine20Flag : 0))
    }

    /// Reads what ``encode(to:)`` wrote, refusing anything that it could not have written.
    public init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        for index in general.indices { general[index] = try cursor.read() }
        rip = try cursor.read()
        rflags = try cursor.read()
        segments = try Segments(from: &cursor)
        gdt = DescriptorTable(base: try cursor.read(), limit: try cursor.read())
        idt = DescriptorTable(base: try cursor.read(), limit: try cursor.read())
        control = try ControlRegisters(from: &cursor)
        for index in debug.address.indices { debug.address[index] = try cursor.read() }
        debug.status = try cursor.read()
        debug.control = try cursor.read()
        extended.mxcsr = try cursor.read()
        var last = -1
        for _ in 0..<(try cursor.readCount(limit: 63)) {
            let number = Int(try cursor.read(UInt8.self))
            guard number > last, number < 63 else {
                throw .invalidValue(field: "XSAVE component", value: UInt64(number))
            }
            last = number
            extended.components[number] = try cursor.readBytes(
                count: cursor.readCount(limit: Self.maximumComponentSize)
            )
        }
        var lastRegister: UInt32?
        for _ in 0..<(try cursor.readCount(limit: Self.maximumModelSpecificRegisters)) {
            let number: UInt32 = try cursor.read()
            if let lastRegister, number <= lastRegister {
                throw .invalidValue(field: "model-specific register", value: UInt64(number))
            }
            lastRegister = number
            modelSpecific[number] = try cursor.read()
        }
        pending = try PendingEvents(from: &cursor)
        let rawActivity: UInt8 = try cursor.read()
        masksAddressLine20 = rawActivity & Self.addressLine20Flag != 0
        guard let activity = Activity(rawValue: rawActivity & ~Self.addressLine20Flag) else {
            throw .invalidValue(field: "activity", value: UInt64(rawActivity))
        }
        self.activity = activity
    }
}

extension ProcessorState.Segments {
    fileprivate func encode(to writer: inout ByteWriter) {
        for segment in [cs, ds, es, fs, gs, ss, tr, ldt] { segment.encode(to: &writer) }
    }

    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        cs = try .init(from: &cursor)
        ds = try .init(from: &cursor)
        es = try .init(from: &cursor)
        fs = try .init(from: &cursor)
        gs = try .init(from: &cursor)
        ss = try .init(from: &cursor)
        tr = try .init(from: &cursor)
        ldt = try .init(from: &cursor)
    }
}

extension ProcessorState.ControlRegisters {
    fileprivate func encode(to writer: inout ByteWriter) {
        for register in [cr0, cr2, cr3, cr4, cr8, efer, apicBase, xcr0] { writer.write(register) }
        for pointer in pageDirectoryPointers { writer.write(pointer) }
    }

    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        cr0 = try cursor.read()
        cr2 = try cursor.read()
        cr3 = try cursor.read()
        cr4 = try cursor.read()
        cr8 = try cursor.read()
        efer = try cursor.read()
        apicBase = try cursor.read()
        xcr0 = try cursor.read()
        for index in pageDirectoryPointers.indices { pageDirectoryPointers[index] = try cursor.read() }
    }
}

extension ProcessorState.Segment {
    fileprivate func encode(to writer: inout ByteWriter) {
        writer.write(base)
        writer.write(limit)
        writer.write(selector)
        writer.write(accessRights)
    }

    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        self.init(
            base: try cursor.read(),
            limit: try cursor.read(),
            selector: try cursor.read(),
            accessRights: try cursor.read()
        )
    }
}

extension ProcessorState.PendingEvents {
    fileprivate func encode(to writer: inout ByteWriter) {
        writer.write(exception != nil)
        if let exception {
            writer.write(exception.vector)
            writer.write(optional: exception.errorCode)
            writer.write(exception.injected)
            writer.write(optional: exception.payload)
        }
        writer.write(interrupt != nil)
        if let interrupt {
            writer.write(interrupt.vector)
            writer.write(interrupt.soft)
        }
        writer.write(nmiInjected)
        writer.write(nmiPending)
        writer.write(nmiMasked)
        writer.write(interruptShadow.rawValue)
    }

    fileprivate init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        self.init()
        if try cursor.readFlag() {
            exception = Exception(
                vector: try cursor.read(),
                errorCode: try cursor.readOptional(),
                injected: try cursor.readFlag(),
                payload: try cursor.readOptional()
            )
        }
        if try cursor.readFlag() {
            interrupt = Interrupt(vector: try cursor.read(), soft: try cursor.readFlag())
        }
        nmiInjected = try cursor.readFlag()
        nmiPending = try cursor.readFlag()
        nmiMasked = try cursor.readFlag()
        interruptShadow = InterruptShadow(rawValue: try cursor.read())
    }
}
