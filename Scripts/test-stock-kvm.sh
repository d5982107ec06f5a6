#!/usr/bin/env bash
# Tests rr-vm on a stock KVM: QEMU emulates a processor with AMD-V, Debian's kernel runs on it with its own kvm_amd, and the
# guests run in there. Needs no /dev/kvm. Traces go both ways: those of the repository, and fresh ones where there is a
# /dev/kvm, are verified there, and those made there are verified here.
#
#     Scripts/test-stock-kvm.sh [--short | --only REGEX] [DIRECTORY]
#
# --short takes a few of the guests, --only those whose whole name matches. DIRECTORY has an rr-vm and a write-guests that were
# built for release; without it, they are.
# Prints a line for each guest, and fails where one that is not on the list of known differences does.
set -euo pipefail
cd "$(dirname "$0")/.."

only='.*'
if [[ ${1-} == --short ]]; then
    only='hello|long-mode|ring3|rep-outs|pit-ticks|tick-shadows|ata-dma|hvt-hello'
    shift
elif [[ ${1-} == --only ]]; then
    only=${2:?--only needs a regular expression}
    shift 2
fi
is_wanted() { [[ $1 =~ ^($only)$ ]]; }
packages=(qemu-system-x86 busybox-static cpio kmod xz-utils python3)
if is_wanted grub; then packages+=(grub-pc-bin grub-common); fi
Scripts/setup.sh "${packages[@]}"
binaries=${1-}
[[ -n $binaries ]] || binaries=$(Scripts/build-release.sh rr-vm write-guests)
rr_vm=$(realpath "$binaries/rr-vm")

cache=${XDG_CACHE_HOME:-$HOME/.cache}/rr-vm/stock-kvm
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

# The kernel that Debian's metapackage names now. Its file is an ELF within a bzImage: QEMU enters that by PVH, and the emulated
# processor need not unpack it.
version=$(Scripts/fetch-kernel.sh linux-image-amd64 "$cache")
kernel=$cache/$version
if [[ ! -e $kernel/vmlinux ]]; then
    /sbin/depmod --basedir "$kernel" "$version"
    Scripts/kernel-payload.py "$kernel/boot/vmlinuz-$version" | unxz >"$kernel/vmlinux.part"
    mv "$kernel/vmlinux.part" "$kernel/vmlinux"
fi

# What the machine starts with: busybox, and the modules in the order in which they are loaded.
root=$work/root
mkdir --parents "$root"/{bin,dev,proc,sys,tmp,share,modules,lib}
cp /bin/busybox "$root/bin/"
cp Scripts/stock-kvm/init "$root/init"
chmod +x "$root/init"
for module in virtio_pci 9pnet_virtio 9p kvm-amd; do
    /sbin/modprobe --dirname "$kernel" --set-version "$version" --show-depends "$module"
done | sed -n 's/^insmod *//p' | sed 's/ *$//' | awk '!seen[$0]++' >"$work/modules"
while read -r module; do
    cp "$module" "$root/modules/"
    basename "$module"
done <"$work/modules" >"$root/modules/order"
(cd "$root" && find . | cpio --create --format=newc --quiet) >"$work/initrd"

share=$work/share
mkdir --parents "$share"/{lib,guests,seabios,out,traces}
cp "$rr_vm" "$share/"
strip --strip-debug "$share/rr-vm"
ldd "$rr_vm" | grep --only-matching --extended-regexp '/[^ ]+\.so[^ ]*' | xargs cp --dereference --target-directory "$share/lib"
cp --dereference /usr/share/seabios/*.bin "$share/seabios/"
cp Scripts/stock-kvm/properties "$share/"
cp traces/*.rrvm "$share/traces/"
"$binaries/write-guests" "$share/guests" >"$work/list"

# Guests as people have them, and what is typed at them.
if is_wanted grub; then
    Scripts/make-real-guest.sh grub "$share/guests/grub.img"
    printf '%s\n' 'expect first' 'send c' 'expect grub>' 'send echo hi_grub\r' >"$share/guests/grub.keys"
fi
if is_wanted linux; then
    Scripts/make-real-guest.sh linux-root "$share/guests/linux-root.cpio"
    cp "$kernel/boot/vmlinuz-$version" "$share/guests/linux"
    # shellcheck disable=SC2016 # for the shell in the guest
    printf '%s\n' 'expect / #' 'send echo typed_$((6*7)); sleep 1; echo woke_$((6*8))\r' 'expect woke_48' 'expect / #' \
        'send poweroff -f\r' >"$share/guests/linux.keys"
fi

# Each line of the list is a command: rr-vm record ARGUMENTS  # what it does. A unikernel's arguments stay behind '--'.
{
    echo '. /share/properties'
    # shellcheck disable=SC2016 # for the shell in the machine
    echo 'if mine; then rr-vm doctor >/share/out/doctor 2>&1 && result ok doctor || result FAIL doctor; fi'
    sed -E 's/^rr-vm record (.*)  # .*/\1/' "$work/list" | while IFS= read -r arguments; do
        name=$(grep --only-matching --extended-regexp '[a-z0-9-]+\.(bin|disk)' <<<"$arguments" | head --lines=1)
        name=${name%.*}
        if ! is_wanted "$name" || grep --quiet "^$name " Scripts/stock-kvm/not-run; then continue; fi
        # Experiments run to their end: all of their text is compared.
        events=1500
        if [[ -e $share/guests/$name.text ]]; then events=6000; fi
        if [[ $arguments == *' -- '* ]]; then
            arguments="${arguments%% -- *} -o $name.rrvm --max-time 100 --max-events $events -- ${arguments#* -- }"
        else
            arguments="$arguments -o $name.rrvm --max-time 100 --max-events $events"
        fi
        echo "guest $name $arguments"
    done
    if is_wanted linux; then
        echo "session linux 3 'Memory: ' linux --engine kvm --initrd linux-root.cpio --append console=ttyS0 --memory 256M" \
            "--input-script linux.keys"
    fi
    if is_wanted seabios; then echo "session seabios 1 'bridge init' --bios --until 'No bootable device'"; fi
    if is_wanted grub; then
        echo "session grub 1 first grub.img --input-script grub.keys --until hi_grub"
    fi
} >"$share/list"

# Traces of this host's own, where it has KVM.
if [[ -w /dev/kvm ]]; then
    for guest in long-mode pit-ticks; do
        "$rr_vm" record "$share/guests/$guest.bin" --flat --at 31744 -o "$share/traces/$guest-here.rrvm" >"$work/log" 2>&1 ||
            { cat "$work/log" >&2; exit 1; }
    done
fi
{
    cat "$share/list"
    for trace in "$share"/traces/*.rrvm; do echo "foreign /share/traces/$(basename "$trace")"; done
} >"$share/run"
lines=$(grep --count --extended-regexp '^(guest|session|foreign|if mine)' "$share/run")

# Two machines share the list, as two processors are the least that is usual.
boot() {
    timeout 3000 qemu-system-x86_64 -accel tcg,thread=single -cpu max -machine q35 -m 2G -smp 1 \
        -kernel "$kernel/vmlinux" -initrd "$work/initrd" \
        -append "console=ttyS0 mitigations=off nokaslr panic=-1 quiet machine=$1" \
        -fsdev "local,id=share,path=$share,security_model=none" -device virtio-9p-pci,fsdev=share,mount_tag=share \
        -display none -serial stdio -monitor none -no-reboot -nic none </dev/null
}
echo "Booting Debian's kernel twice, on emulated processors with AMD-V ..."
boot 0 >"$work/console-0" 2>&1 &
boot 1 2>&1 | tee "$work/console-1"
wait
cat "$work/console-0"

# What was recorded there, here: in software, and by this host's KVM, if it can show the guest what it reads of CPUID.
# Not every KVM can execute experiments, and programs under a 64-bit kernel.
replayed_here() {
    local figures
    figures=$(sed -nE 's/^epochs (executed|jumped) +(again +)?/\1 /p' "$work/log" | tr '\n' ' ')
    echo "ok $1 $figures"
}
for trace in "$share"/out/*.rrvm; do
    [[ -e $trace ]] || continue
    name=$(basename "$trace" .rrvm)
    rm -f "$work/counted.rrvm"
    if grep --quiet "^$name-soft " Scripts/stock-kvm/not-run; then
        :
    elif timeout 600 "$rr_vm" verify --engine soft --annotate -o "$work/counted.rrvm" "$trace" >"$work/log" 2>&1; then
        replayed_here "$name-soft"
    else
        echo "FAIL $name-soft $(tail --lines=3 "$work/log" | tr '\n' ' ')"
    fi
    if [[ ! -w /dev/kvm || $name == linux || -e $share/guests/$name.text ]]; then continue; fi
    : >"$work/refusal"
    if [[ -e $work/counted.rrvm ]]; then
        "$rr_vm" check --engine kvm "$work/counted.rrvm" >/dev/null 2>"$work/refusal" || true
    fi
    if grep 'has read this leaf' "$work/refusal" >"$work/log"; then
        echo "left out $name-here: $(wc -l <"$work/log") registers of CPUID differ that the guest has read"
    elif timeout 300 "$rr_vm" verify --engine kvm --cpu-mismatch allow "$trace" >"$work/log" 2>&1; then
        replayed_here "$name-here"
    else
        echo "FAIL $name-here $(tail --lines=3 "$work/log" | tr '\n' ' ')"
    fi
done | tee "$work/here"
grep --extended-regexp '^(ok|FAIL) ' "$work/here" >>"$share/out/results" || true

# What differs there for a reason that is known, and nothing else. What no longer differs must leave the list, but for what
# differs here, since hosts are not alike, and for what differs only sometimes.
status=0
known=$(sed -nE 's/^([a-z0-9-]+) .*/\1/p' Scripts/stock-kvm/known-differences)
always=$(sed -nE '/^[a-z0-9-]+ Sometimes/d; s/^([a-z0-9-]+) .*/\1/p' Scripts/stock-kvm/known-differences)
while read -r verdict name rest; do
    if [[ $verdict == FAIL ]] && ! grep --quiet --line-regexp "$name" <<<"$known"; then
        echo "test-stock-kvm: $name fails: $rest" >&2
        status=1
    elif [[ $verdict == ok && $name != *-here ]] && grep --quiet --line-regexp "$name" <<<"$always"; then
        echo "test-stock-kvm: $name no longer fails: take it off Scripts/stock-kvm/known-differences" >&2
        status=1
    fi
done <"$share/out/results"
if (($(grep --count --invert-match --extended-regexp -- '-(here|soft) ' "$share/out/results") < lines)); then
    echo "test-stock-kvm: the machines stopped before they came to the end of the list" >&2
    status=1
fi
sum_of() { sed -nE "s/^ok .*$1 ([0-9]+).*/\1/p" "$share/out/results" | awk '{ sum += $1 } END { print sum + 0 }'; }
echo "$(grep --count '^ok' "$share/out/results") ok, $(grep --count '^FAIL' "$share/out/results" || true) failed;" \
    "$(sum_of executed) epochs executed, $(sum_of jumped) jumped; $((SECONDS / 60)) minutes."
exit "$status"
