#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shardlag_fuzz::items::try_bytes(bytes));
