import ByteCoding
import CKVM

/// What KVM counts about one VM or one vCPU, read by name (`KVM_GET_STATS_FD`; KVM API documentation, section 4.133).
public struct Statistics: ~Copyable, Sendable {
    /// The VM or vCPU that they are about, such as `kvm-1234`.
    public let source: String
    /// The available statistics, in the kernel's order.
    public let definitions: [StatisticDefinition]

    private let descriptor: Descriptor
    private let dataOffset: Int

    /// The most statistics that are accepted; kernels have some 60.
    private static let maximumCount = 4096
    /// The longest name that is accepted; kernels have 48.
    private static let maximumNameSize = 1024

    /// Opens the statistics of a descriptor's VM or vCPU, and reads which there are.
    static func open(of owner: borrowing Descriptor) throws(KVMError) -> Self {
        let descriptor = Descriptor(owning: try owner.call(.getStatisticsDescriptor), host: owner.host)
        let header = try Header(descriptor.read(at: 0, count: Header.size, of: "header"))
        guard header.nameSize <= maximumNameSize, header.count <= maximumCount else {
            throw .statistics("header", "\(header.count) statistics with names of \(header.nameSize) bytes")
        }
        let source = text(try descriptor.read(at: header.idOffset, count: header.nameSize, of: "id"))
        var definitions: [StatisticDefinition] = []
        let stride = StatisticDefinition.fixedSize + header.nameSize
        let bytes = try descriptor.read(at: header.definitionsOffset, count: header.count * stride, of: "descriptors")
        do {
            // SAFETY (this and below): a span of bytes has no padding.
            var cursor = unsafe ByteCursor(bytes.span.bytes)
            for _ in 0..<header.count {
                definitions.append(try StatisticDefinition(from: &cursor, nameSize: header.nameSize))
            }
        } catch {
            throw .statistics("descriptors", error.description)
        }
        return Self(
            source: source,
            definitions: definitions,
            descriptor: descriptor,
            dataOffset: header.dataOffset
        )
    }

    private init(
        source: String,
        definitions: [StatisticDefinition],
        descriptor: consuming Descriptor,
        dataOffset: Int
    ) {
        self.source = source
        self.definitions = definitions
        self.descriptor = descriptor
        self.dataOffset = dataOffset
    }

    /// The present values of one statistic: one, or, for a histogram, one for each bucket.
    public func values(of definition: StatisticDefinition) throws(KVMError) -> [UInt64] {
        let bytes = try descriptor.read(
            at: dataOffset + definition.offset,
            count: definition.count * MemoryLayout<UInt64>.size,
            of: definition.name
        )
        do {
            var cursor = unsafe ByteCursor(bytes.span.bytes)
            var values: [UInt64] = []
            for _ in 0..<definition.count { values.append(try cursor.read()) }
            return values
        } catch {
            throw .statistics(definition.name, error.description)
        }
    }

    /// The present value of the statistic with this name; for a histogram, its first value.
    ///
    /// - Throws: a refusal if there is no statistic of that name.
    public func value(_ name: String) throws(KVMError) -> UInt64 {
        guard let definition = definitions.first(where: { $0.name == name }) else {
            throw KVMError(
                operation: Request.getStatisticsDescriptor.name.description,
                argument: name,
                cause: .refused("\(source) has no statistic of that name")
            )
        }
        return try values(of: definition).first ?? 0
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// `struct kvm_stats_header`.
    private struct Header {
        static let size = MemoryLayout<kvm_stats_header>.size

        let nameSize: Int
        let count: Int
        let idOffset: Int
        let definitionsOffset: Int
        let dataOffset: Int

        init(_ bytes: [UInt8]) throws(KVMError) {
            do {
                var cursor = unsafe ByteCursor(bytes.span.bytes)
                _ = try cursor.read(UInt32.self)
                nameSize = Int(try cursor.read(UInt32.self))
                count = Int(try cursor.read(UInt32.self))
                idOffset = Int(try cursor.read(UInt32.self))
                definitionsOffset = Int(try cursor.read(UInt32.self))
                dataOffset = Int(try cursor.read(UInt32.self))
            } catch {
                throw .statistics("header", error.description)
            }
        }
    }
}

extension KVMError {
    /// The kernel's statistics are not laid out as documented.
    fileprivate static func statistics(_ part: String, _ reason: String) -> Self {
        Self(operation: Request.getStatisticsDescriptor.name.description, argument: part, cause: .unexpected(reason))
    }
}

extension VM {
    /// What KVM counts about this VM (`KVM_GET_STATS_FD`; needs `KVM_CAP_BINARY_STATS_FD`).
    public func statistics() throws(KVMError) -> Statistics {
        try .open(of: descriptor)
    }
}

extension VCPU {
    /// What KVM counts about this vCPU (`KVM_GET_STATS_FD`; needs `KVM_CAP_BINARY_STATS_FD`).
    public func statistics() throws(KVMError) -> Statistics {
        try .open(of: descriptor)
    }
}
