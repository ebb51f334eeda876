//! Which points a machine of several runs, and how an array job says which machine it is.
//!
//! Shard `i` of `n` runs every n-th point from the i-th on, so that costly neighbours are spread.
//!
//! | engine | number | of |
//! |---|---|---|
//! | Slurm | `SLURM_ARRAY_TASK_ID`, from `_MIN` by `_STEP` | `SLURM_ARRAY_TASK_COUNT` |
//! | AWS Batch | `AWS_BATCH_JOB_ARRAY_INDEX`, from 0 | `AWS_BATCH_JOB_ARRAY_SIZE` |
//! | Kubernetes indexed job | `JOB_COMPLETION_INDEX`, from 0 | `--of` |
//! | GNU parallel | `PARALLEL_SEQ`, from 1 | `--of` |
//!
//! Reference: the manuals of sbatch (job arrays), AWS Batch (environment variables), Kubernetes
//! (Indexed completion mode) and GNU parallel. Left out: machines that fetch points one by one.

/// One of several parts of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: u32,
}

/// Parts of a sweep at most.
const SHARDS_MAX: u32 = 1_000_000;

/// Where an array job says which part it is.
struct Engine {
    name: &'static str,
    number: &'static str,
    first: u32,
    count: &'static str,
}

const SLURM: &str = "Slurm";
const ENGINES: [Engine; 4] = [
    Engine {
        name: SLURM,
        number: "SLURM_ARRAY_TASK_ID",
        first: 1,
        count: "SLURM_ARRAY_TASK_COUNT",
    },
    Engine {
        name: "AWS Batch",
        number: "AWS_BATCH_JOB_ARRAY_INDEX",
        first: 0,
        count: "AWS_BATCH_JOB_ARRAY_SIZE",
    },
    Engine {
        name: "Kubernetes",
        number: "JOB_COMPLETION_INDEX",
        first: 0,
        count: "JOB_COMPLETIONS",
    },
    Engine { name: "GNU parallel", number: "PARALLEL_SEQ", first: 1, count: "PARALLEL_JOBS" },
];

impl Shard {
    /// Everything.
    pub const WHOLE: Shard = Shard { number: 1, of: 1 };

    /// Part `number`, from 1, of `of`.
    ///
    /// # Errors
    /// When there is no such part.
    pub fn new(number: u32, of: u32) -> Result<Shard, String> {
        if of == 0 || of > SHARDS_MAX || number == 0 || number > of {
            return Err(format!(
                "there is no shard {number} of {of}; shards are numbered from 1, as in `1/4` to \
                 `4/4`"
            ));
        }
        Ok(Shard { number, of })
    }

    /// Reads `i/n`.
    ///
    /// # Errors
    /// When it is no part.
    pub fn parse(text: &str) -> Result<Shard, String> {
        let parts = text
            .split_once('/')
            .and_then(|(number, of)| Some((number.trim().parse().ok()?, of.trim().parse().ok()?)));
        match parts {
            Some((number, of)) => Shard::new(number, of),
            None => Err(format!("`{text}` is no shard; write `1/4` to `4/4`, or `auto`")),
        }
    }

    /// The part that an array job says it is; `of` is how many there are, where it does not say.
    ///
    /// # Errors
    /// When it does not say, says it twice, or says what cannot be.
    pub fn of_environment(
        variable: &dyn Fn(&str) -> Option<String>,
        of: Option<u32>,
    ) -> Result<Shard, String> {
        let found: Vec<&Engine> =
            ENGINES.iter().filter(|engine| variable(engine.number).is_some()).collect();
        let engine = match found.as_slice() {
            [engine] => engine,
            [] => {
                let names = ENGINES.each_ref().map(|engine| engine.number).join(", ");
                return Err(format!(
                    "this is no array job that is known: none of {names} is set; give the shard \
                     as `--shard 1/4`"
                ));
            }
            [one, other, ..] => {
                return Err(format!(
                    "both {} ({}) and {} ({}) are set; give the shard as `--shard 1/4`",
                    one.number, one.name, other.number, other.name
                ));
            }
        };
        let whole = |name: &str| -> Result<Option<u32>, String> {
            let Some(text) = variable(name) else { return Ok(None) };
            let parsed = text.trim().parse().map(Some);
            parsed.map_err(|_| format!("{name} is `{text}`, which is no number"))
        };
        let id = whole(engine.number)?.unwrap_or(engine.first);
        let count = whole(engine.count)?;
        let (first, step) = match engine.name {
            SLURM if of.is_none() => (
                whole("SLURM_ARRAY_TASK_MIN")?.unwrap_or(engine.first),
                whole("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1),
            ),
            _ => (engine.first, 1),
        };
        let Some(of) = of.or(count) else {
            return Err(format!(
                "{} says the number of the task ({} = {id}) but not how many there are; add for \
                 example `--of 8`",
                engine.name, engine.number
            ));
        };
        let before = id.checked_sub(first).filter(|before| before % step == 0);
        let number = before.map_or(0, |before| before / step + 1);
        Shard::new(number, of).map_err(|_| {
            format!(
                "{} = {id} is not one of {of} tasks numbered from {first}; give the shard as \
                 `--shard 1/{of}`",
                engine.number
            )
        })
    }

    /// Its points, by their numbers from 0.
    pub fn points(self, count: usize) -> Vec<usize> {
        (self.number as usize - 1..count).step_by(self.of as usize).collect()
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_in_exactly_one_shard() {
        for of in 1..12 {
            let mut points: Vec<usize> = (1..=of)
                .flat_map(|number| Shard::new(number, of).expect("a shard").points(10))
                .collect();
            points.sort_unstable();
            assert_eq!(points, (0..10).collect::<Vec<usize>>(), "{of}");
        }
    }

    #[test]
    fn an_array_job_says_which_shard_it_is() {
        type Environment<'e> = &'e [(&'e str, &'e str)];
        let cases: [(Environment<'_>, Option<u32>, Result<&str, &str>); 12] = [
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "5"),
                    ("SLURM_ARRAY_TASK_COUNT", "4"),
                    ("SLURM_ARRAY_TASK_MIN", "3"),
                ],
                None,
                Ok("3/4"),
            ),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "20"),
                    ("SLURM_ARRAY_TASK_COUNT", "3"),
                    ("SLURM_ARRAY_TASK_MIN", "0"),
                    ("SLURM_ARRAY_TASK_STEP", "10"),
                ],
                None,
                Ok("3/3"),
            ),
            // A single task that is started again, of a known number.
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "3"),
                    ("SLURM_ARRAY_TASK_COUNT", "1"),
                    ("SLURM_ARRAY_TASK_MIN", "3"),
                ],
                Some(4),
                Ok("3/4"),
            ),
            (
                &[("AWS_BATCH_JOB_ARRAY_INDEX", "0"), ("AWS_BATCH_JOB_ARRAY_SIZE", "8")],
                None,
                Ok("1/8"),
            ),
            (&[("AWS_BATCH_JOB_ARRAY_INDEX", "7")], Some(8), Ok("8/8")),
            (&[("JOB_COMPLETION_INDEX", "2")], Some(4), Ok("3/4")),
            (&[("PARALLEL_SEQ", "4"), ("PARALLEL_JOBSLOT", "2")], Some(4), Ok("4/4")),
            (&[("PARALLEL_SEQ", "5")], Some(4), Err("PARALLEL_SEQ = 5 is not one of 4 tasks")),
            (&[("PARALLEL_SEQ", "1")], None, Err("GNU parallel says the number of the task")),
            (&[("JOB_COMPLETION_INDEX", "x")], Some(2), Err("JOB_COMPLETION_INDEX is `x`")),
            (&[("A", "1")], None, Err("this is no array job that is known")),
            (
                &[("PARALLEL_SEQ", "1"), ("JOB_COMPLETION_INDEX", "1")],
                Some(2),
                Err("both JOB_COMPLETION_INDEX (Kubernetes) and PARALLEL_SEQ (GNU parallel)"),
            ),
        ];
        for (environment, of, expected) in cases {
            let variable = |name: &str| {
                let found = environment.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let shard = Shard::of_environment(&variable, of).map(|shard| shard.to_string());
            match expected {
                Ok(shard_text) => assert_eq!(shard.as_deref(), Ok(shard_text), "{environment:?}"),
                Err(beginning) => {
                    let message = shard.expect_err(beginning);
                    assert!(message.starts_with(beginning), "{message}");
                }
            }
        }
    }

    #[test]
    fn a_shard_beyond_the_last_is_refused() {
        for text in ["0/4", "5/4", "1/0", "a/4", "3"] {
            assert!(Shard::parse(text).is_err(), "{text}");
        }
        assert_eq!(Shard::parse("2/4").map(|shard| shard.points(9)), Ok(vec![1, 5]));
    }
}
