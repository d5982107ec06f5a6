import EndToEnd
import Foundation
import Glibc
import SystemPackage
import Testing
import TraceFormat

/// What a host is left with: names, files, their modes, standard input.
@Suite(.needsKVM) struct HostTests {
    private static let options = "--flat --memory 16M --max-events 20"

    @Test func recordersThatStartAtOnceTakeNamesOfTheirOwn() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.storming, to: "guest.bin")

        let result = try Command.shell(
            """
            for i in {1..50}; do "$0" record guest.bin \(Self.options) 2>messages.$i </dev/null & pids="$pids $!"; done
            for pid in $pids; do wait $pid || echo "status $?"; done
            """,
            in: directory
        )

        #expect(result.output.isEmpty, "\(result.output)")
        let traces = try directory.names.filter { $0.hasSuffix(".rrvm") }
        #expect(Set(traces) == Set((0..<50).map { "guest.\($0).rrvm" }))
        #expect(try directory.names.allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test func namesOfKilledRecordersArePassedOver() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.storming, to: "guest.bin")
        try directory.write([], to: "guest.0.rrvm.part")
        try directory.write([], to: "guest.1.rrvm.next.part")
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("guest.2.rrvm").string,
            withDestinationPath: "gone"
        )

        let result = try Command.shell("\"$0\" record guest.bin \(Self.options) </dev/null", in: directory)

        #expect(result.status == 0, "\(result.messages)")
        #expect(result.messages.contains("in guest.3.rrvm"), "\(result.messages)")
    }

    @Test func whatHoldsGuestMemoryIsForItsOwnerOnly() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.storming, to: "guest.bin")

        let result = try Command.shell(
            """
            umask 0; "$0" record guest.bin \(Self.options) -o trace.rrvm </dev/null && "$0" pack trace.rrvm -o packed.rrvm &&
            "$0" repair trace.rrvm -o whole.rrvm && "$0" redact trace.rrvm --blank console -o blank.rrvm >/dev/null
            (umask 0277; "$0" pack trace.rrvm -o tight.rrvm)
            stat --format '%a %n' *.rrvm
            """,
            in: directory
        )

        let modes = ["600 blank.rrvm", "600 packed.rrvm", "400 tight.rrvm", "600 trace.rrvm", "600 whole.rrvm", ""]
        #expect(result.output == modes.joined(separator: "\n"), "\(result.messages)")
    }

    @Test func commandOfASearchGetsADirectoryThatNobodyElseCanPrepare() throws {
        let directory = try TemporaryDirectory()
        try directory.record("hello")

        let result = try Command.shell(
            """
            mkdir place; export TMPDIR=$PWD/place
            "$0" bisect trace.rrvm --run 'stat --format "%a %n" $RR_VM_DIRECTORY $RR_VM_DIRECTORY/* >>seen; false' >/dev/null
            sed "s|$TMPDIR/rr-vm-......|DIRECTORY|" seen | sort -u; ls place; cut -d/ -f2- seen | sort | uniq -d
            """,
            in: directory
        )

        #expect(result.output == "600 DIRECTORY/memory\n600 DIRECTORY/registers\n700 DIRECTORY\n", "\(result)")
    }

    @Test(arguments: ["image", "link", "./image", "name"])
    func imageIsAttachedForWritingOnceOnly(name: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.storming, to: "guest.bin")
        try directory.write([UInt8](repeating: 0, count: 4096), to: "image")
        _ = try Command.shell("ln -s image link; ln image name", in: directory)

        let twice = try Command.shell(
            "\"$0\" record guest.bin \(Self.options) --drive image,write --drive \(name),write,if=virtio -o t.rrvm",
            in: directory
        )

        #expect(twice.status == 66)
        #expect(twice.messages.contains("\(name) as a disk: another process uses it"), "\(twice.messages)")
        var holder = try directory.startRecording(EndlessGuest.steady, "--drive", "image,write")
        holder.waitUntil { directory.eventCount > 0 }
        let second = try Command.shell(
            "\"$0\" record guest.bin \(Self.options) --drive \(name),write -o t.rrvm",
            in: directory
        )
        let reading = try Command.shell(
            "\"$0\" record guest.bin \(Self.options) --drive \(name) -o r.rrvm </dev/null",
            in: directory
        )
        holder.signal(SIGTERM)
        #expect(try holder.wait().status == 0)
        let after = try Command.shell(
            "\"$0\" record guest.bin \(Self.options) --drive \(name),write -o t.rrvm </dev/null",
            in: directory
        )
        #expect(second.status == 66 && reading.status == 0 && after.status == 0, "\(second) \(reading) \(after)")
    }

    /// A file that is standard input is left where reading stopped: what comes after the recorder finds the rest.
    @Test func standardInputIsReadOnlyAsFarAsTheGuestReads() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.storming, to: "guest.bin")
        try directory.write([UInt8](repeating: 0, count: 1 << 20), to: "input")

        let result = try Command.shell(
            "exec <input; \"$0\" record guest.bin --flat --memory 16M --max-events 3000 -o t.rrvm; wc -c",
            in: directory
        )

        let left = Int(result.output.filter(\.isNumber)) ?? 0
        #expect(left >= 1 << 20 - 4 * 4096, "\(result)")
    }

    @Test(arguments: ["--input", "--input-script"])
    func endlessFileIsRefused(option: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.storming, to: "guest.bin")
        _ = try Command.shell("mkfifo pipe; truncate --size 1T sparse", in: directory)

        let results = try ["/dev/zero", "pipe", "sparse"].map {
            try Command.run("record", "guest.bin", "--flat", option, $0, "-o", "t.rrvm", in: directory)
        }

        #expect(results.map(\.status) == [66, 66, 65], "\(results)")
    }

    @Test func namesOfFilesAreBytes() throws {
        let directory = try TemporaryDirectory()
        try directory.write(EndlessGuest.storming, to: "guest.bin")

        let result = try Command.shell(
            """
            set -e; export LC_ALL=C; mkdir d; cd d; g=$'g\\xff\\xc3.bin'; d=$'d\\xfe'; t=$'t\\xe9\\xf4\\x8f\\xbf\\xbf.rrvm'; i=$'i\\x80'
            cp ../guest.bin "$g"; truncate --size 4096 "$d"; printf x >"$i"
            "$0" record "$g" \(Self.options) --drive "$d" --input "$i" -o "$t" 2>&1
            [ "$(readlink latest)" = "$t" ]
            "$0" replay "$t" --quiet; "$0" replay --quiet; "$0" pack "$t" -o "p$t"; "$0" diff "$t" "p$t" >/dev/null || [ $? = 1 ]
            "$0" bisect "$t" --run 'test -f "$RR_VM_TRACE" || exit 125; false' >/dev/null
            "$0" record "$g" \(Self.options) </dev/null; [ -e $'g\\xef\\xbf\\xbd\\xef\\xbf\\xbd.0.rrvm' ] || ls
            """,
            in: directory
        )

        #expect(result.status == 0, "\(result)")
    }
}
