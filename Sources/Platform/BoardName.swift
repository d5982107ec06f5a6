/// The names of the boards in a trace.
public enum BoardName {
    /// The PC.
    public static let pc = "pc"
    /// The board of a unikernel, which answers Solo5's HVT calls.
    public static let unikernel = "hvt"
}
