//! Files read up to a limit, whatever the file system says of their size.
//!
//! A pipe and a device such as `/dev/zero` have no size and may never end, so that the limit counts
//! what was read. Left out: limits on what the content becomes in memory; its readers have them.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The bytes of a file.
///
/// # Errors
/// When it cannot be read or has more than `bytes_max` bytes.
pub fn read_bytes(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    bytes_of(&mut File::open(path)?, bytes_max)
}

/// The bytes of a stream up to its end.
///
/// # Errors
/// As [`read_bytes`].
pub fn bytes_of(reader: &mut dyn Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(bytes_max + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > bytes_max {
        true => {
            let message = format!("it is larger than {} MiB", bytes_max >> 20);
            Err(io::Error::new(ErrorKind::FileTooLarge, message))
        }
        false => Ok(bytes),
    }
}

/// The text of a file.
///
/// # Errors
/// As [`read_bytes`], or when it is not UTF-8.
pub fn read_text(path: &Path, bytes_max: u64) -> io::Result<String> {
    String::from_utf8(read_bytes(path, bytes_max)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = format!("it is not UTF-8 text: byte {at} is not part of a character");
        io::Error::new(ErrorKind::InvalidData, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_up_to_its_limit_and_refused_beyond_it() {
        let read = |length: usize| bytes_of(&mut io::repeat(1).take(length as u64), 2 << 20);
        assert_eq!(read(2 << 20).map(|bytes| bytes.len()).ok(), Some(2 << 20));
        let error = read((2 << 20) + 1).expect_err("it is larger");
        assert_eq!(error.to_string(), "it is larger than 2 MiB");
        assert!(bytes_of(&mut io::repeat(0), 1 << 20).is_err(), "it never ends");
    }
}
