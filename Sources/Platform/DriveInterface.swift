/// What a disk is connected to.
public enum DriveInterface: String, CaseIterable, Hashable, Sendable {
    /// The IDE controller: at most four disks.
    case ide
    /// A virtio device for each disk: at most 28.
    case virtio
}
