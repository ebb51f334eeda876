#!/usr/bin/env bash
# Times shardlag against the reference programs, whole processes in turn on one core (peer, ours,
# peer, ours, ...), and on its own where the peers have nothing like it; writes tables and charts
# to reports/performance/.
#
# Usage: benches/peers/compare.sh [ROUNDS [HOURS]]
#   ROUNDS  how often everything is run, but for the fleet, which is run once [default: 5]
#   HOURS   how long a day is: fewer to try this script [default: 24]
#
# Needs cargo, awk and GNU time; runs SimPy too where python3 has it. `nothing` below has the
# arguments with which shardlag is asked for nothing per record; without any, that is left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=benches/peers
# shellcheck source=measure.sh
source "$here/measure.sh"
# shellcheck source=goals.sh
source "$here/goals.sh"

rounds=${1:-5}
hours=${2:-24}
nothing=()
out=reports/performance
raw=target/peers/times.csv
one_core=()
command -v taskset >/dev/null && one_core=(taskset -c 0)

against_peers() {
    local model programs=target/peers/release
    on=("${one_core[@]}")
    for model in r1 r2 r2t; do
        for _ in $(seq "$rounds"); do
            measure peers "$model" heap "${on[@]}" "$programs/heap" "$model" 1
            ours peers "$model" shardlag "$model" --threads 1
            measure peers "$model" direct "${on[@]}" "$programs/direct" "$model" 1
            ours peers "$model" shardlag "$model" --threads 1
            measure peers "$model" aggregate "${on[@]}" "$programs/aggregate" "$model" 1
            if [[ ${#nothing[@]} -gt 0 ]]; then
                ours peers "$model" "shardlag with nothing per record" "$model" --threads 1 \
                    "${nothing[@]}"
            fi
        done
        if python3 -c 'import simpy' 2>/dev/null; then
            measure peers "$model" simpy "${on[@]}" python3 "$here/peer_simpy.py" "$model" 1
        fi
    done
}

cargo build --release --locked --quiet
CARGO_TARGET_DIR=target/peers cargo build --release --locked --quiet \
    --manifest-path "$here/Cargo.toml"
mkdir -p "$out"
rm -rf "$raw" target/peers/seen target/peers/report
mkdir -p target/peers/seen
against_peers
goals
sort -t, -k1,1 -k2,2 -k3,3 -k4,4n "$raw" |
    awk -f "$here/bars.awk" -f "$here/report.awk" -v folder="$out" -v rounds="$rounds" \
        -v hours="$hours"
cat "$out/README.md"
