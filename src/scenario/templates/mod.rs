//! Commented scenarios for the common questions, to begin one's own with: `shardlag init`.

/// A scenario to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// Its name, for example `stuck-shard`.
    pub name: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// The file.
    pub text: &'static str,
}

const fn template(name: &'static str, question: &'static str, text: &'static str) -> Template {
    Template { name, question, text }
}

/// All templates; the first is that of who has no question yet.
pub const TEMPLATES: [Template; 7] = [
    template("first", "What happens with these settings?", include_str!("first.toml")),
    template(
        "stuck-shard",
        "Which retries, age and bisect, and what is lost?",
        include_str!("stuck-shard.toml"),
    ),
    template(
        "capacity",
        "How many shards and lanes does a rate need?",
        include_str!("capacity.toml"),
    ),
    template(
        "window-cost",
        "How long a window does an age allow, and what does it save?",
        include_str!("window-cost.toml"),
    ),
    template(
        "outage",
        "How late does an outage make everything, and for how long?",
        include_str!("outage.toml"),
    ),
    template("gate", "Do these settings keep our promises?", include_str!("gate.toml")),
    template(
        "my-records",
        "What happens to these very records, step by step?",
        include_str!("my-records.toml"),
    ),
];
