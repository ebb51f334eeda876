//! Finished points: one file each in a folder that is named by the plan's hash.
//!
//! ```text
//! points/0123456789abcdef/000042.json
//! ```
//!
//! A file is written under another name, brought to the disk (fsync), and then renamed, so it is
//! there whole or not at all, whatever ends the program; several machines may share the folder.
//! Schema `shardlag.sweep-point/1`. Left out: series and charts of points; `shardlag run` with
//! the point's settings gives them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Plan, SweepError};
use crate::results::SweptVariant;
use crate::scenario::limited::read_text;

const SCHEMA: &str = "shardlag.sweep-point/1";
/// A larger file is no finished point, in bytes.
const POINT_BYTES_MAX: u64 = 256 << 20;

/// A finished point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FinishedPoint {
    /// Always `shardlag.sweep-point/1`.
    pub schema: String,
    /// Version of the program that ran it.
    pub version: String,
    /// Hash of its plan.
    pub plan: String,
    /// Its number in the plan, from 1.
    pub point: usize,
    /// What the scenario means there.
    pub fingerprint: String,
    /// Replications per variant.
    pub replications: u32,
    /// Its variants.
    pub variants: Vec<SweptVariant>,
}

/// Where the finished points of a plan are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    folder: PathBuf,
    plan: String,
}

/// How far a sweep is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Numbers of the finished points, from 1, rising.
    pub finished: Vec<usize>,
    /// Numbers of the missing points, from 1, rising.
    pub missing: Vec<usize>,
    /// Other plans of which there are points in the same folder, by their hash.
    pub others: Vec<String>,
}

impl Store {
    /// The store of a plan in a folder of points.
    pub fn new(points: &Path, plan: &Plan) -> Store {
        Store { folder: points.join(&plan.hash), plan: plan.hash.clone() }
    }

    /// The folder of this plan's points.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of a point, by its number from 0.
    pub fn path(&self, index: usize) -> PathBuf {
        self.folder.join(format!("{:06}.json", index + 1))
    }

    /// Whether a point is finished, by its number from 0.
    pub fn has(&self, index: usize) -> bool {
        self.path(index).is_file()
    }

    /// Which points are finished.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn status(&self, points: usize) -> Result<Status, SweepError> {
        let (finished, missing) = (0..points).partition::<Vec<usize>, _>(|index| self.has(*index));
        let from_one = |indices: Vec<usize>| indices.into_iter().map(|index| index + 1).collect();
        let above = self.folder.parent().unwrap_or(Path::new(""));
        let mut others: Vec<String> = listed(above)?
            .into_iter()
            .filter(|name| *name != self.plan && is_hash(name) && above.join(name).is_dir())
            .collect();
        others.sort();
        Ok(Status { finished: from_one(finished), missing: from_one(missing), others })
    }

    /// Keeps a finished point.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub fn keep(
        &self,
        plan: &Plan,
        index: usize,
        replications: u32,
        variants: Vec<SweptVariant>,
    ) -> Result<(), SweepError> {
        let point = FinishedPoint {
            schema: SCHEMA.to_owned(),
            version: plan.version.clone(),
            plan: plan.hash.clone(),
            point: index + 1,
            fingerprint: plan.points[index].fingerprint.clone(),
            replications,
            variants,
        };
        let json = serde_json::to_string_pretty(&point).expect("a point is plain data");
        let target = self.path(index);
        let part = self.folder.join(format!("{}{}", self.part_of(index), std::process::id()));
        let written = write_to_disk(&part, format!("{json}\n").as_bytes())
            .and_then(|()| fs::rename(&part, &target))
            .and_then(|()| File::open(&self.folder)?.sync_all());
        written.map_err(|error| {
            // What is half written is worth nothing; that it cannot be removed changes nothing.
            let _ = fs::remove_file(&part);
            SweepError::File(target, error)
        })
    }

    /// Makes the folder, and removes what was half written of these points by a run that ended.
    ///
    /// # Errors
    /// When the folder cannot be made or listed.
    pub fn prepare(&self, indices: &[usize]) -> Result<(), SweepError> {
        fs::create_dir_all(&self.folder)
            .map_err(|error| SweepError::File(self.folder.clone(), error))?;
        let parts: Vec<String> = indices.iter().map(|index| self.part_of(*index)).collect();
        for name in listed(&self.folder)? {
            if parts.iter().any(|part| name.starts_with(part)) {
                // Another program may have removed it, which is as good.
                let _ = fs::remove_file(self.folder.join(name));
            }
        }
        Ok(())
    }

    /// Reads a finished point; `None`: it is missing.
    ///
    /// # Errors
    /// When its file is no result of this point of this plan.
    pub fn read(&self, plan: &Plan, index: usize) -> Result<Option<FinishedPoint>, SweepError> {
        let path = self.path(index);
        let text = match read_text(&path, POINT_BYTES_MAX) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(SweepError::File(path, error)),
        };
        let wrong = |message: String| {
            SweepError::Document(path.clone(), format!("{message}; delete it and run it again"))
        };
        let point: FinishedPoint = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("is no finished point: {error}")))?;
        let found = [&point.schema, &point.version, &point.plan, &point.fingerprint];
        let (hash, fingerprint) = (&plan.hash, &plan.points[index].fingerprint);
        let expected = [SCHEMA, plan.version.as_str(), hash.as_str(), fingerprint.as_str()];
        let what = ["schema", "version", "plan", "fingerprint"];
        for ((what, found), expected) in what.into_iter().zip(found).zip(expected) {
            if found != expected {
                return Err(wrong(format!("its {what} is `{found}`, not `{expected}`")));
            }
        }
        match point.point == index + 1 {
            true => Ok(Some(point)),
            false => Err(wrong(format!("holds point {}, not {}", point.point, index + 1))),
        }
    }

    /// How the name of a file begins that a point is being written to.
    fn part_of(&self, index: usize) -> String {
        format!(".{:06}.json.part.", index + 1)
    }
}

/// Reads every point from the first of several stores that has it; all that have it must agree.
///
/// # Errors
/// When a file is no result of this plan, or two files of a point differ.
pub fn read_all(
    plan: &Plan,
    stores: &[Store],
) -> Result<BTreeMap<usize, FinishedPoint>, SweepError> {
    let mut points: BTreeMap<usize, FinishedPoint> = BTreeMap::new();
    for index in 0..plan.points.len() {
        let mut first: Option<(&Store, FinishedPoint)> = None;
        for store in stores {
            let Some(point) = store.read(plan, index)? else { continue };
            match &first {
                Some((before, known)) if *known != point => {
                    let files = [before.path(index), store.path(index)];
                    return Err(SweepError::Differing { point: index + 1, files });
                }
                Some(_) => {}
                None => first = Some((store, point)),
            }
        }
        if let Some((_, point)) = first {
            points.insert(index, point);
        }
    }
    Ok(points)
}

/// The names in a folder; none where there is no folder.
fn listed(folder: &Path) -> Result<Vec<String>, SweepError> {
    let fail = |error: io::Error| SweepError::File(folder.to_owned(), error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            let message = "this is a file, or in one; name a folder for the points";
            return Err(SweepError::Document(folder.to_owned(), message.to_owned()));
        }
        Err(error) => return Err(fail(error)),
    };
    let name = |entry: io::Result<fs::DirEntry>| {
        entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
    };
    entries.map(name).collect::<io::Result<Vec<String>>>().map_err(fail)
}

fn is_hash(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Writes a file and waits until the disk has it.
fn write_to_disk(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
