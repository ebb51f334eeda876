//! Writes one file whole or not at all.
//!
//! | what is there | what is done |
//! |---|---|
//! | nothing, or a file | written under a temporary name beside it, then renamed |
//! | a link to a file | the same where the link leads; the link stays |
//! | a pipe or a device, as `/dev/stdout` | written straight, since a rename would replace it |
//! | a folder | an error |
//!
//! What fails is removed again; what was killed, by the next that writes there (see `temporary`).
//! Left out: `fsync`, without which a machine that loses its power may lose the file.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use super::temporary::TemporaryFile;

/// Writes text into a file.
///
/// # Errors
/// When it cannot be written; a file that was there before is as it was.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    write_whole_with(path, |out| out.write_all(text.as_bytes()))
}

/// Writes into a file what a function writes, part by part.
///
/// # Errors
/// As [`write_whole`], or when the function fails.
pub fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let target = match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() => {
            let mut out = BufWriter::new(File::options().write(true).open(path)?);
            return write(&mut out).and_then(|()| out.flush());
        }
        Ok(_) => fs::canonicalize(path)?,
        Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let mut temporary = TemporaryFile::beside(&target)?;
    let mut out = BufWriter::new(temporary.file());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    temporary.keep()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A folder of a test's own, which is empty.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("shardlag-{name}-{}", std::process::id()));
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("it is there");
        let name = |entry: io::Result<fs::DirEntry>| {
            entry.expect("it can be listed").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_or_stays_as_it_was() {
        let folder = folder("whole");
        let file = folder.join("a");
        write_whole(&file, "old").expect("it can be written");
        let failed = write_whole_with(&file, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("enough"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "old");
        write_whole(&file, "new").expect("it can be written");
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "new");
        assert_eq!(names(&folder), ["a"], "nothing is left over");
        fs::remove_dir_all(folder).expect("it can be removed");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_folder_a_folder() {
        let folder = folder("link");
        let (file, link) = (folder.join("a"), folder.join("b"));
        fs::write(&file, "old").expect("it can be written");
        std::os::unix::fs::symlink("a", &link).expect("it can be made");
        write_whole(&link, "new").expect("it can be written");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "new");
        let error = write_whole(&folder, "x").expect_err("it is a folder");
        assert_eq!(error.kind(), ErrorKind::IsADirectory);
        assert_eq!(names(&folder), ["a", "b"]);
        fs::remove_dir_all(folder).expect("it can be removed");
    }
}
