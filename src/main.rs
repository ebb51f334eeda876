//! The `shardlag` command; see [`shardlag::cli`].

fn main() -> std::process::ExitCode {
    shardlag::cli::main()
}
