#!/usr/bin/env bash
# Makes the image of a real guest from Debian's packages: make-real-guest.sh NAME FILE.
# Names, and the packages that each needs: see docs/guests.md.
set -euo pipefail

name=$1
image=$2
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

case $name in
mbr)
    # A boot sector that looks for an active partition, on a disk that has none.
    truncate --size=4M "$image"
    dd if=/usr/lib/syslinux/mbr/mbr.bin of="$image" conv=notrunc status=none
    printf '\x55\xaa' | dd of="$image" bs=1 seek=510 conv=notrunc status=none
    ;;
syslinux)
    truncate --size=16M "$image"
    mformat -i "$image" -h 16 -s 63 -t 32 ::
    syslinux --install "$image"
    printf '%s\n' 'SERIAL 0 115200' 'PROMPT 1' 'TIMEOUT 0' 'SAY hello from syslinux' >"$work/syslinux.cfg"
    mcopy -i "$image" "$work/syslinux.cfg" ::
    ;;
grub)
    # The menu comes from a file system within the program: GRUB needs no partition then.
    mkdir --parents "$work/boot/grub"
    cat >"$work/boot/grub/grub.cfg" <<'CONFIGURATION'
set timeout=-1
menuentry 'first' { true }
menuentry 'second' { true }
CONFIGURATION
    # SeaBIOS reads the serial port at each timer interrupt and keeps up to 15 keys. If GRUB read the port too, each
    # would get a part of what is typed.
    cat >"$work/early.cfg" <<'CONFIGURATION'
serial --unit=0 --speed=115200
terminal_input console
terminal_output serial
CONFIGURATION
    tar --create --file="$work/memdisk.tar" --directory="$work" boot
    grub-mkimage --format=i386-pc --output="$work/core.img" --config="$work/early.cfg" \
        --memdisk="$work/memdisk.tar" --prefix='(memdisk)/boot/grub' \
        biosdisk memdisk tar serial terminal normal echo true minicmd
    truncate --size=8M "$image"
    dd if=/usr/lib/grub/i386-pc/boot.img of="$image" conv=notrunc status=none
    dd if="$work/core.img" of="$image" bs=512 seek=1 conv=notrunc status=none
    ;;
memtest)
    cp /boot/memtest86+x64.bin "$image"
    ;;
linux)
    # The uncompressed kernel within a bzImage.
    kernel=$(find /boot -name 'vmlinuz-*-cloud-amd64' | sort --version-sort | tail --lines=1)
    "$(dirname "$0")/kernel-payload.py" "$kernel" >"$work/payload"
    PATH=/usr/bin:$PATH python3 - "$work/payload" "$image" <<'PROGRAM'
import struct
import sys

import lz4.block

# LZ4's legacy frame: a magic, then blocks of up to 8 MiB, each behind its size.
payload = open(sys.argv[1], "rb").read()
assert payload[:4] == b"\x02\x21\x4c\x18", "this kernel is not compressed by LZ4"
place, kernel = 4, b""
while place < len(payload):
    (size,) = struct.unpack_from("<I", payload, place)
    kernel += lz4.block.decompress(payload[place + 4:place + 4 + size], uncompressed_size=8 << 20)
    place += 4 + size
open(sys.argv[2], "wb").write(kernel)
PROGRAM
    ;;
linux-root | linux-network)
    # An initial RAM disk: busybox to a shell on the console, and a program that writes to address 0. With a network also the
    # modules of a virtio network card, and a program that brings it up.
    root=$work/root
    mkdir --parents "$root"/{bin,dev,etc,proc,sys,tmp}
    chmod 755 "$root"
    cp /bin/busybox "$root/bin/"
    printf '%s\n' 'root::0:0:::/bin/sh' 'nobody:x:65534:65534:::/bin/sh' >"$root/etc/passwd"
    cat >"$root/init" <<'PROGRAM'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec setsid cttyhack sh
PROGRAM
    PATH=/usr/bin:$PATH python3 - "$root/bin/crash" <<'PROGRAM'
import struct
import sys

# An ELF file with one segment, which has the headers in front of its code: xor eax, eax; mov [rax], eax.
code = bytes([0x31, 0xC0, 0x89, 0x00])
base, start = 0x400000, 64 + 56
file = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, base + start, 64, 0, 0, 64, 56, 1, 0, 0, 0)
file += struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, start + len(code), start + len(code), 0x1000)
open(sys.argv[1], "wb").write(file + code)
PROGRAM
    chmod 755 "$root/init" "$root/bin/crash"
    if [[ $name == linux-network ]]; then
        kernel=$(find /boot -name 'vmlinuz-*-cloud-amd64' | sort --version-sort | tail --lines=1)
        drivers=/lib/modules/${kernel#/boot/vmlinuz-}/kernel
        modules=()
        for module in drivers/virtio/virtio{_ring,,_pci_legacy_dev,_pci_modern_dev,_pci} net/core/failover \
            drivers/net/{net_failover,virtio_net}; do
            cp "$drivers/$module.ko" "$root/"
            modules+=("/$(basename "$module").ko")
        done
        cat >"$root/bin/lease" <<'PROGRAM'
#!/bin/sh
# Called by udhcpc: takes the address that it got.
case $1 in
bound | renew)
    ip address add "$ip/$mask" dev "$interface"
    ip route add default via "$router"
    echo "nameserver $dns" >/etc/resolv.conf
    ;;
esac
PROGRAM
        {
            echo '#!/bin/sh'
            printf 'insmod %s\n' "${modules[@]}"
            echo 'ip link set eth0 up'
            echo 'udhcpc -i eth0 -n -q -s /bin/lease'
        } >"$root/bin/network"
        chmod 755 "$root/bin/lease" "$root/bin/network"
    fi
    (cd "$root" && find . | sort | cpio --create --format=newc --quiet) >"$image"
    ;;
debian-root)
    # A Debian on a disk, up to systemd and a login on the serial console, without a password. As root, for debootstrap.
    "$(dirname "$0")/make-debian.sh" "$work/root" --include=systemd-sysv,udev
    sed --in-place 's/^root:[^:]*:/root::/' "$work/root/etc/shadow"
    rm -rf "$work"/root/{var/cache/apt/archives/*.deb,var/lib/apt/lists/*,usr/share/{doc,locale,man}}
    truncate --size=400M "$image"
    mkfs.ext4 -q -d "$work/root" "$image"
    ;;
*)
    echo "make-real-guest: no guest is named $name" >&2
    exit 64
    ;;
esac
