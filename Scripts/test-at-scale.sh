#!/usr/bin/env bash
# Runs what docs/at-scale.md says, taken out of that page, under GNU parallel and in a Slurm cluster of one node: a good
# trace must pass in every part, one with a planted divergence must fail in the part where it is, and in no other.
# Installs both from Debian's packages. Needs root, for Slurm.
set -euo pipefail
cd "$(dirname "$0")/.."

if ((EUID != 0)); then
    echo "test-at-scale: needs root, to start a Slurm cluster" >&2
    exit 1
fi
Scripts/setup.sh parallel slurm-wlm munge

work=$(mktemp --directory)
daemons=()
clean_up() {
    # Jobs first: the daemons would leave them running.
    [[ -z ${SLURM_CONF:-} ]] || scancel --user root 2>/dev/null || true
    for daemon in "${daemons[@]}"; do kill "$daemon" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap clean_up EXIT

fail() {
    echo "test-at-scale: $*" >&2
    exit 1
}

binaries=$(Scripts/build-release.sh rr-vm write-guests plant-divergence)
export PATH=$binaries:$PATH

# The page's text between ``` marks under a heading.
snippet() {
    awk -v heading="## $1" '
        $0 == heading { inside = 1; next }
        /^## / { inside = 0 }
        inside && /^```/ { if (code) exit; code = 1; next }
        inside && code { print }' docs/at-scale.md
}
snippet "GNU parallel" >"$work/parallel.sh"
snippet "Slurm" >"$work/slurm.sh"
grep --quiet 'parallel .*--shard' "$work/parallel.sh" || fail "the page has no line for GNU parallel"
grep --quiet '^#SBATCH --array' "$work/slurm.sh" || fail "the page has no file for Slurm"

# A trace of a dozen epochs, and one in whose eighth the guest writes what it did not write.
mkdir "$work/good" "$work/bad"
write-guests "$work" >/dev/null
rr-vm record --flat "$work/port-storm.bin" --keyframes events=4000 --max-events 50000 \
    -o "$work/good/long.rrvm" >"$work/messages" 2>&1 || { cat "$work/messages" >&2; fail "the guest was not recorded"; }
mapfile -t keyframes < <(rr-vm events "$work/good/long.rrvm" --kind keyframe --json | sed -E 's/.*"event":([0-9]+).*/\1/')
epochs=${#keyframes[@]}
((epochs > 10)) || fail "the trace has only $epochs epochs"
bad_epoch=7
planted=$(plant-divergence "$work/good/long.rrvm" "$((keyframes[bad_epoch] + 100))" "$work/bad/long.rrvm")
((planted < keyframes[bad_epoch + 1])) || fail "event $planted is in another epoch"

# The part K of 100 whose epochs, from (K - 1) * epochs / 100 to K * epochs / 100, have that one.
shards=100
bad_part=0
for ((part = 1; part <= shards; part++)); do
    if (((part - 1) * epochs / shards <= bad_epoch && bad_epoch < part * epochs / shards)); then bad_part=$part; fi
done

# That the reports of all parts, in one file, cover all epochs.
check_coverage() {
    local sum
    sum=$(sed -nE 's/^part [0-9]+ of [0-9]+: ([0-9]+) of [0-9]+ epochs$/\1/p' "$1" | awk '{ sum += $1 } END { print NR, sum }')
    [[ $sum == "$shards $epochs" ]] || fail "$2: $sum parts and epochs, not $shards and $epochs"
}

echo "GNU parallel: $shards parts of a trace of $epochs epochs"
(cd "$work/good" && bash "$work/parallel.sh") >"$work/output" 2>&1 || { cat "$work/output" >&2; fail "a good trace failed"; }
check_coverage "$work/output" "GNU parallel"
if (cd "$work/bad" && bash "$work/parallel.sh") >"$work/output" 2>&1; then fail "GNU parallel: a bad trace passed"; fi
grep --quiet "divergence at event $planted" "$work/output" || fail "GNU parallel: event $planted was not found"
grep --quiet "^rr-vm verify long.rrvm --shard $bad_part/$shards$" "$work/output" || fail "GNU parallel did not name part $bad_part"
echo "    good trace equal, divergence at event $planted found in part $bad_part"

# A cluster in a directory of its own: key, authentication, controller and one node.
name=$(hostname --short)
mkdir "$work/state" "$work/spool" "$work/munge"
chmod 755 "$work"
chmod 700 "$work/munge"
(umask 077 && head --bytes=128 /dev/urandom >"$work/munge/key")
cat >"$work/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$name(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
# Starting a job takes a second of waiting: more at a time than there are processors.
SlurmdParameters=config_overrides
NodeName=$name NodeAddr=127.0.0.1 CPUs=16 State=UNKNOWN
PartitionName=all Nodes=$name Default=YES State=UP MaxTime=INFINITE
END
export SLURM_CONF=$work/slurm.conf
munged --foreground --force --key-file "$work/munge/key" --socket "$work/munge/socket" --pid-file "$work/munge/pid" \
    --log-file "$work/munge/log" --seed-file "$work/munge/seed" 2>>"$work/daemons" &
daemons+=($!)
for _ in {1..100}; do [[ -S $work/munge/socket ]] && break; sleep 0.1; done
slurmctld -D -f "$SLURM_CONF" 2>>"$work/daemons" &
daemons+=($!)
slurmd -D -f "$SLURM_CONF" 2>>"$work/daemons" &
daemons+=($!)
for _ in {1..300}; do
    [[ $(sinfo --noheader --format=%T 2>/dev/null) == idle ]] && break
    sleep 0.1
done
[[ $(sinfo --noheader --format=%T 2>/dev/null) == idle ]] || {
    cat "$work/daemons" "$work"/slurm*.log >&2
    fail "the Slurm cluster did not come up"
}

echo "Slurm: $shards parts of a trace of $epochs epochs"
(cd "$work/good" && sbatch --wait --quiet "$work/slurm.sh") || { cat "$work"/good/slurm-*.out >&2; fail "a good trace failed"; }
cat "$work"/good/slurm-*.out >"$work/output"
check_coverage "$work/output" "Slurm"
if (cd "$work/bad" && sbatch --wait --quiet "$work/slurm.sh"); then fail "Slurm: a bad trace passed"; fi
found=$(cd "$work/bad" && grep --files-with-matches divergence\ at slurm-*.out)
[[ $found == slurm-*_"$bad_part".out ]] || fail "Slurm: the divergence was found in '$found', not in part $bad_part"
grep --quiet "divergence at event $planted" "$work/bad/$found" || fail "Slurm: event $planted was not found"
echo "    good trace equal, divergence at event $planted found in part $bad_part"
