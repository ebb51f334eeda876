# What else has to be fast or small; sourced by compare.sh. A day has `$hours` hours.

goals() {
    # On all cores, of which two are used.
    on=()
    ours fleet day "two threads" fleet --threads 2 --set "duration=${hours}h"
    for _ in $(seq "$rounds"); do
        ours cores one "one thread" r2 --threads 1 --replications 20
        ours cores two "two threads" r2 --threads 2 --replications 20
    done
    on=("${one_core[@]}")
    for _ in $(seq "$rounds"); do
        ours blocked free "not blocked" r1 --threads 1 --set "duration=${hours}h"
        ours blocked blocked blocked blocked --threads 1 --set "duration=${hours}h"
        linear
    done
}

# Small cases are run in many replications, so that starting and writing weigh little.
linear() {
    local shards times minutes hour=$((hours * 60 / 24))
    for shards in 1 10 100 1000; do
        times=$((shards < 100 ? 100 / shards : 1))
        ours shards "$shards" "$((shards * times * hour * 60 * 200))" fleet --threads 1 \
            --set "duration=${hour}m" --set "stream.shards=$shards" --replications "$times"
    done
    for times in 168 7 1; do
        minutes=$((168 / times * hour))
        ours duration "$minutes" "$((minutes * times * 60 * 200))" fleet --threads 1 \
            --set "duration=${minutes}m" --set stream.shards=1 --replications "$times"
    done
}
