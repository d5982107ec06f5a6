# What the benchmarks share: to be sourced, from the top of the checkout. Makes a directory `work`, which goes away with the
# script.
# shellcheck shell=bash disable=SC2034

work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

# Builds products for release, and sets `binaries` to where they are.
release() {
    binaries=$(Scripts/build-release.sh "$@")
}

# Sets `elapsed` to the seconds that a command takes from its start to its end, which has to be with this status. What it
# prints is in `$work/output` then.
seconds() {
    local expected=$1 begin end status=0
    shift
    begin=$EPOCHREALTIME
    "$@" >"$work/output" 2>"$work/errors" || status=$?
    end=$EPOCHREALTIME
    if [[ $status != "$expected" ]]; then
        echo "$* ended with status $status:" >&2
        cat "$work/errors" >&2
        exit 1
    fi
    elapsed=$(awk -v begin="$begin" -v end="$end" 'BEGIN { printf "%.3f", end - begin }')
}

# Appends a ratio to a file.
ratio() {
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f\n", a / b }' >>"$3"
}

# Median, least and greatest of the numbers in a file. Fails if the median is above the limit, where one is given.
summarize() {
    sort --numeric-sort "$1" | awk -v what="$2" -v limit="${3:-0}" '
        { value[NR] = $1 }
        END {
            median = NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2
            printf "%-28s median %.3f, least %.3f, greatest %.3f", what, median, value[1], value[NR]
            if (limit > 0) printf "; limit %s", limit
            print ""
            exit limit > 0 && median > limit
        }'
}
