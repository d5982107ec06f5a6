/// Executes one operation and goes on with the next by a call in tail position, which the optimiser makes a jump.
///
/// The arguments are the addresses of the processor's state and of the operation: a C function can take no Swift structure.
/// ``CPU`` and ``Operation`` give them their types back.
typealias Handler = @convention(c) (_ state: UInt, _ operation: UInt) -> Void
