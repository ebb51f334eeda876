#!/usr/bin/env bash
# Fuzzes every target for SECONDS, one after the other, on one core at low priority.
#
#     fuzz/run.sh SECONDS [TARGET...]
#     fuzz/run.sh --quick TRIES [TARGET...]
#
# --quick: built without optimisation, and the same tries each time.
# Needs `cargo install cargo-fuzz` and a nightly compiler. What is found lies in fuzz/artifacts/TARGET;
# seconds of the clock, of the processor, and tries are appended to fuzz/target/rounds.txt. A target
# ends early with a finding. The working corpus is fuzz/target/corpus/TARGET; it begins with
# fuzz/corpus, fuzz/regressions and files of the repository; fuzz/minimise.sh makes a small set of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

profile=release
build=(cargo +nightly fuzz build -s none)
usage="usage: fuzz/run.sh SECONDS [TARGET...], or --quick TRIES [TARGET...]"
if [[ ${1:-} == --quick ]]; then
    shift
    profile=debug
    build+=(--dev)
    # Slow code may take long.
    bound=(-seed=1 -timeout=200 "-runs=${1:?$usage}")
else
    bound=(-timeout=30 "-max_total_time=${1:?$usage}")
fi
shift
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || targets=(scenario import trace items saved simulation)
binaries=target/x86_64-unknown-linux-gnu/$profile

# A seed: the kind as first byte, where the target has kinds, then the text of a file.
seed() {
    local folder=target/seeds/$1 kind=$2 file=$3
    mkdir -p "$folder"
    { printf '%s' "$kind" && cat "$file"; } >"$folder/${kind:-x}-${file//\//-}"
}

seeds() {
    local file line
    for file in ../scenarios/*.toml; do seed scenario '' "$file"; done
    for file in ../tests/import/*/*.{yaml,json,tf,yml,sh}; do
        case $file in
            *.expect.json | */metrics.json) ;;
            *.yaml) seed import a "$file" ;;
            *plan.json) seed import d "$file" ;;
            *.json) seed import b "$file" && seed import f "$file" ;;
            *.tf) seed import c "$file" ;;
            *.yml) seed import e "$file" ;;
            *.sh) seed import g "$file" ;;
        esac
    done
    # Long texts are slow to try: eight points of every metric are enough.
    sed -E 's/\[(([^][{},]*,){7}[^][{},]*),[^]]*\]/[\1]/g' ../tests/import/example/metrics.json >target/metrics.json
    for file in e f g h i j k; do seed trace "$file" target/metrics.json; done
    mkdir -p target/seeds/items
    line=0
    while IFS= read -r file; do
        line=$((line + 1))
        printf '%s\n' "$file" >"target/seeds/items/case-$line"
    done <../src/experiment/delivery/cases.jsonl
    seed items '' ../src/experiment/validation/statistics.json
    for file in first-steps sla-gate; do seed saved a "../reports/$file/summary.json"; done
    mkdir -p target/seeds/simulation
}

TIMEFORMAT='%U %S'
nice -n 19 "${build[@]}"
seeds
failed=0
for target in "${targets[@]}"; do
    mkdir -p "target/corpus/$target" "artifacts/$target" "corpus/$target" "regressions/$target"
    dictionary=()
    [[ ! -s dictionaries/$target.dict ]] || dictionary=(-dict="dictionaries/$target.dict")
    began=$SECONDS
    ending=fine
    { time nice -n 19 "$binaries/$target" "${bound[@]}" -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="artifacts/$target/" "${dictionary[@]}" \
        "target/corpus/$target" "corpus/$target" "regressions/$target" "target/seeds/$target" \
        >"target/$target.log" 2>&1 || ending=finding; } 2>"target/$target.time"
    tries=$(sed -n 's/^stat::number_of_executed_units: *//p' "target/$target.log")
    printf '%s %s s, %s s of the processor, %s tries, %s\n' "$target" $((SECONDS - began)) \
        "$(awk '{ print int($1 + $2) }' "target/$target.time")" "${tries:-?}" "$ending" | tee -a target/rounds.txt
    [[ $ending == fine ]] || { failed=1 && tail -n 20 "target/$target.log" >&2; }
done
exit "$failed"
