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
# This shell and what it starts stay on one core.
command -v taskset >/dev/null && taskset -cp 0 $$ >/dev/null

# Appends "model,program,seconds,kilobytes" of a command; memory is measured in a run of its own.
measure() {
    local model=$1 program=$2 kilobytes=0 start end
    shift 2
    if [[ ! -f target/peers/seen-$model-$program ]]; then
        "$(type -P time)" -f "%M" -o "target/peers/seen-$model-$program" "$@" >target/peers/output.txt
        kilobytes=$(cat "target/peers/seen-$model-$program")
    fi
    start=${EPOCHREALTIME/[.,]/}
    "$@" >target/peers/output.txt
    end=${EPOCHREALTIME/[.,]/}
    awk -v m="$model" -v p="$program" -v t="$((end - start))" -v k="$kilobytes" \
        'BEGIN { print m "," p "," t / 1e6 "," k }' >>"$raw"
}

ours() {
    local model=$1 program=$2
    shift 2
    measure "$model" "$program" target/release/shardlag run \
        "benches/peers/scenarios/$model.toml" --threads 1 --out "target/peers/$model" "$@"
}

mkdir -p "$out" target/peers
rm -f "$raw" target/peers/seen-*
for model in r1 r2 r2t; do
    for _ in $(seq "$rounds"); do
        measure "$model" heap "$peers/heap" "$model" 1
        ours "$model" shardlag
        measure "$model" direct "$peers/direct" "$model" 1
        ours "$model" shardlag
        measure "$model" aggregate "$peers/aggregate" "$model" 1
    done
    if python3 -c 'import simpy' 2>/dev/null; then
        measure "$model" simpy python3 benches/peers/peer_simpy.py "$model" 1
    fi
done

# Medians, spread, ratios, and bars of the medians.
sort -t, -k1,1 -k2,2 -k3,3n "$raw" | awk -F, -v folder="$out" -v rounds="$rounds" '
    { key = $1 "," $2; n[key]++; time[key, n[key]] = $3; if ($4 > memory[key]) memory[key] = $4 }
    function middle(key) { return time[key, int((n[key] + 1) / 2)] }
    END {
        text = folder "/README.md"; chart = folder "/time.svg"
        records["r1"] = 3.6e6; records["r2"] = 12e6; records["r2t"] = 12e6
        split("r1 r2 r2t", model, " ")
        programs = split("simpy heap direct shardlag aggregate", program, " ")
        print "# What a run takes\n" > text
        print "Whole processes on one core of the machine they were run on, in turn, medians of " \
            rounds " runs or more;\n`benches/peers/compare.sh` repeats it, `benches/peers/README.md` " \
            "says what the programs do.\n`shardlag` does what it always does: one thread, all " \
            "figures, a page with charts.\n" > text
        print "![Nanoseconds per record](time.svg)\n" > text
        print "| model | program | median | from | to | ns per record | shardlag over it | memory |" \
            > text
        print "|---|---|---|---|---|---|---|---|" > text
        for (m = 1; m <= 3; m++) {
            own = middle(model[m] ",shardlag")
            for (p = 1; p <= programs; p++) {
                key = model[m] "," program[p]
                if (!n[key]) continue
                median = middle(key)
                printf "| %s | %s | %.0f ms | %.0f ms | %.0f ms | %.1f | %.2f | %.0f MB |\n", \
                    model[m], program[p], median * 1e3, time[key, 1] * 1e3, \
                    time[key, n[key]] * 1e3, median * 1e9 / records[model[m]], own / median, \
                    memory[key] / 1024 > text
                if (program[p] != "simpy") {
                    bar[++bars] = median * 1e9 / records[model[m]]
                    name[bars] = toupper(model[m]) " " program[p]
                    if (bar[bars] > longest) longest = bar[bars]
                }
            }
        }
        printf "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"720\" height=\"%d\" " \
            "font-family=\"Noto Sans, Arial, sans-serif\" font-size=\"13\">\n<title>Nanoseconds per " \
            "record of shardlag and the reference programs</title>\n<rect width=\"100%%\" " \
            "height=\"100%%\" fill=\"#fff\"/>\n<text x=\"16\" y=\"24\" font-weight=\"bold\">" \
            "Nanoseconds per record, whole process, one core</text>\n", 48 + 24 * bars > chart
        for (b = 1; b <= bars; b++) {
            y = 24 + 24 * b
            colour = name[b] ~ /shardlag/ ? "#0072b2" : "#bbbbbb"
            printf "<text x=\"130\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"140\" y=\"%d\" " \
                "width=\"%.1f\" height=\"16\" fill=\"%s\"/><text x=\"%.1f\" y=\"%d\">%.1f</text>\n", \
                y + 13, name[b], y, 500 * bar[b] / longest, colour, 146 + 500 * bar[b] / longest, \
                y + 13, bar[b] > chart
        }
        print "</svg>" > chart
    }
'
cat "$out/README.md"
