/// STORE SYSTEM INFORMATION of an s390 guest.
public struct S390SystemInformation: Hashable, Sendable {
    /// `addr`.
    public var address: UInt64
    /// `ar`.
    public var accessRegister: UInt8
    /// `fc`.
    public var functionCode: UInt8
    /// `sel1`.
    public var selector1: UInt8
    /// `sel2`.
    public var selector2: UInt16
}
