import SystemPackage

extension Descriptor {
    /// Reads all of `count` bytes at an offset (pread(2)).
    func read(at offset: Int, count: Int, of part: String) throws(KVMError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let done: Int
        do {
            done = try host.read(rawValue, at: offset, into: &bytes)
        } catch {
            throw KVMError(operation: "pread", argument: part, cause: .system(error))
        }
        guard done == count else {
            throw KVMError(
                operation: "pread",
                argument: part,
                cause: .unexpected("\(done) bytes came instead of \(count)")
            )
        }
        return bytes
    }
}
