#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shardlag_fuzz::trace::try_bytes(bytes));
