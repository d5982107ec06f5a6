extension ATADrive {
    /// Commands (ATA/ATAPI-6, chapter 8), by their codes.
    enum Command: UInt8 {
        case recalibrate = 0x10
        case readSectors = 0x20
        case readSectorsWithoutRetry = 0x21
        case readSectorsExtended = 0x24
        case readDMAExtended = 0x25
        case readNativeMaximumExtended = 0x27
        case readMultipleExtended = 0x29
        case writeSectors = 0x30
        case writeSectorsWithoutRetry = 0x31
        case writeSectorsExtended = 0x34
        case writeDMAExtended = 0x35
        case writeMultipleExtended = 0x39
        case verifySectors = 0x40
        case verifySectorsWithoutRetry = 0x41
        case verifySectorsExtended = 0x42
        case seek = 0x70
        case executeDiagnostic = 0x90
        case initializeParameters = 0x91
        case readMultiple = 0xC4
        case writeMultiple = 0xC5
        case setMultiple = 0xC6
        case readDMA = 0xC8
        case readDMAWithoutRetry = 0xC9
        case writeDMA = 0xCA
        case writeDMAWithoutRetry = 0xCB
        case standbyImmediate = 0xE0
        case idleImmediate = 0xE1
        case standby = 0xE2
        case idle = 0xE3
        case checkPowerMode = 0xE5
        case sleep = 0xE6
        case flushCache = 0xE7
        case flushCacheExtended = 0xEA
        case identify = 0xEC
        case setFeatures = 0xEF
        case readNativeMaximum = 0xF8

        var isExtended: Bool {
            switch self {
            case .readSectorsExtended, .readDMAExtended, .readMultipleExtended, .writeSectorsExtended,
                .writeDMAExtended, .writeMultipleExtended, .verifySectorsExtended:
                true
            default: false
            }
        }
    }

    /// Answer of CHECK POWER MODE: active.
    private static let active: UInt16 = 0xFF

    mutating func perform(_ code: UInt8, _ disk: inout some BlockStorage) {
        requestsInterrupt = false
        transfer = .none
        error = []
        status = .idle
        guard let command = Command(rawValue: code) else {
            fail(.aborted)
            return
        }
        isExtended = command.isExtended
        switch command {
        case .readSectors, .readSectorsWithoutRetry, .readSectorsExtended:
            startReading(blockSize: 1, &disk)
        case .readMultiple, .readMultipleExtended:
            startReading(blockSize: sectorsPerBlock, &disk)
        case .writeSectors, .writeSectorsWithoutRetry, .writeSectorsExtended:
            startWriting(blockSize: 1)
        case .writeMultiple, .writeMultipleExtended:
            startWriting(blockSize: sectorsPerBlock)
        case .readDMA, .readDMAWithoutRetry, .readDMAExtended: startMemoryTransfer(isWrite: false)
        case .writeDMA, .writeDMAWithoutRetry, .writeDMAExtended: startMemoryTransfer(isWrite: true)
        case .verifySectors, .verifySectorsWithoutRetry, .verifySectorsExtended:
            if extent() != nil { finish() } else { fail(.identifierNotFound) }
        case .identify:
            buffer = identification
            position = 0
            transfer = .reading(next: 0, left: 0)
            status.insert(.dataRequest)
            requestsInterrupt = true
        case .flushCache, .flushCacheExtended: flush(&disk)
        case .readNativeMaximum, .readNativeMaximumExtended:
            showNativeMaximum(isExtended: command == .readNativeMaximumExtended)
        case .checkPowerMode:
            registers.count = Self.active
            finish()
        case .executeDiagnostic:
            registers.showSignature()
            finish()
            error = .diagnosticPassed
        case .setFeatures: setFeatures()
        case .setMultiple: setMultiple()
        case .initializeParameters: setGeometry()
        case .recalibrate, .seek, .standbyImmediate, .idleImmediate, .standby, .idle, .sleep: finish()
        }
    }

    private mutating func startReading(blockSize: Int, _ disk: inout some BlockStorage) {
        guard blockSize > 0 else { return fail(.aborted) }
        guard let (first, count) = extent() else { return fail(.identifierNotFound) }
        fillBuffer(next: first, left: count, blockSize: blockSize, &disk)
    }

    private mutating func startWriting(blockSize: Int) {
        guard blockSize > 0 else { return fail(.aborted) }
        guard let (first, count) = extent() else { return fail(.identifierNotFound) }
        awaitBlock(next: first, left: count, blockSize: blockSize)
    }

    private mutating func startMemoryTransfer(isWrite: Bool) {
        guard let (first, count) = extent() else { return fail(.identifierNotFound) }
        transfer = .memory(first: first, count: count, isWrite: isWrite)
        status.insert(.dataRequest)
    }

    private mutating func flush(_ disk: inout some BlockStorage) {
        do throws(BlockStorageError) {
            try disk.flush()
            finish()
        } catch {
            fail(error)
        }
    }

    /// SET FEATURES: the transfer mode, and switches that have no effect here.
    private mutating func setFeatures() {
        switch UInt8(truncatingIfNeeded: registers.features) {
        case 0x03:
            transferMode = UInt8(truncatingIfNeeded: registers.count)
            finish()
        // Write cache and read look-ahead, on and off; reverting to power-on defaults, or not.
        case 0x02, 0x82, 0x55, 0xAA, 0x66, 0xCC: finish()
        default: fail(.aborted)
        }
    }

    /// READ NATIVE MAX ADDRESS: the last sector that the command can address.
    private mutating func showNativeMaximum(isExtended: Bool) {
        registers.device.insert(.usesLBA)
        self.isExtended = isExtended
        show(address: min(identity.sectorCount - 1, isExtended ? .max : 0x0FFF_FFFF))
        finish()
    }

    private mutating func setMultiple() {
        let count = Int(registers.count & 0xFF)
        guard count <= Self.maximumSectorsPerBlock, count == 0 || count.nonzeroBitCount == 1 else {
            return fail(.aborted)
        }
        sectorsPerBlock = count
        finish()
    }

    /// INITIALIZE DEVICE PARAMETERS: the geometry for commands without LBA.
    private mutating func setGeometry() {
        guard registers.count & 0xFF != 0 else { return fail(.aborted) }
        sectorsPerTrack = UInt64(registers.count & 0xFF)
        heads = UInt64(registers.head) + 1
        finish()
    }
}
