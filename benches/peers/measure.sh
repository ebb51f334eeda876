# Times commands; sourced by compare.sh. Rows go to the file `$raw` as
# "group,case,program,seconds,kilobytes".

# Appends a row: the wall time of a command, and the memory that it takes, for which the first of
# each kind is run once more.
measure() {
    local group=$1 case=$2 program=$3 seen start end
    shift 3
    seen=target/peers/seen/$group-$case-$program
    if [[ ! -f $seen ]]; then
        quietly "$(type -P time)" -f "%M" -o "$seen" "$@"
        forget_report
    fi
    start=${EPOCHREALTIME/[.,]/}
    quietly "$@"
    end=${EPOCHREALTIME/[.,]/}
    forget_report
    awk -v row="$group,$case,$program" -v time="$((end - start))" -v kilobytes="$(cat "$seen")" \
        'BEGIN { print row "," time / 1e6 "," kilobytes }' >>"$raw"
}

# Warnings are those of the scenarios, which are as they have to be.
quietly() {
    "$@" >target/peers/output.txt 2>target/peers/messages.txt || {
        cat target/peers/messages.txt >&2
        return 1
    }
}

# As `measure`, for a scenario of this folder and further arguments.
ours() {
    local group=$1 case=$2 program=$3 scenario=$4
    shift 4
    measure "$group" "$case" "$program" "${on[@]}" target/release/shardlag run \
        "benches/peers/scenarios/$scenario.toml" --out target/peers/report "$@"
}

# Every run writes all of its files: files that are already as they would be are left alone.
forget_report() {
    rm -rf target/peers/report
}
