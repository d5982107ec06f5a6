#!/usr/bin/env bash
# What going to a moment and comparing cost, in traces of 10^4, 10^5 and 10^6 events as `rr-vm record` makes them. The guest reads
# a port and writes another one in a loop, and half way reads the hour from its clock and keeps it: two recordings that begin at
# other hours part there. Each time is that of a whole command, from its start to its end. Seeks go to random moments, the same
# in every run of this script.
#
#     Benchmarks/seek.sh [SEEKS]        31 unless told
set -euo pipefail
cd "$(dirname "$0")/.."
source Benchmarks/timing.sh

seeks=${1:-31}

release rr-vm
rr_vm=$binaries/rr-vm

# As `seconds`, in milliseconds.
milliseconds() {
    seconds "$@"
    elapsed=$(awk -v elapsed="$elapsed" 'BEGIN { printf "%.0f", elapsed * 1000 }')
}

# Median and greatest of the numbers in a file.
summary() {
    sort --numeric-sort "$1" | awk '
        { value[NR] = $1 }
        END { printf "%.0f %.0f\n", NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2, value[NR] }'
}

# Four bytes of a number, the lowest first, for printf.
bytes() {
    printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# A guest of so many rounds of two events each.
guest() {
    local code
    code="\\x66\\xb9$(bytes "$1")"                    #        mov ecx, rounds
    code+="\\xe4\\x80\\xe6\\x81"                      # round: in al, 0x80; out 0x81, al
    code+="\\x66\\x81\\xf9$(bytes $(($1 / 2)))\\x75\\x08" #     cmp ecx, rounds / 2; jne next
    code+="\\xb0\\x04\\xe6\\x70\\xe4\\x71\\x88\\xc3"      #        mov al, 4; out 0x70, al; in al, 0x71; mov bl, al
    code+="\\x66\\x49\\x75\\xe7"                      # next:  dec ecx; jnz round
    code+="\\xb0\\x00\\xe6\\xf4"                      #        mov al, 0; out 0xf4, al
    printf '%b' "$code"
}

RANDOM=1
echo "milliseconds: start of the program; inspect at a random moment; bisect of two runs; last-write to an untouched page"
echo "   events  keyframes  start  inspect median  greatest  bisect  last-write"
for events in 10000 100000 1000000; do
    guest $((events / 2)) >"$work/guest.bin"
    for hour in 03 15; do
        rm -f "$work/$hour.rrvm"
        "$rr_vm" record --flat "$work/guest.bin" --rtc-base "2024-01-01T$hour:00:00" -o "$work/$hour.rrvm" 2>"$work/errors"
    done
    keyframes=$("$rr_vm" events "$work/03.rrvm" --kind keyframe | wc --lines)
    milliseconds 0 "$rr_vm" info "$work/03.rrvm"
    start=$elapsed
    rm -f "$work/seeks"
    for ((seek = 0; seek < seeks; seek++)); do
        milliseconds 0 "$rr_vm" inspect "$work/03.rrvm" --at $(((RANDOM * 32768 + RANDOM) % events))
        echo "$elapsed" >>"$work/seeks"
    done
    read -r median greatest < <(summary "$work/seeks")
    milliseconds 1 "$rr_vm" bisect "$work/03.rrvm" "$work/15.rrvm"
    bisect=$elapsed
    # The first difference is the hour.
    grep --quiet "in   port 0x71" "$work/output"
    milliseconds 0 "$rr_vm" last-write "$work/03.rrvm" 0x9000
    printf '%9d %10d %6d %15d %9d %7d %11d\n' "$events" "$keyframes" "$start" "$median" "$greatest" "$bisect" "$elapsed"
done
