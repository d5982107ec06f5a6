internal import Platform

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
    typealias Interrupt = SerialInterrupt

    /// FCR. The transmitter's FIFO is always empty, so resetting it does nothing.
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
    typealias LineControl = SerialLineControl

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
    typealias LineStatus = SerialLineStatus

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
