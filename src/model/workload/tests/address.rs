//! A record depends on its address alone: not on how it is read, nor on what else there is.

use std::collections::VecDeque;

use super::super::WorkloadPlan;
use super::super::test_settings::settings;
use super::{HOUR, all, at, chance, diurnal, kinds, plan, traffic};
use crate::engine::RandomSource;
use crate::model::record::Record;
use crate::model::settings::{Fault, FaultKind, Horizon, PoisonMarks, Traffic};
use crate::units::Instant;

#[test]
fn filling_reading_and_cloning_give_the_same_records() {
    for (name, arrivals) in kinds() {
        for sources in [1, 2] {
            let plan = plan(3, vec![traffic(arrivals.clone()); sources]);
            let read = all(plan.cursor(2));
            let (mut cursor, mut filled) = (plan.cursor(2), VecDeque::new());
            let mut midway = None;
            for batch in 0..100_000 {
                let before = filled.len();
                cursor.fill(&mut filled, 1 + batch % 64);
                if batch == 7 {
                    midway = Some((cursor.clone(), filled.len()));
                }
                if filled.len() == before {
                    break;
                }
            }
            assert_eq!(Vec::from(filled), read, "{name}, {sources} sources");
            let (clone, begin) = midway.expect("there are more than 7 batches");
            assert_eq!(all(clone), read[begin..], "{name}, clone");
        }
    }
}

#[test]
fn skipping_gives_what_reading_on_gives() {
    for (name, arrivals) in kinds() {
        for sources in [1, 3] {
            let plan = plan(2, vec![traffic(arrivals.clone()); sources]);
            let read = all(plan.cursor(0));
            for until in [0.0, 10.0, 77.7, 600.0, 601.3, 2999.0, 4000.0] {
                let mut cursor = plan.cursor(0);
                cursor.next_record();
                let count = read[1..].partition_point(|record| record.arrival <= at(until));
                assert_eq!(cursor.skip_through(at(until)), count as u64, "{name} to {until}");
                let ahead = read.get(1 + count).map(|record| record.arrival);
                assert_eq!(cursor.peek_arrival(), ahead, "{name} to {until}");
                assert_eq!(all(cursor), read[1 + count..], "{name} to {until}");
            }
        }
    }
}

#[test]
fn skipping_to_the_arrival_of_a_record_passes_it() {
    for (name, arrivals) in kinds() {
        let plan = plan(1, vec![traffic(arrivals)]);
        let (read, mut cursor) = (all(plan.cursor(0)), plan.cursor(0));
        let mut passed = 0;
        for step in (0..read.len()).step_by(17) {
            passed += cursor.skip_through(read[step].arrival);
            let due = read.partition_point(|record| record.arrival <= read[step].arrival);
            assert_eq!(passed, due as u64, "{name}");
        }
    }
}

#[test]
fn another_shard_leaves_the_records_of_a_per_shard_source_alone() {
    for (name, arrivals) in kinds() {
        let source = Traffic { per_shard: true, ..traffic(arrivals) };
        let records = |shards: u32| {
            let mut settings = settings(shards, vec![source.clone()], HOUR);
            settings.function.faults = vec![Fault {
                kind: FaultKind::Poison(PoisonMarks::Probability(chance(0.02))),
                from: Instant::START,
                to: Instant::FAR_FUTURE,
            }];
            all(WorkloadPlan::new(&settings, RandomSource::new(2, 0)).with_keys().cursor(1))
        };
        assert_eq!(records(2), records(7), "{name}");
    }
}

#[test]
fn another_source_leaves_the_draws_of_the_first_alone() {
    for (name, arrivals) in kinds() {
        let one = plan(2, vec![traffic(arrivals.clone())]);
        let two = plan(2, vec![traffic(arrivals), traffic(diurnal())]);
        let unmarked = |mut record: Record| {
            // Marks in time go to the next record of the shard, whoever wrote it.
            record.marks.poison = false;
            record
        };
        let alone: Vec<Record> = all(one.cursor(1)).into_iter().map(unmarked).collect();
        let merged: Vec<Record> = all(two.cursor(1)).into_iter().map(unmarked).collect();
        let first: Vec<Record> =
            merged.iter().copied().filter(|record| record.source == 0).collect();
        assert_eq!(alone, first, "{name}");
        assert!(merged.len() > first.len());
    }
}

#[test]
fn other_settings_of_the_mapping_and_a_longer_run_leave_the_records_alone() {
    for (name, arrivals) in kinds() {
        let base = settings(3, vec![traffic(arrivals)], HOUR);
        let mut variant = base.clone();
        variant.mapping.parallelization_factor = 10;
        variant.mapping.batch_size = 1;
        variant.horizon = Horizon::Drained { at_most: HOUR * 2 };
        let random = RandomSource::new(5, 5);
        let records = all(WorkloadPlan::new(&base, random).with_keys().cursor(1));
        let longer = all(WorkloadPlan::new(&variant, random).cursor(1));
        assert_eq!(longer[..records.len()], records[..], "{name}");
    }
}

#[test]
fn records_are_what_they_have_always_been() {
    let expected: [u64; 14] = [
        0xb9bc_c6d7_aa20_ce75,
        0xb39f_a7c8_085f_dedd,
        0x0de6_e92b_634f_64ae,
        0x4e4c_4b72_010a_1e20,
        0xa280_a4ae_c52a_ff7d,
        0xc179_0b87_424c_2fe1,
        0xe431_406b_ba39_3ed6,
        0x6dae_7421_9e10_16cd,
        0x0e1f_7f34_1e44_982d,
        0xc9f1_5457_51cf_8d61,
        0xa50a_8cbe_f8c0_6bb9,
        0xd19c_8064_e681_eebc,
        0xd5f2_8522_9565_0695,
        0x5b7f_1a03_ec1d_94bb,
    ];
    let seen: Vec<u64> = kinds()
        .into_iter()
        .map(|(_, arrivals)| {
            all(plan(3, vec![traffic(arrivals)]).cursor(1)).iter().fold(0, |sum: u64, record| {
                let Record { arrival, index, key_hash, bytes, source, marks } = *record;
                let marks = u64::from(marks.poison) << 1 | u64::from(marks.filtered);
                let parts =
                    [arrival.as_nanos(), index, key_hash, bytes.into(), source.into(), marks];
                parts.into_iter().fold(sum, |sum, part| sum.rotate_left(7) ^ part)
            })
        })
        .collect();
    assert_eq!(seen, expected, "in the order of the kinds");
}
