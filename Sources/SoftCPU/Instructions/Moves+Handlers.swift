// A pointer to a function is made of a closure in which every type is known: so each form and size has its own here.
extension Moves {
    static let registerRegister: [Handler] = [
        { moveRegister($0, $1, UInt8.self) }, { moveRegister($0, $1, UInt16.self) },
        { moveRegister($0, $1, UInt32.self) }, { moveRegister($0, $1, UInt64.self) },
    ]
    static let registerImmediate: [Handler] = [
        { moveImmediate($0, $1, UInt8.self) }, { moveImmediate($0, $1, UInt16.self) },
        { moveImmediate($0, $1, UInt32.self) }, { moveImmediate($0, $1, UInt64.self) },
    ]
    static let registerMemory: [Handler] = [
        { moveLoad($0, $1, UInt8.self) }, { moveLoad($0, $1, UInt16.self) }, { moveLoad($0, $1, UInt32.self) },
        { moveLoad($0, $1, UInt64.self) },
    ]
    static let memoryRegister: [Handler] = [
        { moveStore($0, $1, UInt8.self) }, { moveStore($0, $1, UInt16.self) }, { moveStore($0, $1, UInt32.self) },
        { moveStore($0, $1, UInt64.self) },
    ]
    static let memoryImmediate: [Handler] = [
        { moveStoreImmediate($0, $1, UInt8.self) }, { moveStoreImmediate($0, $1, UInt16.self) },
        { moveStoreImmediate($0, $1, UInt32.self) }, { moveStoreImmediate($0, $1, UInt64.self) },
    ]
    static let loadAddress: [Handler] = [
        { moveAddress($0, $1, UInt8.self) }, { moveAddress($0, $1, UInt16.self) },
        { moveAddress($0, $1, UInt32.self) }, { moveAddress($0, $1, UInt64.self) },
    ]
    /// By the size of the destination, 2, 4, 8 bytes, and of the source, 1, 2, 4 bytes.
    static let extendRegisterZero: [[Handler]] = [
        [
            { extendRegister($0, $1, ZeroExtend.self, UInt16.self, UInt8.self) },
            { extendRegister($0, $1, ZeroExtend.self, UInt16.self, UInt16.self) },
            { extendRegister($0, $1, ZeroExtend.self, UInt16.self, UInt32.self) },
        ],
        [
            { extendRegister($0, $1, ZeroExtend.self, UInt32.self, UInt8.self) },
            { extendRegister($0, $1, ZeroExtend.self, UInt32.self, UInt16.self) },
            { extendRegister($0, $1, ZeroExtend.self, UInt32.self, UInt32.self) },
        ],
        [
            { extendRegister($0, $1, ZeroExtend.self, UInt64.self, UInt8.self) },
            { extendRegister($0, $1, ZeroExtend.self, UInt64.self, UInt16.self) },
            { extendRegister($0, $1, ZeroExtend.self, UInt64.self, UInt32.self) },
        ],
    ]
    /// By the size of the destination, 2, 4, 8 bytes, and of the source, 1, 2, 4 bytes.
    static let extendRegisterSign: [[Handler]] = [
        [
            { extendRegister($0, $1, SignExtend.self, UInt16.self, UInt8.self) },
            { extendRegister($0, $1, SignExtend.self, UInt16.self, UInt16.self) },
            { extendRegister($0, $1, SignExtend.self, UInt16.self, UInt32.self) },
        ],
        [
            { extendRegister($0, $1, SignExtend.self, UInt32.self, UInt8.self) },
            { extendRegister($0, $1, SignExtend.self, UInt32.self, UInt16.self) },
            { extendRegister($0, $1, SignExtend.self, UInt32.self, UInt32.self) },
        ],
        [
            { extendRegister($0, $1, SignExtend.self, UInt64.self, UInt8.self) },
            { extendRegister($0, $1, SignExtend.self, UInt64.self, UInt16.self) },
            { extendRegister($0, $1, SignExtend.self, UInt64.self, UInt32.self) },
        ],
    ]
    /// By the size of the destination, 2, 4, 8 bytes, and of the source, 1, 2, 4 bytes.
    static let extendMemoryZero: [[Handler]] = [
        [
            { extendMemory($0, $1, ZeroExtend.self, UInt16.self, UInt8.self) },
            { extendMemory($0, $1, ZeroExtend.self, UInt16.self, UInt16.self) },
            { extendMemory($0, $1, ZeroExtend.self, UInt16.self, UInt32.self) },
        ],
        [
            { extendMemory($0, $1, ZeroExtend.self, UInt32.self, UInt8.self) },
            { extendMemory($0, $1, ZeroExtend.self, UInt32.self, UInt16.self) },
            { extendMemory($0, $1, ZeroExtend.self, UInt32.self, UInt32.self) },
        ],
        [
            { extendMemory($0, $1, ZeroExtend.self, UInt64.self, UInt8.self) },
            { extendMemory($0, $1, ZeroExtend.self, UInt64.self, UInt16.self) },
            { extendMemory($0, $1, ZeroExtend.self, UInt64.self, UInt32.self) },
        ],
    ]
    /// By the size of the destination, 2, 4, 8 bytes, and of the source, 1, 2, 4 bytes.
    static let extendMemorySign: [[Handler]] = [
        [
            { extendMemory($0, $1, SignExtend.self, UInt16.self, UInt8.self) },
            { extendMemory($0, $1, SignExtend.self, UInt16.self, UInt16.self) },
            { extendMemory($0, $1, SignExtend.self, UInt16.self, UInt32.self) },
        ],
        [
            { extendMemory($0, $1, SignExtend.self, UInt32.self, UInt8.self) },
            { extendMemory($0, $1, SignExtend.self, UInt32.self, UInt16.self) },
            { extendMemory($0, $1, SignExtend.self, UInt32.self, UInt32.self) },
        ],
        [
            { extendMemory($0, $1, SignExtend.self, UInt64.self, UInt8.self) },
            { extendMemory($0, $1, SignExtend.self, UInt64.self, UInt16.self) },
            { extendMemory($0, $1, SignExtend.self, UInt64.self, UInt32.self) },
        ],
    ]
}
