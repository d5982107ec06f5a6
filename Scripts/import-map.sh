#!/usr/bin/env bash
# Prints which targets of Sources import which others. Fails where that is not what the table in docs/architecture.md says: a
# target that one of them lacks, an import that the table does not name, or that nothing makes, or that goes to a row below.
#
#     Scripts/import-map.sh [DIRECTORY]      a checkout; this one unless told
set -euo pipefail
directory=${1:-$(dirname "$0")/..}
table=$directory/docs/architecture.md

faults=0
fault() {
    echo "$1" >&2
    faults=1
}

# What stands between backquotes.
# shellcheck disable=SC2016
names() { grep -o '`[^`]*`' <<<"$1" | tr -d '`' || true; }

# A row's number, and what it says that its targets import; targets in the table's order.
declare -A row=() allowed=()
targets=()
number=0
while IFS='|' read -r _ target imports _; do
    number=$((number + 1))
    for name in $(names "$target"); do
        targets+=("$name")
        row[$name]=$number
        allowed[$name]=$(names "$imports")
    done
done < <(sed -n '/^| target | imports |/,/^$/p' "$table" | sed '1,2d; /^$/d')
((${#targets[@]} > 0)) || fault "docs/architecture.md has no table of targets and their imports"

for path in "$directory"/Sources/*/; do
    name=$(basename "$path")
    [[ -n ${row[$name]-} ]] || fault "$name is not in the table of docs/architecture.md"
done

# What the Swift files of a target import of the table's other targets, each once.
imported() {
    local words='(@[a-zA-Z_]+ +)*((public|package|internal|fileprivate|private) +)?'
    local kinds='((struct|class|enum|protocol|typealias|func|let|var) +)?'
    { grep -rhE --include='*.swift' "^ *${words}import " "$directory/Sources/$1" || true; } |
        sed -E "s/^ *${words}import +${kinds}([A-Za-z0-9_]+).*/\6/" | sort -u |
        { grep -xF -f <(printf '%s\n' "${targets[@]}") || true; } | { grep -vxF "$1" || true; }
}

for target in ${targets[@]+"${targets[@]}"}; do
    if [[ ! -d $directory/Sources/$target ]]; then
        fault "the table of docs/architecture.md names $target, which is not in Sources"
        continue
    fi
    used=$(imported "$target")
    map=$target:
    for other in "${targets[@]}"; do
        if grep -qxF "$other" <<<"$used"; then
            map+=" $other"
            grep -qxF "$other" <<<"${allowed[$target]}" ||
                fault "$target imports $other, which the table of docs/architecture.md does not allow"
            ((row[$other] < row[$target])) || fault "$target imports $other, which is not above it in docs/architecture.md"
        elif grep -qxF "$other" <<<"${allowed[$target]}"; then
            fault "the table of docs/architecture.md has $target import $other, which it does not"
        fi
    done
    echo "$map"
done
exit "$faults"
