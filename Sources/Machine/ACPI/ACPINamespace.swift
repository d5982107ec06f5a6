internal import Platform

/// The contents of the DSDT: how to switch the machine off, and where its PCI bus is.
enum ACPINamespace {
    static var terms: [UInt8] {
        AML.scope("\\_SB_", AML.device("PCI0", bus)) + AML.name("\\_S5_", softOff)
    }

    /// SLP_TYP for PM1a and PM1b, both ``PowerManagement/SleepRequest/softOff``, and two reserved elements.
    private static var softOff: [UInt8] { AML.package([UInt8](repeating: 0, count: 4).map { AML.integer(UInt32($0)) }) }

    private static var bus: [UInt8] {
        AML.name("_HID", AML.identifier("PNP0A03")) + AML.name("_ADR", AML.integer(0))
            + AML.name("_CRS", AML.buffer(resources)) + AML.name("_PRT", AML.package(routes))
    }

    /// The configuration ports, and what the bridge passes on: all other ports, text memory and the devices' window.
    private static var resources: [UInt8] {
        let ports = PCIConfigurationPort.address..<PCIConfigurationPort.address + PCIConfigurationPort.count
        return ACPIResources.buses(0...0)
            + ACPIResources.ports(ports.lowerBound, count: UInt8(PCIConfigurationPort.count))
            + ACPIResources.portWindow(0...ports.lowerBound - 1)
            + ACPIResources.portWindow(ports.upperBound...0xFFFF)
            + ACPIResources.memoryWindow(0xA_0000...0xB_FFFF, isCacheable: true)
            + ACPIResources.memoryWindow(AddressSpace.pciMemory, isCacheable: false) + ACPIResources.end
    }

    /// The interrupt to which each pin of each device leads, for any function (6.2.13).
    private static var routes: [[UInt8]] {
        (UInt32(1)..<32).flatMap { device in
            (UInt32(0)..<4).map { pin in
                let line = PCIBus.Place.routes[Int(device + pin + 3) % 4]
                let elements: [UInt32] = [device << 16 | 0xFFFF, pin, 0, line]
                return AML.package(elements.map { AML.integer($0) })
            }
        }
    }
}
