// A pointer to a function is made of a closure in which every type is known: so each form and size has its own here.
extension BinaryForms {
    static let add = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, Add.self, UInt8.self) }, { combineRegisters($0, $1, Add.self, UInt16.self) },
            { combineRegisters($0, $1, Add.self, UInt32.self) }, { combineRegisters($0, $1, Add.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, Add.self, UInt8.self) }, { combineImmediate($0, $1, Add.self, UInt16.self) },
            { combineImmediate($0, $1, Add.self, UInt32.self) }, { combineImmediate($0, $1, Add.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, Add.self, UInt8.self) }, { combineMemory($0, $1, Add.self, UInt16.self) },
            { combineMemory($0, $1, Add.self, UInt32.self) }, { combineMemory($0, $1, Add.self, UInt64.self) },
        ],
        memoryRegister: [
            { combineIntoMemory($0, $1, Add.self, UInt8.self) }, { combineIntoMemory($0, $1, Add.self, UInt16.self) },
            { combineIntoMemory($0, $1, Add.self, UInt32.self) }, { combineIntoMemory($0, $1, Add.self, UInt64.self) },
        ],
        memoryImmediate: [
            { combineImmediateIntoMemory($0, $1, Add.self, UInt8.self) },
            { combineImmediateIntoMemory($0, $1, Add.self, UInt16.self) },
            { combineImmediateIntoMemory($0, $1, Add.self, UInt32.self) },
            { combineImmediateIntoMemory($0, $1, Add.self, UInt64.self) },
        ]
    )

    static let adc = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, AddWithCarry.self, UInt8.self) },
            { combineRegisters($0, $1, AddWithCarry.self, UInt16.self) },
            { combineRegisters($0, $1, AddWithCarry.self, UInt32.self) },
            { combineRegisters($0, $1, AddWithCarry.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, AddWithCarry.self, UInt8.self) },
            { combineImmediate($0, $1, AddWithCarry.self, UInt16.self) },
            { combineImmediate($0, $1, AddWithCarry.self, UInt32.self) },
            { combineImmediate($0, $1, AddWithCarry.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, AddWithCarry.self, UInt8.self) },
            { combineMemory($0, $1, AddWithCarry.self, UInt16.self) },
            { combineMemory($0, $1, AddWithCarry.self, UInt32.self) },
            { combineMemory($0, $1, AddWithCarry.self, UInt64.self) },
        ],
        memoryRegister: [
            { combineIntoMemory($0, $1, AddWithCarry.self, UInt8.self) },
            { combineIntoMemory($0, $1, AddWithCarry.self, UInt16.self) },
            { combineIntoMemory($0, $1, AddWithCarry.self, UInt32.self) },
            { combineIntoMemory($0, $1, AddWithCarry.self, UInt64.self) },
        ],
        memoryImmediate: [
            { combineImmediateIntoMemory($0, $1, AddWithCarry.self, UInt8.self) },
            { combineImmediateIntoMemory($0, $1, AddWithCarry.self, UInt16.self) },
            { combineImmediateIntoMemory($0, $1, AddWithCarry.self, UInt32.self) },
            { combineImmediateIntoMemory($0, $1, AddWithCarry.self, UInt64.self) },
        ]
    )

    static let sub = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, Subtract.self, UInt8.self) },
            { combineRegisters($0, $1, Subtract.self, UInt16.self) },
            { combineRegisters($0, $1, Subtract.self, UInt32.self) },
            { combineRegisters($0, $1, Subtract.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, Subtract.self, UInt8.self) },
            { combineImmediate($0, $1, Subtract.self, UInt16.self) },
            { combineImmediate($0, $1, Subtract.self, UInt32.self) },
            { combineImmediate($0, $1, Subtract.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, Subtract.self, UInt8.self) }, { combineMemory($0, $1, Subtract.self, UInt16.self) },
            { combineMemory($0, $1, Subtract.self, UInt32.self) },
            { combineMemory($0, $1, Subtract.self, UInt64.self) },
        ],
        memoryRegister: [
            { combineIntoMemory($0, $1, Subtract.self, UInt8.self) },
            { combineIntoMemory($0, $1, Subtract.self, UInt16.self) },
            { combineIntoMemory($0, $1, Subtract.self, UInt32.self) },
            { combineIntoMemory($0, $1, Subtract.self, UInt64.self) },
        ],
        memoryImmediate: [
            { combineImmediateIntoMemory($0, $1, Subtract.self, UInt8.self) },
            { combineImmediateIntoMemory($0, $1, Subtract.self, UInt16.self) },
            { combineImmediateIntoMemory($0, $1, Subtract.self, UInt32.self) },
            { combineImmediateIntoMemory($0, $1, Subtract.self, UInt64.self) },
        ]
    )

    static let sbb = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, SubtractWithBorrow.self, UInt8.self) },
            { combineRegisters($0, $1, SubtractWithBorrow.self, UInt16.self) },
            { combineRegisters($0, $1, SubtractWithBorrow.self, UInt32.self) },
            { combineRegisters($0, $1, SubtractWithBorrow.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, SubtractWithBorrow.self, UInt8.self) },
            { combineImmediate($0, $1, SubtractWithBorrow.self, UInt16.self) },
            { combineImmediate($0, $1, SubtractWithBorrow.self, UInt32.self) },
            { combineImmediate($0, $1, SubtractWithBorrow.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, SubtractWithBorrow.self, UInt8.self) },
            { combineMemory($0, $1, SubtractWithBorrow.self, UInt16.self) },
            { combineMemory($0, $1, SubtractWithBorrow.self, UInt32.self) },
            { combineMemory($0, $1, SubtractWithBorrow.self, UInt64.self) },
        ],
        memoryRegister: [
            { combineIntoMemory($0, $1, SubtractWithBorrow.self, UInt8.self) },
            { combineIntoMemory($0, $1, SubtractWithBorrow.self, UInt16.self) },
            { combineIntoMemory($0, $1, SubtractWithBorrow.self, UInt32.self) },
            { combineIntoMemory($0, $1, SubtractWithBorrow.self, UInt64.self) },
        ],
        memoryImmediate: [
            { combineImmediateIntoMemory($0, $1, SubtractWithBorrow.self, UInt8.self) },
            { combineImmediateIntoMemory($0, $1, SubtractWithBorrow.self, UInt16.self) },
            { combineImmediateIntoMemory($0, $1, SubtractWithBorrow.self, UInt32.self) },
            { combineImmediateIntoMemory($0, $1, SubtractWithBorrow.self, UInt64.self) },
        ]
    )
}
