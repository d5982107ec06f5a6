/// Offsets in the common configuration of a virtio device (Virtual I/O Device 1.2, 4.1.4.3). It is at the start of the device's
/// memory.
public enum VirtioCommonRegister: UInt64, Sendable {
    case deviceFeatureSelect = 0x00
    case deviceFeature = 0x04
    case driverFeatureSelect = 0x08
    case driverFeature = 0x0C
    case configurationVector = 0x10
    case queueCount = 0x12
    case deviceStatus = 0x14
    case configurationGeneration = 0x15
    case queueSelect = 0x16
    case queueSize = 0x18
    case queueVector = 0x1A
    case queueEnable = 0x1C
    case queueNotifyOffset = 0x1E
    case queueDescriptors = 0x20
    case queueDescriptorsHigh = 0x24
    case queueDriver = 0x28
    case queueDriverHigh = 0x2C
    case queueDevice = 0x30
    case queueDeviceHigh = 0x34

    /// How many bytes they are in all.
    public static let byteCount: UInt64 = 0x38
}
