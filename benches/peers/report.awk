# Makes the report out of sorted rows "group,case,program,seconds,kilobytes": medians, their spread
# and ratios. Used with bars.awk; variables: folder, rounds, hours.

BEGIN {
    FS = ","
    text = folder "/README.md"
}

{
    key = $1 "," $2 "," $3
    n[key]++
    time[key, n[key]] = $4
    if ($5 > memory[key]) memory[key] = $5
}

function middle(key) {
    return (time[key, int((n[key] + 1) / 2)] + time[key, int((n[key] + 2) / 2)]) / 2
}

function megabytes(key) { return memory[key] / 1024 }

END {
    introduction()
    peers()
    goals()
}

function introduction() {
    print "# What a run takes\n" > text
    print "Whole processes on the machine they were run on, in turn, medians of " rounds \
        " runs or more;\n`benches/peers/compare.sh` repeats it, `benches/peers/README.md` says " \
        "what the programs do.\n`shardlag` does what it always does: all figures, a page with " \
        "charts.\n" > text
}

function peers(    models, programs, model, program, m, p, key, own, median, records, count, names, \
        values) {
    records["r1"] = 3.6e6; records["r2"] = 12e6; records["r2t"] = 12e6
    models = split("r1 r2 r2t", model, " ")
    programs = split("simpy heap direct shardlag aggregate", program, " ")
    program[++programs] = "shardlag with nothing per record"
    print "## Beside the reference programs, on one core\n" > text
    print "![Nanoseconds per record](time.svg)\n" > text
    print "| model | program | median | from | to | ns per record | shardlag over it | memory |" \
        > text
    print "|---|---|---|---|---|---|---|---|" > text
    for (m = 1; m <= models; m++) {
        own = middle("peers," model[m] ",shardlag")
        for (p = 1; p <= programs; p++) {
            key = "peers," model[m] "," program[p]
            if (!n[key]) continue
            median = middle(key)
            printf "| %s | %s | %.0f ms | %.0f ms | %.0f ms | %.1f | %.2f | %.0f MB |\n", \
                model[m], program[p], median * 1e3, time[key, 1] * 1e3, time[key, n[key]] * 1e3, \
                median * 1e9 / records[model[m]], own / median, megabytes(key) > text
            if (program[p] == "simpy") continue
            names[++count] = toupper(model[m]) " " program[p]
            values[count] = median * 1e9 / records[model[m]]
        }
    }
    bars(folder "/time.svg", "Nanoseconds per record, whole process, one core", count, names, \
        values)
}

function goal(what, found, bound, is_kept) {
    printf "| %s | %s | %s | %s |\n", what, found, bound, is_kept ? "yes" : "no" > text
}

# Over the peer of this name, for each model.
function over(program, own, most,    models, model, m, ratio) {
    models = split("r1 r2 r2t", model, " ")
    for (m = 1; m <= models; m++) {
        if (!n["peers," model[m] "," own]) continue
        ratio = middle("peers," model[m] "," own) / middle("peers," model[m] "," program)
        goal(toupper(model[m]) ": " own " over `" program "`", sprintf("%.2f", ratio), \
            sprintf("at most %.1f", most), ratio <= most)
    }
}

function goals(    key, ratio, memories) {
    print "\n## What is wanted\n" > text
    print "| what | found | wanted | reached |" > text
    print "|---|---|---|---|" > text
    over("direct", "shardlag", 1)
    over("aggregate", "shardlag with nothing per record", 1.5)
    key = "fleet,day,two threads"
    goal("1,000 shards at 200 records/s for " hours " h, two cores: time", \
        sprintf("%.1f s", middle(key)), "under 60 s", middle(key) < 60)
    goal("the same: memory", sprintf("%.0f MB", megabytes(key)), "under 200 MB", \
        megabytes(key) < 200)
    ratio = memory["blocked,blocked,blocked"] / memory["blocked,free,not blocked"]
    memories = sprintf("%.2f (%.1f over %.1f MB)", ratio, megabytes("blocked,blocked,blocked"), \
        megabytes("blocked,free,not blocked"))
    goal("a shard at 1,000 records/s blocked for " hours " h over one that is not: memory", \
        memories, "at most 1.1", ratio <= 1.1)
    ratio = middle("cores,one,one thread") / middle("cores,two,two threads")
    goal("20 replications of R2 on two cores: times as fast as on one", sprintf("%.2f", ratio), \
        "at least 1.9", ratio >= 1.9)
    linear()
}

# A row has the records of a case where others have the program.
function linear(    count, names, values, low, high) {
    count = cases("shards", count, names, values, low, high)
    count = cases("duration", count, names, values, low, high)
    goal("a record with 1 to 1,000 shards: dearest over cheapest", \
        sprintf("%.2f", high["shards"] / low["shards"]), "at most 1.2", \
        high["shards"] <= 1.2 * low["shards"])
    goal("a record in " hours / 24 " to " 7 * hours " h: dearest over cheapest", \
        sprintf("%.2f", high["duration"] / low["duration"]), "at most 1.2", \
        high["duration"] <= 1.2 * low["duration"])
    print "\n![Nanoseconds per record by shards and time](linear.svg)" > text
    bars(folder "/linear.svg", "Nanoseconds per record by shards and simulated time, one core", \
        count, names, values)
}

# Adds the cases of a group in the order of their numbers.
function cases(group, count, names, values, low, high,    key, fields, number, least, done, \
        value) {
    while (1) {
        least = 0
        for (key in n) {
            split(key, fields, ",")
            number = fields[2] + 0
            if (fields[1] == group && number > done && (!least || number < least)) {
                least = number
                value = middle(key) * 1e9 / fields[3]
            }
        }
        if (!least) return count
        done = least
        names[++count] = group == "shards" ? least " shard" (least > 1 ? "s" : "") ", " hours / 24 " h" \
            : "1 shard, " least / 60 " h"
        values[count] = value
        if (!(group in low) || value < low[group]) low[group] = value
        if (value > high[group]) high[group] = value
    }
}
