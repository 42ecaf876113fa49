//! Several files as one ZIP archive. The same files and the same day of making give the same bytes.

use std::io::{Cursor, Write as _};

use jiff::civil::Date;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::fault::{Fault, Kind};

/// Writes an archive of files, each with its name.
///
/// # Errors
/// What the format cannot hold, such as one name twice.
pub fn write(files: &[(String, Vec<u8>)], made_on: Date) -> Result<Vec<u8>, Fault> {
    build(files, made_on).map_err(|error| {
        Fault::new(
            Kind::Output,
            format!("The archive cannot be written: {error}."),
            "Give each file a name of its own.",
        )
    })
}

fn build(files: &[(String, Vec<u8>)], made_on: Date) -> Result<Vec<u8>, zip::result::ZipError> {
    let part = |part: i8| u8::try_from(part).unwrap_or(1);
    let year = u16::try_from(made_on.year()).unwrap_or(1980);
    // Years before 1980 have no place in the format.
    let day = DateTime::from_date_and_time(year, part(made_on.month()), part(made_on.day()), 0, 0, 0);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(day.unwrap_or_default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn files_come_back_and_the_same_files_give_the_same_bytes() {
        let files = vec![
            ("a.txt".to_owned(), b"words".to_vec()),
            ("b/c.txt".to_owned(), Vec::new()),
        ];
        let day = jiff::civil::date(2026, 1, 2);
        let bytes = write(&files, day).expect("an archive");
        assert_eq!(bytes, write(&files, day).expect("an archive"));
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        assert_eq!(archive.len(), 2);
        let mut text = String::new();
        archive
            .by_name("a.txt")
            .expect("a file")
            .read_to_string(&mut text)
            .expect("text");
        assert_eq!(text, "words");
    }
}
