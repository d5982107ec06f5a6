#!/usr/bin/env python3
"""Reads an rr-vm trace, independently of rr-vm: written from docs/trace-format.md alone.

Prints every event as a line of JSON, as `rr-vm events --json` does. With --keyframes, prints every keyframe instead, with
the digests of processor and memory, both as stored and as computed from the contents. With --completed, prints how often each
instruction was completed for the host instead; with --leaves, which leaves of CPUID the guest read. With --header, prints what the header says of the machine and the recording.

Needs the packages lz4, xxhash and zstandard (Debian: python3-lz4 python3-xxhash python3-zstandard).
"""

import argparse
import json
import re
import struct
import sys

import lz4.block
import xxhash
import zstandard

PAGE = 4096
ZERO_PAGE = bytes(PAGE)
MASK = (1 << 64) - 1
HEADER, SYMBOLS, EVENTS, PAGES, PAGE_TABLE, KEYFRAME, EVENT_INDEX, KEYFRAME_INDEX, ROOT = range(1, 10)
KINDS = [
    "portRead", "portWrite", "memoryRead", "memoryWrite", "readMSR", "writeMSR", "halt", "interrupt",
    "nonMaskableInterrupt", "deviceWrite", "hiddenRead", "keyframe", "end", "deviceRead", "tripleFault",
]
INSTRUCTIONS = ["rdtsc", "rdtscp", "rdrand", "rdseed", "rdpmc", "rdpid"]
OUTCOMES = [
    "exited", "halted", "tripleFault", "reset", "poweredOff", "emulationFailure", "hostLimit", "interrupted",
    "timeLimit", "eventLimit", "consoleText", "sizeLimit", "cut", "guestFault",
]
ENGINES = ["kvm", "software"]
BOOTS = ["multiboot", "multiboot2", "linux", "pvh", "hvt", "firmware", "sector", "flat"]
CLOCKS = ["real", "virtual"]
INTERFACES = ["ide", "virtio"]
CONTENTS = ["arguments", "data", "digest"]
POSITIONS = ["synchronous", "asynchronous", "reset"]
# What an end holds besides the event.
COMPLETED = object()
LEAVES = object()


class BadTrace(Exception):
    """What is read is not what the format says."""


class Cursor:
    """Takes values off the front of bytes."""

    def __init__(self, data):
        self.data = data
        self.offset = 0

    def take(self, count):
        end = self.offset + count
        if end > len(self.data):
            raise BadTrace("the data ends too early")
        piece = self.data[self.offset:end]
        self.offset = end
        return piece

    def unsigned(self, size):
        return int.from_bytes(self.take(size), "little")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if value > MASK:
            raise BadTrace("a number is too long")
        return value

    def zigzag(self):
        folded = self.varint()
        return (folded >> 1) ^ -(folded & 1)

    def text(self):
        return self.take(self.varint()).decode("utf-8")

    def count(self, limit):
        number = self.varint()
        if number > limit:
            raise BadTrace(f"a count of {number}, where {limit} is the most")
        return number

    def flag(self):
        return self.word([False, True])

    def optional(self, read):
        return read() if self.flag() else None

    def word(self, words):
        number = self.unsigned(1)
        if number >= len(words):
            raise BadTrace(f"number {number}, where {words[-1]} is the last")
        return words[number]

    def at_end(self):
        return self.offset == len(self.data)


class Bits:
    """Takes numbers of a few bits off the front of bytes, least significant bit first."""

    def __init__(self, data):
        self.number = int.from_bytes(data, "little")
        self.offset = 0

    def take(self, count):
        value = (self.number >> self.offset) & ((1 << count) - 1)
        self.offset += count
        return value


class Chunk:
    """A chunk's header, and its payload when that is asked for."""

    SIZE = 56

    def __init__(self, trace, position):
        data = trace.read(position, Chunk.SIZE)
        fields = struct.unpack("<4sBBHIIIIQQQQ", data)
        (magic, self.type, self.codec, _, self.stored_size, self.raw_size, self.count, self.sequence,
         self.first_event, own_position, self.checksum, header_checksum) = fields
        if magic != b"RRVC" or own_position != position:
            raise BadTrace(f"no chunk begins at byte {position}")
        if header_checksum != trace.checksum(data[:48]):
            raise BadTrace(f"the chunk header at byte {position} does not check")
        if max(self.stored_size, self.raw_size) > 1 << 24 or self.raw_size > 255 * self.stored_size:
            raise BadTrace(f"the sizes of the chunk at byte {position} are too large")
        self.trace = trace
        self.position = position
        self.end = position + Chunk.SIZE + self.stored_size

    def payload(self):
        stored = self.trace.read(self.position + Chunk.SIZE, self.stored_size)
        if self.checksum != self.trace.checksum(stored):
            raise BadTrace(f"the chunk at byte {self.position} does not check")
        if self.codec == 0:
            return stored
        if self.codec == 1:
            return lz4.block.decompress(stored, uncompressed_size=self.raw_size)
        if self.codec != 2:
            raise BadTrace(f"the chunk at byte {self.position} has codec {self.codec}")
        return zstandard.ZstdDecompressor().decompress(stored, max_output_size=self.raw_size)


class Trace:
    """An open trace. Chunks are found by walking them: the indexes are not needed."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.size = self.file.seek(0, 2)
        if self.size < 32:
            raise BadTrace("not an rr-vm trace")
        prefix = self.read(0, 32)
        magic, self.version, _, self.identity, checksum = struct.unpack("<8sIIQQ", prefix)
        if magic != b"\x89RRVM\r\n\x1a":
            raise BadTrace("not an rr-vm trace")
        if self.version not in (1, 2, 3):
            raise BadTrace(f"a trace of format version {self.version}; this program reads versions 1 to 3")
        if checksum != xxhash.xxh3_64_intdigest(prefix[:24], seed=0):
            raise BadTrace("the prefix does not check")
        self.chunks, self.is_complete = self.walk()
        if not self.chunks or self.chunks[0].type != HEADER:
            raise BadTrace("the header is not whole")
        self.header = read_header(Cursor(self.chunks[0].payload()), self.version)

    def read(self, position, count):
        self.file.seek(position)
        data = self.file.read(count)
        if len(data) != count:
            raise BadTrace(f"the trace ends at byte {position + len(data)}")
        return data

    def checksum(self, data):
        return xxhash.xxh3_64_intdigest(data, seed=self.identity)

    def walk(self):
        """All chunks that are whole, and whether the last is the root index."""
        chunks = []
        position = 32
        while not chunks or chunks[-1].type != ROOT:
            try:
                chunk = Chunk(self, position)
            except BadTrace:
                break
            if chunk.sequence != len(chunks) or chunk.end > self.size:
                break
            chunks.append(chunk)
            position = chunk.end
        while chunks:
            try:
                chunks[-1].payload()
                break
            except BadTrace:
                chunks.pop()
        return chunks, bool(chunks) and chunks[-1].type == ROOT

    def events(self):
        for chunk in self.chunks:
            if chunk.type == EVENTS:
                yield from events(chunk, self.header.get("countsInstructions", False))


def read_header(cursor, version):
    """What the header says of the guest, the machine and the recording."""
    cursor.take(8)
    header = {"version": version, "recorder": cursor.text(), "firstEvent": cursor.varint()}
    header["host"] = [cursor.text() for _ in range(3)]
    header["guest"] = cursor.text()
    header["options"] = [cursor.text() for _ in range(cursor.count(4096))]
    header["imageSize"] = cursor.varint()
    header["imageDigest"] = f"{read_digest(cursor):032x}"
    header["board"] = cursor.text()
    header["memory"] = [[cursor.varint(), cursor.varint(), cursor.flag()] for _ in range(cursor.count(1024))]
    header["profile"] = cursor.text()
    for _ in range(cursor.count(1024)):
        cursor.take(8)
        cursor.flag()
        cursor.take(16)
    cursor.take(8)
    cursor.word(["jump", "breakpoint", "branchCounter"])
    cursor.optional(lambda: cursor.unsigned(8))
    for _ in range(cursor.count(65536)):
        cursor.varint()
        cursor.word(INSTRUCTIONS)
        cursor.take(2 * cursor.count(15))
    header["notes"] = [[cursor.text(), cursor.text()] for _ in range(cursor.count(4096))]
    if version >= 3:
        header["engine"] = cursor.word(ENGINES)
        header["vendor"] = cursor.text()
        header["signature"] = cursor.unsigned(4)
        header["countsInstructions"] = cursor.flag()
        header["boot"] = cursor.optional(lambda: cursor.word(BOOTS))
        header["clock"] = cursor.word(CLOCKS)
        header["clockDate"] = cursor.optional(lambda: int.from_bytes(cursor.take(8), "little", signed=True))
        header["drives"] = [
            [cursor.text(), cursor.word(INTERFACES), cursor.flag()] for _ in range(cursor.count(4096))
        ]
        trapped = cursor.unsigned(1)
        if trapped >> len(INSTRUCTIONS):
            raise BadTrace("instructions are trapped that there are none of")
        header["trapped"] = [name for number, name in enumerate(INSTRUCTIONS) if trapped >> number & 1]
        header["trapPort"] = cursor.optional(lambda: cursor.unsigned(1))
        header["listsWrittenPages"] = cursor.flag()
    header["symbols"] = cursor.varint()
    if not cursor.at_end():
        raise BadTrace("bytes are left in the header")
    return header


def events(chunk, counts_instructions):
    """The events of a chunk, as dictionaries in the order of the JSON fields."""
    cursor = Cursor(chunk.payload())
    shapes = []
    rip = 0
    for _ in range(cursor.varint()):
        kind, detail, flags = cursor.take(3)
        key = cursor.varint()
        rip = (rip + cursor.zigzag()) & MASK
        shapes.append((kind, detail, flags, key, rip))
    times = read_times(cursor, chunk.count)
    sequence = read_sequence(cursor, chunk.count, len(shapes))
    values, addresses, auxiliaries = (read_field(cursor, sequence, len(shapes)) for _ in range(3))
    instructions = read_field(cursor, sequence, len(shapes)) if counts_instructions else None
    data = Cursor(cursor.take(cursor.varint()))
    if not cursor.at_end():
        raise BadTrace(f"bytes are left in the event chunk at byte {chunk.position}")
    for place, shape in enumerate(sequence):
        kind, detail, flags, key, rip = shapes[shape]
        event = {"event": chunk.first_event + place, "time": times[place], "kind": KINDS[kind]}
        event.update(fields(KINDS[kind], detail, flags, key, values[place], addresses[place], auxiliaries[place], data))
        if instructions:
            event["instructions"] = instructions[place]
        event["rip"] = hex(rip)
        yield event
    if not data.at_end():
        raise BadTrace(f"bytes belong to no event in the chunk at byte {chunk.position}")


def read_times(cursor, count):
    steps = {}
    place = 0
    for _ in range(cursor.varint()):
        place += cursor.varint()
        steps[place] = cursor.varint()
    times = []
    time = 0
    for place in range(count):
        time = (time + steps.get(place, 0)) & 0xFFFFFFFF
        times.append(time)
    return times


def read_sequence(cursor, count, shape_count):
    width = (shape_count - 1).bit_length()
    if cursor.take(1)[0] == 0:
        numbers = Bits(cursor.take((count * width + 7) // 8))
        return [numbers.take(width) for _ in range(count)]
    hits = cursor.take((count + 7) // 8)
    is_hit = [hits[place // 8] >> (place % 8) & 1 for place in range(count)]
    misses = Bits(cursor.take(((count - sum(is_hit)) * width + 7) // 8))
    table = [0] * 65536
    slot = last = 0
    sequence = []
    for hit in is_hit:
        shape = table[slot] if hit else misses.take(width)
        table[slot] = shape
        slot = (shape * 40503 + last) & 0xFFFF
        last = shape
        sequence.append(shape)
    return sequence


def read_field(cursor, sequence, shape_count):
    """One field of all events: stored by shape, returned by event."""
    counts = [0] * shape_count
    for shape in sequence:
        counts[shape] += 1
    columns = [iter(read_column(cursor, count)) for count in counts]
    return [next(columns[shape]) for shape in sequence]


def read_column(cursor, count):
    encoding = cursor.take(1)[0]
    if encoding == 0:
        return [cursor.varint()] * count
    if encoding == 1:
        width = cursor.take(1)[0]
        return [cursor.unsigned(width) for _ in range(count)]
    if encoding != 2:
        raise BadTrace(f"column encoding {encoding}")
    values = []
    value = 0
    for _ in range(count):
        value = (value + cursor.zigzag()) & MASK
        values.append(value)
    return values


def fields(kind, detail, flags, key, value, address, auxiliary, data):
    """What a kind of event has between `kind` and `rip`."""
    if kind == "portRead":
        return {"port": hex(key), "size": detail, "value": hex(value)}
    if kind == "portWrite":
        return {"port": hex(key), "size": detail, "value": hex(value), "console": bool(flags)}
    if kind in ("memoryRead", "memoryWrite"):
        return {"address": hex(address), "size": detail, "value": hex(value)}
    if kind in ("readMSR", "writeMSR"):
        return {"index": hex(key), "value": hex(value), "fault": bool(flags)}
    if kind == "interrupt":
        return {"vector": detail}
    if kind == "deviceWrite":
        return {"address": hex(address), "bytes": data.take(value).hex()}
    if kind == "deviceRead":
        result = {"port": hex(key), "address": hex(address), "content": CONTENTS[detail]}
        if CONTENTS[detail] == "digest":
            result["count"] = hex(value)
            result["digest"] = f"{read_digest(data):032x}"
        else:
            result["bytes"] = data.take(value).hex()
        result["console"] = bool(flags)
        return result
    if kind == "hiddenRead":
        return {
            "instruction": INSTRUCTIONS[detail], "value": hex(value), "auxiliary": hex(auxiliary),
            "succeeded": bool(flags),
        }
    if kind == "keyframe":
        return {"number": value, "position": POSITIONS[detail]}
    if kind == "end":
        cursor = Cursor(data.take(value))
        return outcome(cursor) | {COMPLETED: completed(cursor), LEAVES: leaves(cursor)}
    return {}


def outcome(cursor):
    name = OUTCOMES[cursor.take(1)[0]]
    result = {"outcome": name}
    if name == "exited":
        result["code"] = cursor.unsigned(4)
    elif name == "emulationFailure":
        result["address"] = hex(cursor.unsigned(8))
        result["bytes"] = cursor.take(cursor.varint()).hex()
        result["text"] = cursor.text()
    elif name in ("hostLimit", "consoleText", "guestFault"):
        result["text"] = cursor.text()
    return result


def completed(cursor):
    """How often each instruction was completed, by name: what stands behind the outcome, if anything does."""
    if cursor.at_end():
        return {}
    count = cursor.varint()
    if count > 256 or (count == 0 and cursor.at_end()):
        raise BadTrace(f"{count} kinds of completed instructions")
    counts = {}
    for _ in range(count):
        name = cursor.text()
        if not re.fullmatch("[a-z0-9]{1,32}", name) or name <= max(counts, default=""):
            raise BadTrace("a bad name of a completed instruction")
        counts[name] = cursor.varint()
        if counts[name] == 0:
            raise BadTrace("an instruction that was completed 0 times")
    return counts


def leaves(cursor):
    """The leaves of CPUID that the guest read: what stands behind the counts; None if nothing does."""
    if cursor.at_end():
        return None
    count = cursor.varint()
    if count > 256:
        raise BadTrace(f"{count} leaves of CPUID")
    found = [cursor.unsigned(4) for _ in range(count)]
    if found != sorted(set(found)):
        raise BadTrace("leaves of CPUID that do not ascend")
    if not cursor.at_end():
        raise BadTrace("bytes are left in the end")
    return found


class Keyframe:
    """A keyframe chunk taken apart."""

    def __init__(self, chunk):
        cursor = Cursor(chunk.payload())
        self.event = chunk.first_event
        self.number = cursor.varint()
        self.position = POSITIONS[cursor.take(1)[0]]
        self.processor = read_digest(cursor)
        self.memory = read_digest(cursor)
        self.changed_pages = cursor.varint()
        self.tables = []
        page = 0
        for _ in range(cursor.varint()):
            page += cursor.varint()
            self.tables.append(chunk.position - cursor.varint())
        self.base = cursor.varint()
        self.state = cursor.take(cursor.varint())


def read_digest(cursor):
    low = cursor.unsigned(8)
    return low | cursor.unsigned(8) << 64


class Memory:
    """Guest memory at keyframes."""

    def __init__(self, trace, keyframes):
        self.trace = trace
        self.keyframes = keyframes

    def pages(self, number):
        """The contents of all pages that are stored, by page number."""
        places = {}
        while True:
            for table in self.keyframes[number].tables:
                for page, place in self.table(table):
                    places.setdefault(page, place)
            if number == 0:
                return {page: self.content(place) for page, place in places.items() if place}
            number &= number - 1

    def table(self, position):
        """(page number, (position of the page chunk, place in it), or None for a page of zeros)"""
        chunk = Chunk(self.trace, position)
        cursor = Cursor(chunk.payload())
        numbers = []
        number = 0
        for _ in range(chunk.count):
            number += cursor.varint()
            numbers.append(number)
        distances = [cursor.varint() >> 1 for _ in numbers]
        for number, distance in zip(numbers, distances):
            yield number, (position - distance, cursor.varint()) if distance else None

    def content(self, place):
        position, index = place
        chunk = Chunk(self.trace, position)
        cursor = Cursor(chunk.payload())
        bases = []
        for _ in range(chunk.count):
            encoding = cursor.take(1)[0]
            if encoding > 2:
                raise BadTrace(f"the chunk at byte {position} has a page of encoding {encoding}")
            if encoding == 0:
                bases.append(None)
            else:
                base = (position - cursor.varint(), cursor.varint())
                bases.append((base, cursor.unsigned(8), encoding == 2))
        for base in bases[:index]:
            cursor.take(PAGE if base is None else 64 * base[1].bit_count())
        if bases[index] is None:
            return cursor.take(PAGE)
        base, lines, is_exclusive_or = bases[index]
        content = bytearray(self.content(base))
        for line in range(64):
            if lines >> line & 1:
                old = content[64 * line:64 * line + 64]
                new = cursor.take(64)
                content[64 * line:64 * line + 64] = bytes(a ^ b for a, b in zip(old, new)) if is_exclusive_or else new
        return bytes(content)


def plain(events):
    """Events with the fields that are part of them."""
    for event in events:
        event.pop(COMPLETED, None)
        event.pop(LEAVES, None)
        yield event


def counts(events):
    """What was completed, as dictionaries."""
    for event in events:
        for name, count in event.get(COMPLETED, {}).items():
            yield {"instruction": name, "count": count}


def read_leaves(events):
    """The leaves of CPUID that the guest read, as dictionaries."""
    for event in events:
        for leaf in event.get(LEAVES) or []:
            yield {"leaf": hex(leaf)}


def keyframes(trace):
    """All keyframes, as dictionaries with stored and computed digests."""
    event_count = sum(chunk.count for chunk in trace.chunks if chunk.type == EVENTS)
    last_event = trace.chunks[0].first_event + event_count
    found = [Keyframe(chunk) for chunk in trace.chunks if chunk.type == KEYFRAME and chunk.first_event < last_event]
    memory = Memory(trace, found)
    for keyframe in found:
        state = keyframe.state
        if keyframe.base:
            base = found[keyframe.number - keyframe.base].state
            shared = min(len(base), len(state))
            state = bytes(a ^ b for a, b in zip(state, base)) + state[shared:]
        low = high = 0
        for page, content in memory.pages(keyframe.number).items():
            if content != ZERO_PAGE:
                digest = xxhash.xxh3_128_intdigest(content, seed=page * PAGE)
                low = (low + digest) & MASK
                high = (high + (digest >> 64)) & MASK
        yield {
            "keyframe": keyframe.number,
            "event": keyframe.event,
            "position": keyframe.position,
            "changedPages": keyframe.changed_pages,
            "storedProcessor": f"{keyframe.processor:032x}",
            "computedProcessor": f"{xxhash.xxh3_128_intdigest(state, seed=0):032x}",
            "storedMemory": f"{keyframe.memory:032x}",
            "computedMemory": f"{high << 64 | low:032x}",
        }


def main():
    parser = argparse.ArgumentParser(description="Prints the events of an rr-vm trace as lines of JSON.")
    parser.add_argument("file")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--keyframes", action="store_true", help="print the keyframes instead")
    choice.add_argument("--completed", action="store_true", help="print what was completed for the host instead")
    choice.add_argument("--leaves", action="store_true", help="print which leaves of CPUID were read instead")
    choice.add_argument("--header", action="store_true", help="print the header instead")
    arguments = parser.parse_args()
    try:
        trace = Trace(arguments.file)
        if arguments.keyframes:
            entries = keyframes(trace)
        elif arguments.header:
            entries = [trace.header]
        elif arguments.completed:
            entries = counts(trace.events())
        elif arguments.leaves:
            entries = read_leaves(trace.events())
        else:
            entries = plain(trace.events())
        for entry in entries:
            print(json.dumps(entry, separators=(",", ":"), ensure_ascii=False))
        if not trace.is_complete:
            print("read-trace: the trace has no end; it was read up to there", file=sys.stderr)
    except (BadTrace, OSError, lz4.block.LZ4BlockError) as error:
        print(f"read-trace: {arguments.file}: {error}", file=sys.stderr)
        return 65
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
