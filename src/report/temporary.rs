//! Files under a temporary name, beside the file that they will replace.
//!
//! | moment | what is in the folder |
//! |---|---|
//! | while it is written | `.report.html.123.tmp`, locked, where 123 is the process |
//! | it is whole | `report.html`, by a rename |
//! | an error | nothing: the temporary file is removed again |
//! | the process was killed | `.report.html.123.tmp`, which nobody holds any more |
//!
//! Whoever writes into a folder for the first time removes what processes that were killed have
//! left there: files of this pattern, with no process of that number, whose lock can be had. The
//! lock is what other machines and containers see that share the folder. Between creating and
//! locking, a file can be taken for such a leftover; then it is created again.
//!
//! Left out: `fsync`, without which a machine that loses its power may lose the file; and locks
//! where the file system has none, on which leftovers stay.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// How often a file is created anew that somebody took for a leftover.
const TRIES: u32 = 10;

/// A file that is being written; it is removed where it was not [kept](TemporaryFile::keep).
#[derive(Debug)]
pub(super) struct TemporaryFile {
    /// `None`: it has been put in the place of the target.
    path: Option<PathBuf>,
    target: PathBuf,
    file: File,
}

impl TemporaryFile {
    /// An empty file beside `target`.
    pub fn beside(target: &Path) -> io::Result<TemporaryFile> {
        let no_name = || io::Error::new(ErrorKind::InvalidInput, "this is no file name");
        let name = target.file_name().ok_or_else(no_name)?.to_string_lossy();
        let path = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        clean_once(path.parent().unwrap_or(Path::new("")));
        for _ in 0..TRIES {
            let file = File::create(&path)?;
            // Without locks in the file system nobody removes leftovers either.
            let _ = file.lock();
            if path.exists() {
                return Ok(TemporaryFile { path: Some(path), target: target.to_owned(), file });
            }
        }
        Err(io::Error::other("its temporary file is removed by another program"))
    }

    /// Where to write to.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Puts it in the place of the file that it is for.
    pub fn keep(mut self) -> io::Result<()> {
        if let Some(path) = &self.path {
            fs::rename(path, &self.target)?;
        }
        self.path = None;
        Ok(())
    }

    /// The file that it is for.
    pub fn target(&self) -> &Path {
        &self.target
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Whoever comes next tries again.
            let _ = fs::remove_file(path);
        }
    }
}

/// Folders that are clean: listing one for every file of it would take long.
static CLEAN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes what dead processes have left in a folder, the first time that it is named.
pub(super) fn clean_once(folder: &Path) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut clean = CLEAN.lock().expect("nothing panics while it holds the lock");
    if clean.insert(folder.to_owned()) {
        // A folder that cannot be listed can still be written to.
        let _ = remove_leftovers(folder);
    }
}

/// Removes what dead processes have left in a folder.
fn remove_leftovers(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(process_of) else { continue };
        if entry.file_type()?.is_file() && !is_alive(process) {
            let file = File::options().write(true).open(entry.path());
            // Whatever stands against it, it is not ours to insist.
            if file.is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
    Ok(())
}

/// The process in the name of a temporary file.
fn process_of(name: &str) -> Option<u32> {
    let (name, process) = name.strip_prefix('.')?.strip_suffix(".tmp")?.rsplit_once('.')?;
    let is_number = !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit());
    if name.is_empty() || !is_number { None } else { process.parse().ok() }
}

/// Whether there is a process of this number, as far as can be told: elsewhere than on Linux the
/// lock alone tells.
fn is_alive(process: u32) -> bool {
    process == std::process::id() || Path::new("/proc").join(process.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Above the largest number that Linux gives a process.
    const NOBODY: u32 = 4_194_305;

    #[test]
    fn only_files_of_the_pattern_have_a_process() {
        assert_eq!(process_of(".report.html.123.tmp"), Some(123));
        for name in
            ["report.html.123.tmp", ".123.tmp", ".a.tmp", ".a.12x.tmp", ".a.99999999999.tmp"]
        {
            assert_eq!(process_of(name), None, "{name}");
        }
    }

    #[test]
    fn leftovers_of_dead_processes_are_removed_and_those_in_use_stay() {
        let folder = std::env::temp_dir().join(format!("shardlag-left-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        let write = |name: String| {
            let path = folder.join(name);
            fs::write(&path, "half").expect("it can be written");
            path
        };
        let dead = write(format!(".a.{NOBODY}.tmp"));
        let stay = [
            write(format!(".a.{}.tmp", std::process::id())),
            write(format!(".b.{NOBODY}.tmp")),
            write(format!("c.{NOBODY}.tmp")),
            write(".d.tmp".to_owned()),
        ];
        // Somebody writes it, on another machine or in another container.
        let used = File::open(&stay[1]).expect("it is there");
        used.lock().expect("this file system has locks");
        remove_leftovers(&folder).expect("it can be listed");
        assert!(!dead.exists());
        assert!(stay.iter().all(|path| path.exists()), "{stay:?}");
        fs::remove_dir_all(folder).expect("it can be removed");
    }
}
