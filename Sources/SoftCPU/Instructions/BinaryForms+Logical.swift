// A pointer to a function is made of a closure in which every type is known: so each form and size has its own here.
extension BinaryForms {
    static let and = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, And.self, UInt8.self) }, { combineRegisters($0, $1, And.self, UInt16.self) },
            { combineRegisters($0, $1, And.self, UInt32.self) }, { combineRegisters($0, $1, And.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, And.self, UInt8.self) }, { combineImmediate($0, $1, And.self, UInt16.self) },
            { combineImmediate($0, $1, And.self, UInt32.self) }, { combineImmediate($0, $1, And.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, And.self, UInt8.self) }, { combineMemory($0, $1, And.self, UInt16.self) },
            { combineMemory($0, $1, And.self, UInt32.self) }, { combineMemory($0, $1, And.self, UInt64.self) },
        ],
        memoryRegister: [
            { combineIntoMemory($0, $1, And.self, UInt8.self) }, { combineIntoMemory($0, $1, And.self, UInt16.self) },
            { combineIntoMemory($0, $1, And.self, UInt32.self) }, { combineIntoMemory($0, $1, And.self, UInt64.self) },
        ],
        memoryImmediate: [
            { combineImmediateIntoMemory($0, $1, And.self, UInt8.self) },
            { combineImmediateIntoMemory($0, $1, And.self, UInt16.self) },
            { combineImmediateIntoMemory($0, $1, And.self, UInt32.self) },
            { combineImmediateIntoMemory($0, $1, And.self, UInt64.self) },
        ]
    )

    static let or = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, Or.self, UInt8.self) }, { combineRegisters($0, $1, Or.self, UInt16.self) },
            { combineRegisters($0, $1, Or.self, UInt32.self) }, { combineRegisters($0, $1, Or.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, Or.self, UInt8.self) }, { combineImmediate($0, $1, Or.self, UInt16.self) },
            { combineImmediate($0, $1, Or.self, UInt32.self) }, { combineImmediate($0, $1, Or.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, Or.self, UInt8.self) }, { combineMemory($0, $1, Or.self, UInt16.self) },
            { combineMemory($0, $1, Or.self, UInt32.self) }, { combineMemory($0, $1, Or.self, UInt64.self) },
        ],
        memoryRegister: [
            { combineIntoMemory($0, $1, Or.self, UInt8.self) }, { combineIntoMemory($0, $1, Or.self, UInt16.self) },
            { combineIntoMemory($0, $1, Or.self, UInt32.self) }, { combineIntoMemory($0, $1, Or.self, UInt64.self) },
        ],
        memoryImmediate: [
            { combineImmediateIntoMemory($0, $1, Or.self, UInt8.self) },
            { combineImmediateIntoMemory($0, $1, Or.self, UInt16.self) },
            { combineImmediateIntoMemory($0, $1, Or.self, UInt32.self) },
            { combineImmediateIntoMemory($0, $1, Or.self, UInt64.self) },
        ]
    )

    static let xor = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, ExclusiveOr.self, UInt8.self) },
            { combineRegisters($0, $1, ExclusiveOr.self, UInt16.self) },
            { combineRegisters($0, $1, ExclusiveOr.self, UInt32.self) },
            { combineRegisters($0, $1, ExclusiveOr.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, ExclusiveOr.self, UInt8.self) },
            { combineImmediate($0, $1, ExclusiveOr.self, UInt16.self) },
            { combineImmediate($0, $1, ExclusiveOr.self, UInt32.self) },
            { combineImmediate($0, $1, ExclusiveOr.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, ExclusiveOr.self, UInt8.self) },
            { combineMemory($0, $1, ExclusiveOr.self, UInt16.self) },
            { combineMemory($0, $1, ExclusiveOr.self, UInt32.self) },
            { combineMemory($0, $1, ExclusiveOr.self, UInt64.self) },
        ],
        memoryRegister: [
            { combineIntoMemory($0, $1, ExclusiveOr.self, UInt8.self) },
            { combineIntoMemory($0, $1, ExclusiveOr.self, UInt16.self) },
            { combineIntoMemory($0, $1, ExclusiveOr.self, UInt32.self) },
            { combineIntoMemory($0, $1, ExclusiveOr.self, UInt64.self) },
        ],
        memoryImmediate: [
            { combineImmediateIntoMemory($0, $1, ExclusiveOr.self, UInt8.self) },
            { combineImmediateIntoMemory($0, $1, ExclusiveOr.self, UInt16.self) },
            { combineImmediateIntoMemory($0, $1, ExclusiveOr.self, UInt32.self) },
            { combineImmediateIntoMemory($0, $1, ExclusiveOr.self, UInt64.self) },
        ]
    )

    static let cmp = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, Compare.self, UInt8.self) },
            { combineRegisters($0, $1, Compare.self, UInt16.self) },
            { combineRegisters($0, $1, Compare.self, UInt32.self) },
            { combineRegisters($0, $1, Compare.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, Compare.self, UInt8.self) },
            { combineImmediate($0, $1, Compare.self, UInt16.self) },
            { combineImmediate($0, $1, Compare.self, UInt32.self) },
            { combineImmediate($0, $1, Compare.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, Compare.self, UInt8.self) }, { combineMemory($0, $1, Compare.self, UInt16.self) },
            { combineMemory($0, $1, Compare.self, UInt32.self) }, { combineMemory($0, $1, Compare.self, UInt64.self) },
        ],
        memoryRegister: [
            { comparedRegister($0, $1, Compare.self, UInt8.self) },
            { comparedRegister($0, $1, Compare.self, UInt16.self) },
            { comparedRegister($0, $1, Compare.self, UInt32.self) },
            { comparedRegister($0, $1, Compare.self, UInt64.self) },
        ],
        memoryImmediate: [
            { comparedImmediate($0, $1, Compare.self, UInt8.self) },
            { comparedImmediate($0, $1, Compare.self, UInt16.self) },
            { comparedImmediate($0, $1, Compare.self, UInt32.self) },
            { comparedImmediate($0, $1, Compare.self, UInt64.self) },
        ]
    )

    static let test = BinaryForms(
        registerRegister: [
            { combineRegisters($0, $1, Test.self, UInt8.self) }, { combineRegisters($0, $1, Test.self, UInt16.self) },
            { combineRegisters($0, $1, Test.self, UInt32.self) }, { combineRegisters($0, $1, Test.self, UInt64.self) },
        ],
        registerImmediate: [
            { combineImmediate($0, $1, Test.self, UInt8.self) }, { combineImmediate($0, $1, Test.self, UInt16.self) },
            { combineImmediate($0, $1, Test.self, UInt32.self) }, { combineImmediate($0, $1, Test.self, UInt64.self) },
        ],
        registerMemory: [
            { combineMemory($0, $1, Test.self, UInt8.self) }, { combineMemory($0, $1, Test.self, UInt16.self) },
            { combineMemory($0, $1, Test.self, UInt32.self) }, { combineMemory($0, $1, Test.self, UInt64.self) },
        ],
        memoryRegister: [
            { comparedRegister($0, $1, Test.self, UInt8.self) }, { comparedRegister($0, $1, Test.self, UInt16.self) },
            { comparedRegister($0, $1, Test.self, UInt32.self) }, { comparedRegister($0, $1, Test.self, UInt64.self) },
        ],
        memoryImmediate: [
            { comparedImmediate($0, $1, Test.self, UInt8.self) }, { comparedImmediate($0, $1, Test.self, UInt16.self) },
            { comparedImmediate($0, $1, Test.self, UInt32.self) },
            { comparedImmediate($0, $1, Test.self, UInt64.self) },
        ]
    )
}
