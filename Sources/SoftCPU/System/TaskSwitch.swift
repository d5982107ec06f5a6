/// What makes a processor switch tasks.
enum TaskSwitchCause { case jump, call, interruptReturn }
extension CPU {
    func switchTask(_ selector: UInt16, _ cause: TaskSwitchCause, errorCode: UInt32?, isEvent: Bool) throws(Fault) {
        throw .invalidTSS(UInt32(selector & 0xFFFC))
    }
    func jumpToTask(_ selector: UInt16, _ descriptor: Descriptor, _ cause: TaskSwitchCause) throws(Fault) {
        throw .invalidTSS(UInt32(selector & 0xFFFC))
    }
    func returnFromTask() throws(Fault) { throw .invalidTSS(0) }
}
