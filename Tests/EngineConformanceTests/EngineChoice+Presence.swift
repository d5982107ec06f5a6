import EngineTesting
import Engines
import TestBasics

extension EngineChoice {
    /// Goes on only if machines can be made on this engine here.
    func requirePresence() throws(HostLack) {
        switch self {
        case .kvm: guard KVMDevice.isUsable else { throw HostLack(KVMDevice.lack) }
        case .soft: break
        }
    }
}
