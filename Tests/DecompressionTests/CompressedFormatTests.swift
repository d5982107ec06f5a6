import Testing

@testable import Decompression

/// Files made by gzip, xz, zstd and `lz4 -l`, and what is made of damaged ones.
@Suite struct CompressedFormatTests {
    /// What each of ``files`` unpacks into.
    private static let content =
        (0..<512).map { UInt8(truncatingIfNeeded: $0) }
        + [[UInt8]](repeating: Array("the same again, ".utf8), count: 64).joined()

    private static let files: [(CompressedFormat, [UInt8])] = [
        (
            .gzip,
            bytes(
                "1f8b08000000000002036360646266616563e7e0e4e2e6e1e5e3171014121611151397909492969195935750545256515553"
                    + "d7d0d4d2d6d1d5d33730343236313533b7b0b4b2b6b1b5b37770747276717573f7f0f4f2f6f1f5f30f080c0a0e090d0b8f88"
                    + "8c8a8e898d8b4f484c4a4e494d4bcfc8cccacec9cdcb2f282c2a2e292d2bafa8acaaaea9adab6f686c6a6e696d6befe8ecea"
                    + "eee9edeb9f3071d2e42953a74d9f3173d6ec3973e7cd5fb070d1e2254b972d5fb172d5ea356bd7addfb071d3e62d5bb76ddf"
                    + "b173d7ee3d7bf7ed3f70f0d0e123478f1d3f71f2d4e93367cf9dbf70f1d2e52b57af5dbf71f3d6ed3b77efdd7ff0f0d1e327"
                    + "4f9f3d7ff1f2d5eb376fdfbdfff0f1d3e72f5fbf7dfff1f3d7ef3f7ffffd6718e1fe2fc94855284ecc4d55484c4fccccd351"
                    + "18e58ff247f923870f00ad1ad45d00060000"
            )
        ),
        (
            .xz,
            bytes(
                "fd377a585a0000016922de360200210116000000742fe5a3e005ff01045d00000052500a84f99bb28021a969d627e03e065a"
                    + "5f048d53d404ba39570509c15524de9db871593160a19ff96f4973f2c8ea8cba1a8b29692180fe338366af466dec9e898a0b"
                    + "83f03c0e898e3fed5fe79e90d91cff32f4b2e03951b2d21415b4c571badb06e3799a9fbb38c1b000ac930baa061903120815"
                    + "5b9bc848f0322efe2da087c8f0a4e0d251eb8d675692b24d84c5f18631df6a625bc2792dd9f73c73ba747407d83ca9562224"
                    + "a166f85a845f3067d2f64b492e7f20ebdbf8100e947877c73f6befb4cd95e26ff6446e06cf0b821acbdb7af0578d98ff90c0"
                    + "3ee6c1124175ee032896eb13f9f2ffc2a7401fe4bbe971159a6d382fccbb9b513a425494ab66cfe10000ad1ad45d00019c02"
                    + "800c0000da1e72373e300d8b020000000001595a"
            )
        ),
        (
            .zstd,
            bytes(
                "28b52ffd640005ed08000411000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425"
                    + "262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f5051525354555657"
                    + "58595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283848586878889"
                    + "8a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babb"
                    + "bcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebeced"
                    + "eeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff7468652073616d6520616761696e2c200200dacf540b407f80a25352ec71e8"
            )
        ),
        (
            .lz4,
            bytes(
                "02214c1823010000fff1000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
                    + "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f50515253545556575859"
                    + "5a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b"
                    + "8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbd"
                    + "bebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
                    + "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff0001edff017468652073616d6520616761696e2c201000ffffffdb5061696e2c20"
            )
        ),
    ]

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        stride(from: 0, to: hexadecimal.utf8.count, by: 2).map { offset in
            let start = hexadecimal.index(hexadecimal.startIndex, offsetBy: offset)
            return UInt8(hexadecimal[start..<hexadecimal.index(start, offsetBy: 2)], radix: 16)!
        }
    }

    @Test(arguments: files)
    func aFileIsKnownByItsFirstBytesAndUnpacked(format: CompressedFormat, file: [UInt8]) {
        #expect(CompressedFormat(file[...]) == format)
        #expect(format.unpack(file[...], size: Self.content.count) == Self.content)
    }

    @Test(arguments: files)
    func itHasToHaveTheSizeThatItIsSaidToHave(format: CompressedFormat, file: [UInt8]) {
        #expect(format.unpack(file[...], size: Self.content.count - 1) == nil)
        #expect(format.unpack(file[...], size: Self.content.count + 1) == nil)
        #expect(format.unpack(file[...], size: 0) == nil)
    }

    @Test(arguments: files)
    func whatIsCutOffOrLeftOverIsNoticed(format: CompressedFormat, file: [UInt8]) {
        for count in 0..<file.count {
            #expect(
                format.unpack(file.prefix(count), size: Self.content.count) == nil,
                "\(count) of \(file.count) bytes"
            )
        }
        #expect(format.unpack((file + [0xFF])[...], size: Self.content.count) == nil)
    }

    @Test(arguments: files)
    func damageIsRefusedOrGivesOtherBytes(format: CompressedFormat, file: [UInt8]) {
        for index in file.indices {
            var damaged = file
            damaged[index] ^= 0xFF
            let unpacked = format.unpack(damaged[...], size: Self.content.count)
            #expect(unpacked == nil || unpacked?.count == Self.content.count)
        }
    }

    @Test func otherBytesAreOfNoFormat() {
        #expect(CompressedFormat([]) == nil)
        #expect(CompressedFormat([0x1F]) == nil)
        #expect(CompressedFormat([0x42, 0x5A, 0x68]) == nil)
    }

    /// Blocks whose sizes are nothing or more than the file has.
    @Test(arguments: [[], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0x10], [1, 0, 0]] as [[UInt8]])
    func blocksOfImpossibleSizesAreRefused(blocks: [UInt8]) {
        #expect(CompressedFormat.lz4.unpack(([0x02, 0x21, 0x4C, 0x18] + blocks)[...], size: 16) == nil)
    }
}
