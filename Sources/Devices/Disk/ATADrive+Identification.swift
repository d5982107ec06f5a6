extension ATADrive {
    /// The data of IDENTIFY DEVICE: 256 words (ATA/ATAPI-6, 8.15).
    var identification: [UInt8] {
        var words = [UInt16](repeating: 0, count: 256)
        // A fixed disk.
        words[0] = 0x0040
        let geometry = DiskGeometry(sectorCount: identity.sectorCount)
        words[1] = geometry.cylinders
        words[3] = UInt16(geometry.heads)
        words[6] = UInt16(geometry.sectorsPerTrack)
        Self.put(identity.serialNumber, into: &words[10..<20])
        Self.put("1.0", into: &words[23..<27])
        Self.put(identity.model, into: &words[27..<47])
        words[47] = 0x8000 | UInt16(Self.maximumSectorsPerBlock)
        // Data accesses of 32 bits are possible.
        words[48] = 1
        // IORDY, LBA and DMA.
        words[49] = 0x0B00
        words[50] = 0x4000
        // Words 54 to 58, 64 to 70, and 88 are valid.
        words[53] = 0x0007
        let present = DiskGeometry(
            sectorCount: identity.sectorCount,
            heads: UInt8(heads),
            sectorsPerTrack: UInt8(sectorsPerTrack)
        )
        words[54] = present.cylinders
        words[55] = UInt16(present.heads)
        words[56] = UInt16(present.sectorsPerTrack)
        Self.put(UInt64(present.cylinders) * heads * sectorsPerTrack, into: &words[57..<59])
        words[59] = 0x0100 | UInt16(sectorsPerBlock)
        Self.put(min(identity.sectorCount, 0x0FFF_FFFF), into: &words[60..<62])
        words[63] = 0x0007 | selection(of: 0b0010_0000)
        words[64] = 0x0003
        for index in 65...68 { words[index] = 120 }
        // ATA/ATAPI-4 to 6.
        words[80] = 0x0070
        // Write cache; then flushing, with 48-bit addresses.
        words[82] = 0x0020
        words[83] = 0x7400
        words[84] = 0x4000
        words[85] = 0x0020
        words[86] = 0x3400
        words[87] = 0x4000
        words[88] = 0x003F | selection(of: 0b0100_0000)
        words[93] = 0x6001
        Self.put(identity.sectorCount, into: &words[100..<104])
        return words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    /// The chosen mode, as a bit of the high byte, if it is of the kind with the prefix `kind`.
    private func selection(of kind: UInt8) -> UInt16 {
        transferMode & 0b1111_1000 == kind ? 1 << UInt16(8 + transferMode & 7) : 0
    }

    /// Text has its first character in the high byte of its first word, and is padded with spaces.
    private static func put(_ text: String, into words: inout ArraySlice<UInt16>) {
        var characters = text.utf8.map { 0x20...0x7E ~= $0 ? $0 : 0x3F }.makeIterator()
        for index in words.indices {
            let high = UInt16(characters.next() ?? 0x20)
            words[index] = high << 8 | UInt16(characters.next() ?? 0x20)
        }
    }

    private static func put(_ number: UInt64, into words: inout ArraySlice<UInt16>) {
        for (index, shift) in zip(words.indices, stride(from: 0 as UInt64, to: 64, by: 16)) {
            words[index] = UInt16(truncatingIfNeeded: number >> shift)
        }
    }
}
