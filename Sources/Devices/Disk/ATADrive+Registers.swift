extension ATADrive {
    /// Status register.
    struct Status: OptionSet, Hashable {
        let rawValue: UInt8
        /// ERR.
        static let error = Self(rawValue: 1 << 0)
        /// DRQ.
        static let dataRequest = Self(rawValue: 1 << 3)
        /// DSC.
        static let seekComplete = Self(rawValue: 1 << 4)
        /// DF.
        static let deviceFault = Self(rawValue: 1 << 5)
        /// DRDY.
        static let ready = Self(rawValue: 1 << 6)
        /// BSY.
        static let busy = Self(rawValue: 1 << 7)
        static let idle: Self = [.ready, .seekComplete]
    }

    /// Error register.
    struct ErrorBits: OptionSet, Hashable {
        let rawValue: UInt8
        /// After a reset or a diagnostic: no fault.
        static let diagnosticPassed = Self(rawValue: 0x01)
        /// ABRT.
        static let aborted = Self(rawValue: 1 << 2)
        /// IDNF.
        static let identifierNotFound = Self(rawValue: 1 << 4)
        /// UNC.
        static let uncorrectable = Self(rawValue: 1 << 6)
    }

    /// Device register.
    struct Device: OptionSet, Hashable {
        let rawValue: UInt8
        static let headMask: UInt8 = 0x0F
        /// DEV: the second drive.
        static let isSecond = Self(rawValue: 1 << 4)
        /// LBA.
        static let usesLBA = Self(rawValue: 1 << 6)
        /// Bits 5 and 7, which read as ones.
        static let obsolete = Self(rawValue: 0xA0)
    }

    /// The registers that carry a command's parameters. The high half of each holds the byte before the last, where
    /// 48-bit commands have the rest of their parameters.
    struct TaskFile: Hashable {
        var features: UInt16 = 0
        var count: UInt16 = 1
        var low: UInt16 = 1
        var middle: UInt16 = 0
        var high: UInt16 = 0
        var device: Device = .obsolete

        mutating func push(_ byte: UInt8, into register: WritableKeyPath<TaskFile, UInt16>) {
            self[keyPath: register] = self[keyPath: register] << 8 | UInt16(byte)
        }

        private static func byte(_ register: UInt16) -> UInt64 { UInt64(register & 0xFF) }

        private static func previous(_ register: UInt16) -> UInt64 { UInt64(register >> 8) }

        var sector: UInt8 { UInt8(truncatingIfNeeded: low) }
        var cylinder: UInt16 { middle & 0xFF | high << 8 }
        var head: UInt8 { device.rawValue & Device.headMask }

        /// The 28-bit address.
        var address: UInt64 {
            Self.byte(low) | Self.byte(middle) << 8 | Self.byte(high) << 16 | UInt64(head) << 24
        }

        /// The 48-bit address.
        var extendedAddress: UInt64 {
            Self.byte(low) | Self.byte(middle) << 8 | Self.byte(high) << 16
                | Self.previous(low) << 24 | Self.previous(middle) << 32 | Self.previous(high) << 40
        }

        /// Zero means the maximum: 256 sectors, or 65,536.
        func sectorCount(isExtended: Bool) -> Int {
            if isExtended { return count == 0 ? 0x1_0000 : Int(count) }
            return count & 0xFF == 0 ? 0x100 : Int(count & 0xFF)
        }

        /// Shows a 28-bit address, whose highest bits are in the device register.
        mutating func show(address: UInt64) {
            Self.put(address, into: &low)
            Self.put(address >> 8, into: &middle)
            Self.put(address >> 16, into: &high)
            show(head: address >> 24)
        }

        /// Shows a 48-bit address, whose upper half takes the place of the registers' previous bytes.
        mutating func show(extendedAddress address: UInt64) {
            low = UInt16(address >> 24 & 0xFF) << 8 | UInt16(address & 0xFF)
            middle = UInt16(address >> 32 & 0xFF) << 8 | UInt16(address >> 8 & 0xFF)
            high = UInt16(address >> 40 & 0xFF) << 8 | UInt16(address >> 16 & 0xFF)
        }

        /// Shows a sector by its cylinder and head.
        mutating func show(cylinder: UInt64, head: UInt64, sector: UInt64) {
            Self.put(sector, into: &low)
            Self.put(cylinder, into: &middle)
            Self.put(cylinder >> 8, into: &high)
            show(head: head)
        }

        private mutating func show(head: UInt64) {
            device = Device(
                rawValue: device.rawValue & ~Device.headMask
                    | UInt8(truncatingIfNeeded: head) & Device.headMask
            )
        }

        /// Changes what a register shows, but not its previous byte.
        private static func put(_ byte: UInt64, into register: inout UInt16) {
            register = register & 0xFF00 | UInt16(byte & 0xFF)
        }

        /// All sectors have been moved.
        mutating func showNoneLeft() { count = 0 }

        /// Shows that the drive is a disk that takes no packets (9.12).
        mutating func showSignature() {
            count = 1
            low = 1
            middle = 0
            high = 0
            device = .obsolete
        }
    }
}
