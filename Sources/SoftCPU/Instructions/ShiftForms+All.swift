// A pointer to a function is made of a closure in which every type is known: so each form and size has its own here.
extension ShiftForms {
    static let left = ShiftForms(
        registerImmediate: [
            { shiftRegister($0, $1, ShiftLeft.self, UInt8.self) },
            { shiftRegister($0, $1, ShiftLeft.self, UInt16.self) },
            { shiftRegister($0, $1, ShiftLeft.self, UInt32.self) },
            { shiftRegister($0, $1, ShiftLeft.self, UInt64.self) },
        ],
        registerCounter: [
            { shiftRegisterByCounter($0, $1, ShiftLeft.self, UInt8.self) },
            { shiftRegisterByCounter($0, $1, ShiftLeft.self, UInt16.self) },
            { shiftRegisterByCounter($0, $1, ShiftLeft.self, UInt32.self) },
            { shiftRegisterByCounter($0, $1, ShiftLeft.self, UInt64.self) },
        ],
        memoryImmediate: [
            { shiftMemory($0, $1, ShiftLeft.self, UInt8.self) },
            { shiftMemory($0, $1, ShiftLeft.self, UInt16.self) },
            { shiftMemory($0, $1, ShiftLeft.self, UInt32.self) },
            { shiftMemory($0, $1, ShiftLeft.self, UInt64.self) },
        ],
        memoryCounter: [
            { shiftMemoryByCounter($0, $1, ShiftLeft.self, UInt8.self) },
            { shiftMemoryByCounter($0, $1, ShiftLeft.self, UInt16.self) },
            { shiftMemoryByCounter($0, $1, ShiftLeft.self, UInt32.self) },
            { shiftMemoryByCounter($0, $1, ShiftLeft.self, UInt64.self) },
        ]
    )
    static let right = ShiftForms(
        registerImmediate: [
            { shiftRegister($0, $1, ShiftRight.self, UInt8.self) },
            { shiftRegister($0, $1, ShiftRight.self, UInt16.self) },
            { shiftRegister($0, $1, ShiftRight.self, UInt32.self) },
            { shiftRegister($0, $1, ShiftRight.self, UInt64.self) },
        ],
        registerCounter: [
            { shiftRegisterByCounter($0, $1, ShiftRight.self, UInt8.self) },
            { shiftRegisterByCounter($0, $1, ShiftRight.self, UInt16.self) },
            { shiftRegisterByCounter($0, $1, ShiftRight.self, UInt32.self) },
            { shiftRegisterByCounter($0, $1, ShiftRight.self, UInt64.self) },
        ],
        memoryImmediate: [
            { shiftMemory($0, $1, ShiftRight.self, UInt8.self) },
            { shiftMemory($0, $1, ShiftRight.self, UInt16.self) },
            { shiftMemory($0, $1, ShiftRight.self, UInt32.self) },
            { shiftMemory($0, $1, ShiftRight.self, UInt64.self) },
        ],
        memoryCounter: [
            { shiftMemoryByCounter($0, $1, ShiftRight.self, UInt8.self) },
            { shiftMemoryByCounter($0, $1, ShiftRight.self, UInt16.self) },
            { shiftMemoryByCounter($0, $1, ShiftRight.self, UInt32.self) },
            { shiftMemoryByCounter($0, $1, ShiftRight.self, UInt64.self) },
        ]
    )
    static let rightSigned = ShiftForms(
        registerImmediate: [
            { shiftRegister($0, $1, ShiftRightSigned.self, UInt8.self) },
            { shiftRegister($0, $1, ShiftRightSigned.self, UInt16.self) },
            { shiftRegister($0, $1, ShiftRightSigned.self, UInt32.self) },
            { shiftRegister($0, $1, ShiftRightSigned.self, UInt64.self) },
        ],
        registerCounter: [
            { shiftRegisterByCounter($0, $1, ShiftRightSigned.self, UInt8.self) },
            { shiftRegisterByCounter($0, $1, ShiftRightSigned.self, UInt16.self) },
            { shiftRegisterByCounter($0, $1, ShiftRightSigned.self, UInt32.self) },
            { shiftRegisterByCounter($0, $1, ShiftRightSigned.self, UInt64.self) },
        ],
        memoryImmediate: [
            { shiftMemory($0, $1, ShiftRightSigned.self, UInt8.self) },
            { shiftMemory($0, $1, ShiftRightSigned.self, UInt16.self) },
            { shiftMemory($0, $1, ShiftRightSigned.self, UInt32.self) },
            { shiftMemory($0, $1, ShiftRightSigned.self, UInt64.self) },
        ],
        memoryCounter: [
            { shiftMemoryByCounter($0, $1, ShiftRightSigned.self, UInt8.self) },
            { shiftMemoryByCounter($0, $1, ShiftRightSigned.self, UInt16.self) },
            { shiftMemoryByCounter($0, $1, ShiftRightSigned.self, UInt32.self) },
            { shiftMemoryByCounter($0, $1, ShiftRightSigned.self, UInt64.self) },
        ]
    )
    static let rotateLeft = ShiftForms(
        registerImmediate: [
            { shiftRegister($0, $1, RotateLeft.self, UInt8.self) },
            { shiftRegister($0, $1, RotateLeft.self, UInt16.self) },
            { shiftRegister($0, $1, RotateLeft.self, UInt32.self) },
            { shiftRegister($0, $1, RotateLeft.self, UInt64.self) },
        ],
        registerCounter: [
            { shiftRegisterByCounter($0, $1, RotateLeft.self, UInt8.self) },
            { shiftRegisterByCounter($0, $1, RotateLeft.self, UInt16.self) },
            { shiftRegisterByCounter($0, $1, RotateLeft.self, UInt32.self) },
            { shiftRegisterByCounter($0, $1, RotateLeft.self, UInt64.self) },
        ],
        memoryImmediate: [
            { shiftMemory($0, $1, RotateLeft.self, UInt8.self) },
            { shiftMemory($0, $1, RotateLeft.self, UInt16.self) },
            { shiftMemory($0, $1, RotateLeft.self, UInt32.self) },
            { shiftMemory($0, $1, RotateLeft.self, UInt64.self) },
        ],
        memoryCounter: [
            { shiftMemoryByCounter($0, $1, RotateLeft.self, UInt8.self) },
            { shiftMemoryByCounter($0, $1, RotateLeft.self, UInt16.self) },
            { shiftMemoryByCounter($0, $1, RotateLeft.self, UInt32.self) },
            { shiftMemoryByCounter($0, $1, RotateLeft.self, UInt64.self) },
        ]
    )
    static let rotateRight = ShiftForms(
        registerImmediate: [
            { shiftRegister($0, $1, RotateRight.self, UInt8.self) },
            { shiftRegister($0, $1, RotateRight.self, UInt16.self) },
            { shiftRegister($0, $1, RotateRight.self, UInt32.self) },
            { shiftRegister($0, $1, RotateRight.self, UInt64.self) },
        ],
        registerCounter: [
            { shiftRegisterByCounter($0, $1, RotateRight.self, UInt8.self) },
            { shiftRegisterByCounter($0, $1, RotateRight.self, UInt16.self) },
            { shiftRegisterByCounter($0, $1, RotateRight.self, UInt32.self) },
            { shiftRegisterByCounter($0, $1, RotateRight.self, UInt64.self) },
        ],
        memoryImmediate: [
            { shiftMemory($0, $1, RotateRight.self, UInt8.self) },
            { shiftMemory($0, $1, RotateRight.self, UInt16.self) },
            { shiftMemory($0, $1, RotateRight.self, UInt32.self) },
            { shiftMemory($0, $1, RotateRight.self, UInt64.self) },
        ],
        memoryCounter: [
            { shiftMemoryByCounter($0, $1, RotateRight.self, UInt8.self) },
            { shiftMemoryByCounter($0, $1, RotateRight.self, UInt16.self) },
            { shiftMemoryByCounter($0, $1, RotateRight.self, UInt32.self) },
            { shiftMemoryByCounter($0, $1, RotateRight.self, UInt64.self) },
        ]
    )
    static let rotateLeftThroughCarry = ShiftForms(
        registerImmediate: [
            { shiftRegister($0, $1, RotateLeftThroughCarry.self, UInt8.self) },
            { shiftRegister($0, $1, RotateLeftThroughCarry.self, UInt16.self) },
            { shiftRegister($0, $1, RotateLeftThroughCarry.self, UInt32.self) },
            { shiftRegister($0, $1, RotateLeftThroughCarry.self, UInt64.self) },
        ],
        registerCounter: [
            { shiftRegisterByCounter($0, $1, RotateLeftThroughCarry.self, UInt8.self) },
            { shiftRegisterByCounter($0, $1, RotateLeftThroughCarry.self, UInt16.self) },
            { shiftRegisterByCounter($0, $1, RotateLeftThroughCarry.self, UInt32.self) },
            { shiftRegisterByCounter($0, $1, RotateLeftThroughCarry.self, UInt64.self) },
        ],
        memoryImmediate: [
            { shiftMemory($0, $1, RotateLeftThroughCarry.self, UInt8.self) },
            { shiftMemory($0, $1, RotateLeftThroughCarry.self, UInt16.self) },
            { shiftMemory($0, $1, RotateLeftThroughCarry.self, UInt32.self) },
            { shiftMemory($0, $1, RotateLeftThroughCarry.self, UInt64.self) },
        ],
        memoryCounter: [
            { shiftMemoryByCounter($0, $1, RotateLeftThroughCarry.self, UInt8.self) },
            { shiftMemoryByCounter($0, $1, RotateLeftThroughCarry.self, UInt16.self) },
            { shiftMemoryByCounter($0, $1, RotateLeftThroughCarry.self, UInt32.self) },
            { shiftMemoryByCounter($0, $1, RotateLeftThroughCarry.self, UInt64.self) },
        ]
    )
    static let rotateRightThroughCarry = ShiftForms(
        registerImmediate: [
            { shiftRegister($0, $1, RotateRightThroughCarry.self, UInt8.self) },
            { shiftRegister($0, $1, RotateRightThroughCarry.self, UInt16.self) },
            { shiftRegister($0, $1, RotateRightThroughCarry.self, UInt32.self) },
            { shiftRegister($0, $1, RotateRightThroughCarry.self, UInt64.self) },
        ],
        registerCounter: [
            { shiftRegisterByCounter($0, $1, RotateRightThroughCarry.self, UInt8.self) },
            { shiftRegisterByCounter($0, $1, RotateRightThroughCarry.self, UInt16.self) },
            { shiftRegisterByCounter($0, $1, RotateRightThroughCarry.self, UInt32.self) },
            { shiftRegisterByCounter($0, $1, RotateRightThroughCarry.self, UInt64.self) },
        ],
        memoryImmediate: [
            { shiftMemory($0, $1, RotateRightThroughCarry.self, UInt8.self) },
            { shiftMemory($0, $1, RotateRightThroughCarry.self, UInt16.self) },
            { shiftMemory($0, $1, RotateRightThroughCarry.self, UInt32.self) },
            { shiftMemory($0, $1, RotateRightThroughCarry.self, UInt64.self) },
        ],
        memoryCounter: [
            { shiftMemoryByCounter($0, $1, RotateRightThroughCarry.self, UInt8.self) },
            { shiftMemoryByCounter($0, $1, RotateRightThroughCarry.self, UInt16.self) },
            { shiftMemoryByCounter($0, $1, RotateRightThroughCarry.self, UInt32.self) },
            { shiftMemoryByCounter($0, $1, RotateRightThroughCarry.self, UInt64.self) },
        ]
    )
}
