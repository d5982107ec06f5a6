#!/usr/bin/env bash
# Fuzzes every target of the package in Fuzzing/, each for a number of seconds. What a target has learnt is kept in
# Fuzzing/.build/corpus and used by the next run; an input that crashes is kept beside it and named. Seeds come from
# Fuzzing/Seeds and, for the reader of traces, from traces/.
#
#     Scripts/fuzz.sh SECONDS [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/../Fuzzing"

seconds=$1
shift
targets=("$@")
if ((${#targets[@]} == 0)); then
    targets=(Sources/*)
    targets=("${targets[@]#Sources/}")
fi

# Optimized: a debug build runs an input in a second, this one in milliseconds, and traps where the other does.
build=(--configuration release -Xswiftc -enable-testing --sanitize fuzzer -Xswiftc "-sanitize=fuzzer,address")
swift build "${build[@]}"
binaries=$(swift build "${build[@]}" --show-bin-path)

# libFuzzer reports a crash itself; Swift's own reporter would only be in the way.
export SWIFT_BACKTRACE=enable=no

# FuzzTraceReader takes a trace as its first byte says: 0 as it stands, 2 with checksums that are computed anew.
traces=.build/seeds/FuzzTraceReader
mkdir -p "$traces"
for trace in ../traces/*.rrvm; do
    # A large one takes a hundred times as long, and shows nothing that a small one does not.
    (($(stat --format=%s "$trace") < 16384)) || continue
    name=$(basename "$trace" .rrvm)
    { printf '\0' && cat "$trace"; } >"$traces/$name.file"
    { printf '\2' && cat "$trace"; } >"$traces/$name.mended"
done

for target in "${targets[@]}"; do
    corpus=.build/corpus/$target
    findings=.build/findings/$target
    mkdir -p "$corpus" "$findings"
    seeds=()
    for directory in "Seeds/$target" ".build/seeds/$target"; do
        [[ -d $directory ]] && seeds+=("$directory")
    done

    # No input is worth twenty seconds or a gigabyte: an amplification is a finding too.
    if ! "$binaries/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="$findings/" \
        "$corpus" "${seeds[@]}" >"$findings/log" 2>&1; then
        tail --lines=60 "$findings/log" >&2
        echo "$target failed; the input is in Fuzzing/$findings" >&2
        exit 1
    fi
    executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$findings/log")
    echo "$target: $executed inputs in $seconds s, nothing found"
done
