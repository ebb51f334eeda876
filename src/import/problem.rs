//! What is wrong with an imported file, or doubtful: file, line, what, and what to do.

use std::fmt;

use super::tree::Place;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The value cannot be used as it is.
    Error,
    /// Something to know.
    Warning,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub weight: Weight,
    /// Name of the file.
    pub file: String,
    /// Line, from 1; `None`: the file as a whole.
    pub line: Option<u32>,
    /// What is wrong and what to do, in one line.
    pub message: String,
}

impl Problem {
    /// An error of a file as a whole.
    pub fn of_file(file: &str, message: String) -> Problem {
        Problem { weight: Weight::Error, file: file.to_owned(), line: None, message }
    }

    /// An error at a line.
    pub fn at(file: &str, line: u32, message: String) -> Problem {
        Problem { weight: Weight::Error, file: file.to_owned(), line: Some(line), message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for Problem {}

/// Collects problems of several files.
#[derive(Debug, Default)]
pub struct Problems {
    /// Names of the files, by index.
    pub names: Vec<String>,
    /// What was found, in order.
    pub found: Vec<Problem>,
}

impl Problems {
    /// Reports an error.
    pub fn error(&mut self, place: Place, message: String) {
        self.report(Weight::Error, place, message);
    }

    /// Reports something to know.
    pub fn warning(&mut self, place: Place, message: String) {
        self.report(Weight::Warning, place, message);
    }

    fn name(&self, place: Place) -> &str {
        self.names.get(place.file).map_or("?", String::as_str)
    }

    fn report(&mut self, weight: Weight, place: Place, message: String) {
        let file = self.name(place).to_owned();
        let problem = Problem { weight, file, line: Some(place.line), message };
        if !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }
}
