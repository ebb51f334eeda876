//! The `shardlag` command.
fn main() {}
