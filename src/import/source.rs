//! Files to import: their text, limits on their size, and lines of byte offsets.
//!
//! A file larger than [`IMPORT_BYTES_MAX`] is refused unless more is allowed: templates are
//! limited to 1 MB by CloudFormation, and a week of metrics is smaller. Left out: following links
//! over the network.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::problem::Problem;
use super::tree::Place;
use crate::scenario::limits::IMPORT_BYTES_MAX;
use crate::units::Bytes;

/// What else can be done about a file that is named on the command line.
const REMEDY: &str = ", or raise the limit with --max-size";

/// A file to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Name as shown in messages.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// Reads a file, or all Terraform files of a folder in order of their names, each up to a size.
    ///
    /// # Errors
    /// When it is missing, too large, unreadable or not UTF-8.
    pub fn read_all(path: &Path, bytes_max: u64) -> Result<Vec<SourceFile>, Problem> {
        if !path.is_dir() {
            return Ok(vec![SourceFile::read_up_to(path, bytes_max)?]);
        }
        let name = path.display().to_string();
        let unreadable = |error| Problem::of_file(&name, format!("cannot be read: {error}"));
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            paths.push(entry.map_err(unreadable)?.path());
        }
        paths.retain(|path| is_terraform(path));
        // Values for variables apply in this order: terraform.tfvars, then *.auto.tfvars.
        paths.sort();
        if paths.is_empty() {
            let message = "is a folder without Terraform files; name a file of it";
            return Err(Problem::of_file(&name, message.to_owned()));
        }
        paths.iter().map(|path| SourceFile::read_up_to(path, bytes_max)).collect()
    }

    /// Reads one file of up to [`IMPORT_BYTES_MAX`] bytes.
    ///
    /// # Errors
    /// As for [`SourceFile::read_all`].
    pub fn read(path: &Path) -> Result<SourceFile, Problem> {
        SourceFile::open(path, IMPORT_BYTES_MAX, "")
    }

    /// Reads one file of up to so many bytes, as `--max-size` says.
    ///
    /// # Errors
    /// As for [`SourceFile::read_all`].
    pub fn read_up_to(path: &Path, bytes_max: u64) -> Result<SourceFile, Problem> {
        SourceFile::open(path, bytes_max, REMEDY)
    }

    fn open(path: &Path, bytes_max: u64, remedy: &str) -> Result<SourceFile, Problem> {
        let name = path.display().to_string();
        let unreadable = |error: std::io::Error| match error.kind() == ErrorKind::NotFound {
            true => Problem::of_file(&name, "does not exist".to_owned()),
            false => Problem::of_file(&name, format!("cannot be read: {error}")),
        };
        let file = fs::File::open(path).map_err(unreadable)?;
        SourceFile::limited(&name, file, bytes_max, remedy)
    }

    /// Reads standard input or any other stream.
    ///
    /// # Errors
    /// When it is too large, unreadable or not UTF-8.
    pub fn from_reader(
        name: &str,
        reader: impl Read,
        bytes_max: u64,
    ) -> Result<SourceFile, Problem> {
        SourceFile::limited(name, reader, bytes_max, REMEDY)
    }

    fn limited(
        name: &str,
        reader: impl Read,
        bytes_max: u64,
        remedy: &str,
    ) -> Result<SourceFile, Problem> {
        let fail = |message: String| Problem::of_file(name, message);
        let mut bytes = Vec::new();
        let mut limited = reader.take(bytes_max.saturating_add(1));
        limited
            .read_to_end(&mut bytes)
            .map_err(|error| fail(format!("cannot be read: {error}")))?;
        if bytes.len() as u64 > bytes_max {
            let most = Bytes::new(bytes_max);
            return Err(fail(format!(
                "is larger than {most}; import a smaller part of it{remedy}"
            )));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            fail(format!("is not UTF-8 text: byte {at} is not part of a character"))
        })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(SourceFile { name: name.to_owned(), text })
    }

    /// The ending of the name, in lower case, without the dot.
    pub fn extension(&self) -> String {
        let extension = Path::new(&self.name).extension();
        extension.map(|text| text.to_string_lossy().to_lowercase()).unwrap_or_default()
    }
}

fn is_terraform(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    name.is_some_and(|name| {
        name.ends_with(".tf") || name == "terraform.tfvars" || name.ends_with(".auto.tfvars")
    })
}

/// Finds the line of a byte in a text.
#[derive(Debug)]
pub struct Lines {
    file: usize,
    starts: Vec<usize>,
}

impl Lines {
    /// Of the `file`-th source.
    pub fn new(file: usize, text: &str) -> Lines {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Lines { file, starts }
    }

    /// The place of a byte.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        Place { file: self.file, line: u32::try_from(line).unwrap_or(u32::MAX) }
    }
}
