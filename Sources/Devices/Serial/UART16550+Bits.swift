extension UART16550 {
    /// IER.
    struct InterruptEnable: OptionSet, Hashable {
        let rawValue: UInt8
        static let receivedData = Self(rawValue: 1 << 0)
        static let transmitterEmpty = Self(rawValue: 1 << 1)
        static let lineStatus = Self(rawValue: 1 << 2)
        static let modemStatus = Self(rawValue: 1 << 3)
        static let implemented: Self = [.receivedData, .transmitterEmpty, .lineStatus, .modemStatus]
    }

    /// IIR, bits 0 to 3, from the lowest to the highest priority.
    enum Interrupt: UInt8 {
        case modemStatus = 0b0000
        case transmitterEmpty = 0b0010
        case receivedData = 0b0100
        case characterTimeout = 0b1100
        case lineStatus = 0b0110

        /// Bit 0: nothing is pending.
        static let none: UInt8 = 0b0001
        /// Bits 6 and 7.
        static let fifoEnabled: UInt8 = 0b1100_0000
    }

    /// FCR. The transmitter's FIFO is always empty, so that resetting it does nothing.
    struct FIFOControl: OptionSet {
        let rawValue: UInt8
        static let enable = Self(rawValue: 1 << 0)
        static let resetReceiver = Self(rawValue: 1 << 1)

        /// Bits 6 and 7: how many bytes raise the received-data interrupt.
        var trigger: Int {
            switch rawValue >> 6 {
            case 0: 1
            case 1: 4
            case 2: 8
            default: 14
            }
        }
    }

    /// LCR. The format of a character has no effect.
    struct LineControl: OptionSet, Hashable {
        let rawValue: UInt8
        static let divisorLatch = Self(rawValue: 1 << 7)
    }

    /// MCR.
    struct ModemControl: OptionSet, Hashable {
        let rawValue: UInt8
        static let dataTerminalReady = Self(rawValue: 1 << 0)
        static let requestToSend = Self(rawValue: 1 << 1)
        static let output1 = Self(rawValue: 1 << 2)
        static let output2 = Self(rawValue: 1 << 3)
        static let loopback = Self(rawValue: 1 << 4)
        static let implemented: Self = [.dataTerminalReady, .requestToSend, .output1, .output2, .loopback]
    }

    /// LSR.
    struct LineStatus: OptionSet, Hashable {
        let rawValue: UInt8
        static let dataReady = Self(rawValue: 1 << 0)
        static let overrunError = Self(rawValue: 1 << 1)
        static let parityError = Self(rawValue: 1 << 2)
        static let framingError = Self(rawValue: 1 << 3)
        static let breakInterrupt = Self(rawValue: 1 << 4)
        static let transmitterHoldingEmpty = Self(rawValue: 1 << 5)
        static let transmitterEmpty = Self(rawValue: 1 << 6)
        static let fifoError = Self(rawValue: 1 << 7)
        static let errorsInFIFO: Self = [.parityError, .framingError, .breakInterrupt]
    }

    /// MSR.
    struct ModemStatus: OptionSet, Hashable {
        let rawValue: UInt8
        static let clearToSendChanged = Self(rawValue: 1 << 0)
        static let dataSetReadyChanged = Self(rawValue: 1 << 1)
        static let ringIndicatorEnded = Self(rawValue: 1 << 2)
        static let dataCarrierDetectChanged = Self(rawValue: 1 << 3)
        static let clearToSend = Self(rawValue: 1 << 4)
        static let dataSetReady = Self(rawValue: 1 << 5)
        static let ringIndicator = Self(rawValue: 1 << 6)
        static let dataCarrierDetect = Self(rawValue: 1 << 7)
        static let changes: Self = [
            .clearToSendChanged, .dataSetReadyChanged, .ringIndicatorEnded, .dataCarrierDetectChanged,
        ]
    }
}
