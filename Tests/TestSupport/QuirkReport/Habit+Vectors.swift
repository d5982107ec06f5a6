import CNative

extension Habit {
    /// Those of SSE and x87.
    static let vector: [Habit] = [
        Habit(name: "deviatingEstimates") { _ in (!estimatesAreNearest, estimatesAreNearest) },
        Habit(name: "denormalsPass") { _ in
            // FSCALE of a denormal by 0, with underflow not masked.
            var experiment = Experiment()
            experiment.setArea(0, UInt16(0x36F))
            experiment.setArea(4, UInt16(3))
            experiment.setArea(32, UInt64(0x1000))
            experiment.run([0xD9, 0xFD])
            let underflows = experiment.area(2, UInt16.self) & 0x10 != 0
            return (!underflows, underflows)
        },
        Habit(name: "pointersOfErrors") { _ in
            let pointers = pointersOfLoad
            return (pointers.operand == 0, pointers.operand == UInt32(NATIVE_DATA))
        },
        Habit(name: "pointersOnlyWithErrors") { _ in
            let pointers = pointersOfLoad
            return (pointers.saved == 0, pointers.saved == UInt64(NATIVE_START))
        },
        Habit(name: "misalignedVectors") { _ in
            // FXSAVE, which every experiment ends with, stores which bits of MXCSR there are.
            var experiment = Experiment()
            experiment.run([0x90])
            let hasBit = experiment.area(28, UInt32.self) >> 17 & 1 != 0
            return (hasBit, !hasBit)
        },
        Habit(name: "storesFaultFirst") { _ in
            // FST of an empty register, which is not masked, to where nothing is.
            var experiment = Experiment()
            experiment.setArea(0, UInt16(0x37E))
            experiment.rax = NATIVE_DATA + NATIVE_DATA_SIZE
            experiment.run([0xD9, 0x10])
            return (experiment.vector == 14, experiment.vector < 0)
        },
        Habit(name: "shortExtensionsReadWhole") { _ in
            // MOVSXD CX, [RAX], with 2 bytes at the end of the data.
            var experiment = Experiment()
            experiment.rax = NATIVE_DATA + NATIVE_DATA_SIZE - 2
            experiment.run([0x66, 0x63, 0x08])
            return (experiment.vector == 14, experiment.vector < 0)
        },
        Habit(name: "stackFaultsBeforeAlignment") { _ in
            // FXSAVE at RBP, an address in the stack segment that is neither canonical nor aligned.
            var experiment = Experiment()
            experiment.rbp = 1 << 56 | 1
            experiment.run([0x0F, 0xAE, 0x45, 0x00])
            return (experiment.vector == 12, experiment.vector == 13)
        },
        Habit(name: "dotProductsByLane") { _ in
            // DPPS XMM0, XMM1, FFh of two NaNs, and ones.
            var experiment = Experiment()
            for lane in 0..<4 {
                experiment.setArea(160 + 4 * lane, UInt32(lane < 2 ? 0x7FC0_0001 + lane : 0x3F80_0000))
                experiment.setArea(176 + 4 * lane, UInt32(0x3F80_0000))
            }
            experiment.run([0x66, 0x0F, 0x3A, 0x40, 0xC1, 0xFF])
            let lanes = (0..<4).map { experiment.area(160 + 4 * $0, UInt32.self) }
            return (lanes[0] != lanes[1], lanes.allSatisfy { $0 == 0x7FC0_0001 })
        },
    ]

    /// Whether all estimates of 1/x are by 11 bits of fraction, and rounded to nearest.
    private static let estimatesAreNearest = (0..<UInt64(2048)).allSatisfy { index in
        var experiment = Experiment()
        experiment.setArea(176, 0x3F80_0000 | UInt32(index) << 12)
        experiment.run([0xF3, 0x0F, 0x53, 0xC1])
        let middle = 4097 + 2 * index
        let nearest = (UInt64(8192 * 4096 * 2) + middle) / (2 * middle)
        return UInt64(experiment.area(160, UInt32.self) >> 11 & 0xFFF) == nearest & 0xFFF
    }

    /// What x87 remembers of FLD of 8 bytes from the data: the operand's address by FNSTENV, the instruction's by FXSAVE.
    private static var pointersOfLoad: (operand: UInt32, saved: UInt64) {
        var experiment = Experiment()
        experiment.run([0xDD, 0x07])
        return (experiment.environment(20), experiment.area(8))
    }
}
