/// Executes one operation and goes on with the next by a call in tail position, which the optimiser makes a jump.
///
/// The arguments are the addresses of the processor's state and of the operation; ``CPU`` and ``Operation`` give them their types
/// back. A function without a context, in Swift's own convention: in that of C, each would be a function of two instructions in front
/// of the one that does the work, and the jump between them costs a tenth of the speed.
typealias Handler = @convention(thin) (_ state: UInt, _ operation: UInt) -> Void
