#!/usr/bin/env bash
# Puts a small set into fuzz/corpus/TARGET that reaches what fuzzing has reached.
#
#     fuzz/minimise.sh [TARGET...]
#
# Behind fuzz/run.sh, which builds the targets and leaves its working corpus. libFuzzer chooses texts
# that reach all edges of the working corpus, those first that add most; what does not fit into
# `bytes_max` per target is left out. Files of the set with a name of their own, instead of a hash of
# their bytes, were written by hand and stay.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || targets=(scenario import trace items saved simulation)
binaries=target/x86_64-unknown-linux-gnu/release
bytes_max=100000

for target in "${targets[@]}"; do
    kept=target/kept/$target
    rm -rf "$kept"
    mkdir -p "$kept" "corpus/$target"
    sources=()
    for source in "corpus/$target" "target/corpus/$target" "target/seeds/$target"; do
        [[ ! -d $source ]] || sources+=("$source")
    done
    nice -n 19 "$binaries/$target" -set_cover_merge=1 -rss_limit_mb=2048 \
        -timeout=30 "$kept" "${sources[@]}" >"target/$target-minimise.log" 2>&1
    find "corpus/$target" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
    written=$(find "corpus/$target" -type f -exec sha1sum {} +)
    sum=$(find "corpus/$target" -type f -exec cat {} + | wc -c)
    while read -r _ size file; do
        [[ $((sum + size)) -le $bytes_max && $written != *${file##*/}* ]] || continue
        sum=$((sum + size))
        cp "$file" "corpus/$target/"
    done < <(find "$kept" -type f -printf '%T@ %s %p\n' | sort -n)
    echo "$target: $(find "corpus/$target" -type f | wc -l) of $(find "$kept" -type f | wc -l) files," \
        "$(cat "corpus/$target"/* | wc -c) bytes"
done
