/// Bits of the control registers and EFER (Intel SDM vol. 3, 2.5 and 2.2.1).
enum CR0 {
    static let protection: UInt64 = 1 << 0
    static let monitorCoprocessor: UInt64 = 1 << 1
    static let emulation: UInt64 = 1 << 2
    static let taskSwitched: UInt64 = 1 << 3
    static let extensionType: UInt64 = 1 << 4
    static let numericError: UInt64 = 1 << 5
    static let writeProtect: UInt64 = 1 << 16
    static let alignmentMask: UInt64 = 1 << 18
    static let notWriteThrough: UInt64 = 1 << 29
    static let cacheDisable: UInt64 = 1 << 30
    static let paging: UInt64 = 1 << 31
}

enum CR4 {
    static let virtual8086: UInt64 = 1 << 0
    static let protectedVirtual: UInt64 = 1 << 1
    static let timeStampDisable: UInt64 = 1 << 2
    static let debuggingExtensions: UInt64 = 1 << 3
    static let pageSize: UInt64 = 1 << 4
    static let physicalExtension: UInt64 = 1 << 5
    static let machineCheck: UInt64 = 1 << 6
    static let globalPages: UInt64 = 1 << 7
    static let performanceCounters: UInt64 = 1 << 8
    static let fxsave: UInt64 = 1 << 9
    static let simdExceptions: UInt64 = 1 << 10
    static let userModePrevention: UInt64 = 1 << 11
    static let fiveLevels: UInt64 = 1 << 12
    static let segmentBases: UInt64 = 1 << 16
    static let contextIdentifiers: UInt64 = 1 << 17
    static let xsave: UInt64 = 1 << 18
    static let supervisorExecution: UInt64 = 1 << 20
    static let supervisorAccess: UInt64 = 1 << 21
    static let protectionKeys: UInt64 = 1 << 22
}

enum EFER {
    static let systemCall: UInt64 = 1 << 0
    static let longModeEnable: UInt64 = 1 << 8
    static let longModeActive: UInt64 = 1 << 10
    static let noExecute: UInt64 = 1 << 11
    static let fastFXSave: UInt64 = 1 << 14
}
