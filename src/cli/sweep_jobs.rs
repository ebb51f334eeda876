//! `shardlag sweep submit`: the shards of a plan as a job of an existing engine.
//!
//! | engine | job | started with |
//! |---|---|---|
//! | Slurm | array job | `sbatch` |
//! | GNU parallel | shell script | `sh` |
//! | AWS Batch | array job | `aws batch submit-job --cli-input-json` |
//! | Kubernetes | indexed job | `kubectl apply -f -` |
//!
//! Every task runs `sweep run PLAN --shard auto --of N`; a task that is started again runs only
//! what is missing. Plan and points have to lie where all machines see them. Left out: waiting for
//! the end, and fetching results; `sweep status` and `sweep merge` do what is left.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use super::Ending;
use super::arguments::Format;
use super::complaint::Complaints;
use super::sweep::{absolute, fail, points_folder};
use super::sweep_arguments::{Engine, SweepSubmitArguments};
use crate::experiment::sweep::Plan;

/// Shards where nothing else is said, at most.
const SHARDS_MAX: u32 = 16;
/// How often an engine starts a task that fails.
const ATTEMPTS: u32 = 3;
/// AWS Batch has no smaller array.
const AWS_ARRAY_MIN: u32 = 2;

/// Starts the shards, or prints how.
pub(super) fn submit(arguments: &SweepSubmitArguments) -> Ending {
    let mut complaints = Complaints::new(Format::Human);
    let plan = match Plan::read(&arguments.plan) {
        Ok(plan) => plan,
        Err(error) => return fail(&mut complaints, Ending::BadInput, &error),
    };
    let points = u32::try_from(plan.points.len()).unwrap_or(u32::MAX);
    let shards = arguments.shards.unwrap_or(points.min(SHARDS_MAX));
    if arguments.engine == Engine::AwsBatch && shards < AWS_ARRAY_MIN {
        let message = "an array job of AWS Batch has at least 2 tasks; use --shards 2 or more";
        return fail(&mut complaints, Ending::BadInput, &message);
    }
    let job = Job::new(arguments, &plan, shards);
    let text = job.text();
    if arguments.dry_run {
        print!("{text}");
        return Ending::Fine;
    }
    let words = starter(arguments.engine);
    match started(words, &text) {
        Ok(true) => Ending::Fine,
        Ok(false) => {
            let message = format!("`{}` has failed; see what it says above", words.join(" "));
            fail(&mut complaints, Ending::RunTimeError, &message)
        }
        Err(error) => {
            let message = format!(
                "`{}` cannot be started: {error}; `--dry-run` prints the job file for elsewhere",
                words[0]
            );
            fail(&mut complaints, Ending::RunTimeError, &message)
        }
    }
}

/// The command that takes a job file from its standard input.
fn starter(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Slurm => &["sbatch"],
        Engine::Parallel => &["sh"],
        Engine::AwsBatch => {
            &["aws", "batch", "submit-job", "--cli-input-json", "file:///dev/stdin"]
        }
        Engine::Kubernetes => &["kubectl", "apply", "-f", "-"],
    }
}

fn started(words: &[&str], text: &str) -> io::Result<bool> {
    let mut child = Command::new(words[0]).args(&words[1..]).stdin(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().expect("it was asked for");
    // A program that ends early says why itself.
    let _ = input.write_all(text.as_bytes());
    drop(input);
    Ok(child.wait()?.success())
}

/// What the job files of all engines need.
struct Job<'a> {
    arguments: &'a SweepSubmitArguments,
    name: String,
    shards: u32,
    /// The words of a task, without the number of threads.
    words: Vec<String>,
}

impl Job<'_> {
    fn new<'a>(arguments: &'a SweepSubmitArguments, plan: &Plan, shards: u32) -> Job<'a> {
        let is_here = match arguments.engine {
            Engine::Slurm | Engine::Parallel => true,
            Engine::AwsBatch | Engine::Kubernetes => false,
        };
        let place = |path: &Path| match is_here {
            true => absolute(path).display().to_string(),
            false => path.display().to_string(),
        };
        let this = std::env::current_exe().ok().filter(|_| is_here);
        let program = arguments.program.clone().or(this).unwrap_or_else(|| "shardlag".into());
        let points = arguments.points.clone().unwrap_or_else(|| points_folder(&arguments.plan));
        let words = [
            &program.display().to_string(),
            "sweep",
            "run",
            &place(&arguments.plan),
            "--shard",
            "auto",
            "--of",
            &shards.to_string(),
            "--points",
            &place(&points),
            "--quiet",
        ];
        Job {
            arguments,
            name: format!("shardlag-{}", plan.hash),
            shards,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    fn text(&self) -> String {
        match self.arguments.engine {
            Engine::Slurm => self.slurm(),
            Engine::Parallel => self.parallel(),
            Engine::AwsBatch => self.aws_batch(),
            Engine::Kubernetes => self.kubernetes(),
        }
    }

    /// The words as a shell reads them.
    fn quoted(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|word| quoted(word)).collect();
        words.join(" ")
    }

    fn slurm(&self) -> String {
        format!(
            "#!/bin/sh\n\
             #SBATCH --job-name={}\n\
             #SBATCH --array=1-{}\n\
             #SBATCH --cpus-per-task=1\n\
             # A task that is started again (sbatch --array=3 ...) runs only what is missing.\n\
             exec {} --threads \"${{SLURM_CPUS_PER_TASK:-1}}\"\n",
            self.name,
            self.shards,
            self.quoted()
        )
    }

    fn parallel(&self) -> String {
        format!(
            "#!/bin/sh\n\
             # A shard that fails can be started again: only what is missing is run.\n\
             seq {} | parallel --no-notice -n0 {} --threads 1\n",
            self.shards,
            quoted(&self.quoted())
        )
    }

    fn aws_batch(&self) -> String {
        let document = json!({
            "jobName": self.name,
            "jobQueue": self.arguments.queue,
            "jobDefinition": self.arguments.job_definition,
            "arrayProperties": { "size": self.shards },
            "retryStrategy": { "attempts": ATTEMPTS },
            "containerOverrides": { "command": self.words },
        });
        format!("{document:#}\n")
    }

    fn kubernetes(&self) -> String {
        // JSON is YAML, and its strings need no further care.
        let text = |text: &str| json!(text).to_string();
        let command: Vec<String> = self.words.iter().map(|word| text(word)).collect();
        let lines = [
            "apiVersion: batch/v1".to_owned(),
            "kind: Job".to_owned(),
            "metadata:".to_owned(),
            format!("  name: {}", self.name),
            "spec:".to_owned(),
            "  completionMode: Indexed".to_owned(),
            format!("  completions: {}", self.shards),
            format!("  parallelism: {}", self.shards),
            format!("  backoffLimit: {}", self.shards.saturating_mul(ATTEMPTS)),
            "  template:".to_owned(),
            "    spec:".to_owned(),
            "      restartPolicy: OnFailure".to_owned(),
            "      containers:".to_owned(),
            "        - name: sweep".to_owned(),
            format!("          image: {}", text(&self.arguments.image)),
            format!("          command: [{}]", command.join(", ")),
            "          workingDir: /sweep".to_owned(),
            "          volumeMounts:".to_owned(),
            "            - name: sweep".to_owned(),
            "              mountPath: /sweep".to_owned(),
            "      volumes:".to_owned(),
            "        - name: sweep".to_owned(),
            "          persistentVolumeClaim:".to_owned(),
            format!("            claimName: {}", text(&self.arguments.volume_claim)),
        ];
        format!("{}\n", lines.join("\n"))
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "/._-:=,+".contains(sign);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_other_signs_are_quoted_for_the_shell() {
        assert_eq!(quoted("/a/b-1.json"), "/a/b-1.json");
        assert_eq!(quoted("my plan's.json"), "'my plan'\\''s.json'");
        assert_eq!(quoted(""), "''");
    }
}
