/// The ports of PCI's configuration mechanism 1 (PCI Local Bus Specification 2.1, 3.2.2.3.2).
public enum PCIConfigurationPort {
    /// CONFIG_ADDRESS. It takes only four-byte accesses; smaller ones go to whatever else is at these ports.
    public static let address: UInt16 = 0xCF8

    /// The first of the four ports of CONFIG_DATA.
    public static let data: UInt16 = 0xCFC

    /// How many ports both take, from ``address`` on.
    public static let count: UInt16 = 8
}
