/// What a call tells its guest in `ret` (Solo5: `solo5_result_t`).
public enum HypercallStatus: Int32, Hashable, Sendable {
    /// `SOLO5_R_OK`: done.
    case done = 0
    /// `SOLO5_R_AGAIN`: nothing is there now.
    case again = 1
    /// `SOLO5_R_EINVAL`: an argument is wrong.
    case invalid = 2
    /// `SOLO5_R_EUNSPEC`: the host failed.
    case failed = 3
}
