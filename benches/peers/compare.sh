#!/usr/bin/env bash
# Times shardlag against the reference programs, whole processes in turn on one core (peer, ours,
# peer, ours, ...), and writes a table and a chart of the medians to reports/performance/.
#
# Usage: benches/peers/compare.sh [ROUNDS]     5 rounds unless told otherwise; about two minutes
# Needs cargo, awk and GNU time; runs SimPy too where python3 has it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

rounds=${1:-5}
out=reports/performance
peers=target/peers/release
raw=target/peers/times.csv

cargo build --release --locked --quiet
CARGO_TARGET_DIR=target/peers cargo build --release --locked --quiet \
    --manifest-path benches/peers/Cargo.toml
pin=()
command -v taskset >/dev/null && pin=(taskset -c 0)
time=$(command -v time || echo /usr/bin/time)

# Appends "model,program,seconds,kilobytes" of a command.
measure() {
    local model=$1 program=$2
    shift 2
    "$time" -f "%e %M" -o target/peers/time.txt "${pin[@]}" "$@" >target/peers/output.txt
    awk -v m="$model" -v p="$program" '{ print m "," p "," $1 "," $2 }' target/peers/time.txt >>"$raw"
}

ours() {
    local model=$1 program=$2
    shift 2
    measure "$model" "$program" target/release/shardlag run \
        "benches/peers/scenarios/$model.toml" --threads 1 --out "target/peers/$model" "$@"
}

rm -f "$raw"
mkdir -p "$out" target/peers
for model in r1 r2 r2t; do
    for _ in $(seq "$rounds"); do
        measure "$model" heap "$peers/heap" "$model" 1
        ours "$model" shardlag
        measure "$model" direct "$peers/direct" "$model" 1
        ours "$model" shardlag
        measure "$model" aggregate "$peers/aggregate" "$model" 1
    done
    if python3 -c 'import simpy' 2>/dev/null; then
        (cd benches/peers && measure_dir=$PWD && cd - >/dev/null &&
            measure "$model" simpy env PYTHONPATH="$measure_dir" \
                python3 benches/peers/peer_simpy.py "$model" 1)
    fi
done

# Medians, spread, and ratios to shardlag.
sort -t, -k1,1 -k2,2 -k3,3n "$raw" | awk -F, -v out="$out" '
    { key = $1 "," $2; n[key]++; time[key, n[key]] = $3; if ($4 > memory[key]) memory[key] = $4 }
    END {
        records["r1"] = 3.6e6; records["r2"] = 12e6; records["r2t"] = 12e6
        models = split("r1 r2 r2t", model, " ")
        programs = split("simpy heap direct shardlag aggregate", program, " ")
        print "| model | program | median | from | to | ns per record | time of shardlag over it | memory |"
        print "|---|---|---|---|---|---|---|---|"
        for (m = 1; m <= models; m++) {
            own = middle(model[m] ",shardlag")
            for (p = 1; p <= programs; p++) {
                key = model[m] "," program[p]
                if (!n[key]) continue
                median = middle(key)
                printf "| %s | %s | %.0f ms | %.0f ms | %.0f ms | %.1f | %.2f | %.0f MB |\n", \
                    model[m], program[p], median * 1e3, time[key, 1] * 1e3, time[key, n[key]] * 1e3, \
                    median * 1e9 / records[model[m]], own / median, memory[key] / 1024
            }
        }
    }
    function middle(key) { return time[key, int((n[key] + 1) / 2)] }
' >target/peers/table.md
cat target/peers/table.md
