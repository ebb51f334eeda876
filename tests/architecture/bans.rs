//! Words that must not stand in the code, and where they may.

use super::Violation;
use super::source::{SourceFile, has_word};

/// Words that are banned in some places, with the reason.
struct Ban {
    words: &'static [&'static str],
    place: Place,
    reason: &'static str,
}

/// Where a ban holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In every file.
    Everywhere,
    /// In every file, but not in test modules.
    OutsideTests,
    /// In every layer but these.
    Except(&'static [&'static str]),
    /// In these layers only, but not in test modules.
    Only(&'static [&'static str]),
}

const BANS: &[Ban] = &[
    Ban {
        words: &[
            ".ln(",
            ".ln_1p(",
            ".log(",
            ".log2(",
            ".log10(",
            ".exp(",
            ".exp2(",
            ".exp_m1(",
            ".powf(",
            ".powi(",
            ".sin(",
            ".cos(",
            ".tan(",
            ".sin_cos(",
            ".asin(",
            ".acos(",
            ".atan(",
            ".atan2(",
            ".sinh(",
            ".cosh(",
            ".tanh(",
            ".asinh(",
            ".acosh(",
            ".atanh(",
            ".cbrt(",
            ".hypot(",
            "f64::ln",
            "f64::log2",
            "f64::log10",
            "f64::exp",
            "f64::powf",
            "f64::powi",
            "f64::sin",
            "f64::cos",
            "f64::tan",
            "f64::tanh",
        ],
        place: Place::Everywhere,
        reason: "its last bits differ between platforms; use libm",
    },
    Ban {
        words: &["SystemTime", "std::time"],
        place: Place::Except(&["cli", "main"]),
        reason: "the wall clock belongs to the command line",
    },
    Ban {
        words: &[
            "std::env",
            "env::var",
            "env::args",
            "env::temp_dir",
            "env::current_dir",
            "available_parallelism",
            "thread::current",
            "hostname",
        ],
        place: Place::Only(&[
            "units",
            "engine",
            "model",
            "scenario",
            "import",
            "experiment",
            "analysis",
            "results",
            "report",
        ]),
        reason: "results depend on nothing but what the user gives",
    },
    Ban {
        words: &[
            "StdRng",
            "SmallRng",
            "ThreadRng",
            "OsRng",
            "thread_rng",
            "rand::rng",
            "rand::random",
            "from_entropy",
            "from_os_rng",
            "from_rng",
            "getrandom",
        ],
        place: Place::Everywhere,
        reason: "random numbers have an address; use engine::RandomSource",
    },
    Ban {
        words: &["HashMap", "HashSet", "RandomState"],
        place: Place::OutsideTests,
        reason: "its order is not fixed; use BTreeMap or BTreeSet",
    },
    Ban {
        words: &["println!", "eprintln!", "print!", "eprint!", "process::exit"],
        place: Place::Except(&["cli", "main"]),
        reason: "the command line alone prints and exits",
    },
    Ban {
        words: &["unsafe", "todo!", "unimplemented!", "dbg!"],
        place: Place::Everywhere,
        reason: "it does not belong in finished code",
    },
    Ban {
        words: &[".unwrap()"],
        place: Place::OutsideTests,
        reason: "an unwrap gives its reason: `expect(\"...\")`",
    },
    Ban {
        words: &["dyn", "Rc", "RefCell"],
        place: Place::Only(&["model"]),
        reason: "entities of the model own their state and do not refer to each other",
    },
    Ban {
        words: &["serde", "Serialize", "Deserialize"],
        place: Place::Only(&["model", "engine"]),
        reason: "the scenario layer alone knows the syntax of files",
    },
];

/// Parts of words that name AWS things, whatever their case. `lambda` is also the usual letter
/// of a rate, so only its capital is AWS's.
const AWS_WORDS: &[&str] = &["shard", "dynamodb", "kinesis", "batch"];
const AWS_WORD_WITH_CAPITAL: &str = "Lambda";

impl Place {
    fn includes(self, layer: &str, is_test: bool) -> bool {
        match self {
            Place::Everywhere => true,
            Place::OutsideTests => !is_test,
            Place::Except(layers) => !layers.contains(&layer),
            Place::Only(layers) => !is_test && layers.contains(&layer),
        }
    }
}

/// Lines with a word that is banned where they stand.
pub fn banned_words(file: &SourceFile) -> Vec<Violation> {
    let mut found = Vec::new();
    for (number, line) in file.code.iter().enumerate() {
        for ban in BANS {
            if !ban.place.includes(file.layer(), file.is_test[number]) {
                continue;
            }
            for word in ban.words.iter().filter(|word| has_word(line, word)) {
                found.push(Violation {
                    line: number + 1,
                    rule: format!("`{word}`: {}", ban.reason),
                });
            }
        }
    }
    found
}

/// Lines of the engine that name AWS things, comments included.
pub fn aws_words_in_engine(file: &SourceFile) -> Vec<Violation> {
    if file.layer() != "engine" {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in file.raw.iter().enumerate() {
        let lower = line.to_lowercase();
        let mut words: Vec<&str> = AWS_WORDS.to_vec();
        words.retain(|word| lower.contains(word));
        words.extend(line.contains(AWS_WORD_WITH_CAPITAL).then_some(AWS_WORD_WITH_CAPITAL));
        found.extend(words.into_iter().map(|word| Violation {
            line: number + 1,
            rule: format!("`{word}`: the engine knows events and time, no AWS"),
        }));
    }
    found
}

/// Imports of everything, but `use super::*` and preludes in test modules.
pub fn glob_imports(file: &SourceFile) -> Vec<Violation> {
    let is_glob = |line: &str| line.contains("::*") && !line.contains("::*const");
    let is_excused = |number: usize, line: &str| {
        file.is_test[number] && (line.contains("super::*") || line.contains("prelude::*"))
    };
    let lines = file.code.iter().enumerate();
    lines
        .filter(|(number, line)| is_glob(line) && !is_excused(*number, line))
        .map(|(number, _)| Violation {
            line: number + 1,
            rule: "an import names what it uses".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caught(path: &str, line: &str) -> bool {
        !banned_words(&SourceFile::new(path, line)).is_empty()
    }

    #[test]
    fn every_ban_catches_each_of_its_words() {
        for ban in BANS {
            let path = match ban.place {
                Place::Everywhere | Place::OutsideTests | Place::Except(_) => "model/x.rs",
                Place::Only(layers) => &format!("{}/x.rs", layers[0]),
            };
            for word in ban.words {
                assert!(caught(path, &format!("a{word} b")) || caught(path, word), "{word}");
                let comment = format!("// {word}");
                assert!(!caught(path, &comment), "a comment may say {word}");
            }
        }
    }

    #[test]
    fn a_ban_holds_only_in_its_place() {
        assert!(caught("engine/samplers.rs", "let y = x.powf(2.0);"));
        assert!(caught("report/chart.rs", "let y = x.powf(2.0);"));
        assert!(caught("report/chart.rs", "std::env::var(\"TZ\")"));
        assert!(!caught("cli/terminal.rs", "std::env::var(\"LANG\")"));
        assert!(!caught("engine/samplers.rs", "let y = libm::pow(x, 2.0);"));
        assert!(caught("report/chart.rs", "println!(\"x\");"));
        assert!(!caught("cli/run.rs", "println!(\"x\");"));
        assert!(caught("model/lane.rs", "next: Box<dyn Poller>,"));
        assert!(!caught("report/chart.rs", "next: Box<dyn Chart>,"));
        assert!(caught("model/lane.rs", "shards: Rc<RefCell<Shard>>,"));
        assert!(!caught("model/lane.rs", "points: Arc<[u64]>,"));
        assert!(caught("model/lane.rs", "#[derive(serde::Serialize)]"));
        assert!(!caught("results/lane.rs", "#[derive(serde::Serialize)]"));
    }

    #[test]
    fn test_modules_may_hash_and_refer() {
        assert!(!caught("model/lane/tests/laws.rs", "let law: &dyn Fn(f64) -> f64;"));
        assert!(caught("model/lane.rs", "let keys = HashMap::new();"));
        let text = "#[cfg(test)]\nmod tests {\n    use std::collections::HashMap;\n}\n";
        assert!(!caught("model/lane.rs", text));
    }

    #[test]
    fn aws_words_are_caught_in_the_engine_only() {
        let count = |path, text| aws_words_in_engine(&SourceFile::new(path, text)).len();
        for text in ["struct ShardId;", "// one batch", "fn kinesis()", "// AWS Lambda polls"] {
            assert_eq!(count("engine/x.rs", text), 1, "{text}");
            assert_eq!(count("model/x.rs", text), 0, "{text}");
        }
        assert_eq!(count("engine/x.rs", "/// exp(-lambda t)"), 0);
    }

    #[test]
    fn glob_imports_are_caught_outside_tests() {
        let count = |text| glob_imports(&SourceFile::new("model/x.rs", text)).len();
        assert_eq!(count("use crate::units::*;"), 1);
        assert_eq!(count("pub use mapping::*;"), 1);
        assert_eq!(count("#[cfg(test)]\nmod tests {\n    use super::*;\n}\n"), 0);
        assert_eq!(count("#[cfg(test)]\nmod tests {\n    use crate::units::*;\n}\n"), 1);
    }
}
