// A pointer to a function is made of a closure in which every type is known: so each form and size has its own here.
extension UnaryForms {
    static let increment = UnaryForms(
        register: [
            { unaryRegister($0, $1, Increment.self, UInt8.self) },
            { unaryRegister($0, $1, Increment.self, UInt16.self) },
            { unaryRegister($0, $1, Increment.self, UInt32.self) },
            { unaryRegister($0, $1, Increment.self, UInt64.self) },
        ],
        memory: [
            { unaryMemory($0, $1, Increment.self, UInt8.self) },
            { unaryMemory($0, $1, Increment.self, UInt16.self) },
            { unaryMemory($0, $1, Increment.self, UInt32.self) },
            { unaryMemory($0, $1, Increment.self, UInt64.self) },
        ]
    )
    static let decrement = UnaryForms(
        register: [
            { unaryRegister($0, $1, Decrement.self, UInt8.self) },
            { unaryRegister($0, $1, Decrement.self, UInt16.self) },
            { unaryRegister($0, $1, Decrement.self, UInt32.self) },
            { unaryRegister($0, $1, Decrement.self, UInt64.self) },
        ],
        memory: [
            { unaryMemory($0, $1, Decrement.self, UInt8.self) },
            { unaryMemory($0, $1, Decrement.self, UInt16.self) },
            { unaryMemory($0, $1, Decrement.self, UInt32.self) },
            { unaryMemory($0, $1, Decrement.self, UInt64.self) },
        ]
    )
    static let negate = UnaryForms(
        register: [
            { unaryRegister($0, $1, Negate.self, UInt8.self) }, { unaryRegister($0, $1, Negate.self, UInt16.self) },
            { unaryRegister($0, $1, Negate.self, UInt32.self) }, { unaryRegister($0, $1, Negate.self, UInt64.self) },
        ],
        memory: [
            { unaryMemory($0, $1, Negate.self, UInt8.self) }, { unaryMemory($0, $1, Negate.self, UInt16.self) },
            { unaryMemory($0, $1, Negate.self, UInt32.self) }, { unaryMemory($0, $1, Negate.self, UInt64.self) },
        ]
    )
    static let invert = UnaryForms(
        register: [
            { unaryRegister($0, $1, Invert.self, UInt8.self) }, { unaryRegister($0, $1, Invert.self, UInt16.self) },
            { unaryRegister($0, $1, Invert.self, UInt32.self) }, { unaryRegister($0, $1, Invert.self, UInt64.self) },
        ],
        memory: [
            { unaryMemory($0, $1, Invert.self, UInt8.self) }, { unaryMemory($0, $1, Invert.self, UInt16.self) },
            { unaryMemory($0, $1, Invert.self, UInt32.self) }, { unaryMemory($0, $1, Invert.self, UInt64.self) },
        ]
    )
}
