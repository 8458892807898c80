//! What is done with the directories of recordings.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::RecordError;

/// The directory of this name beside a recording: `0.19.1.new`.
pub(crate) fn beside(directory: &Path, ending: &str) -> PathBuf {
    let mut name = directory.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    directory.with_file_name(name)
}

pub(crate) fn remove(directory: &Path) -> Result<(), RecordError> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(RecordError::io(directory, "cannot be removed")(error))
        }
        _ => Ok(()),
    }
}

/// Whether two directories have the same files with the same content.
pub(crate) fn same_files(one: &Path, other: &Path) -> bool {
    match (files(one), files(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The files of a directory, by name.
pub(crate) fn files(directory: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(files)
}
