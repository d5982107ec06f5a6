#!/usr/bin/env python3
"""Writes the compressed kernel within a bzImage, without the size that ends it: kernel-payload.py BZIMAGE >PAYLOAD.

payload_offset and payload_length (Linux boot protocol 2.08) say where it is.
"""

import struct
import sys

data = open(sys.argv[1], "rb").read()
start = ((data[0x1F1] or 4) + 1) * 512
offset, length = struct.unpack_from("<II", data, 0x248)
sys.stdout.buffer.write(data[start + offset:start + offset + length - 4])
