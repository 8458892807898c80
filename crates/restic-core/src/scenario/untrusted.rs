use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use super::ScenarioError;

/// Reads a regular file, and never more of it than the limit.
pub(super) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ScenarioError> {
    let failed = |error| ScenarioError::io(path, "cannot be read", error);
    // Before it is opened, because opening a device may already do something.
    let is_file = fs::symlink_metadata(path).map_err(failed)?.is_file();
    let file = if is_file {
        open(path).map_err(failed)?
    } else {
        return Err(ScenarioError::new(path, "is not a regular file"));
    };
    // And of what was opened, because somebody may have put another in its place.
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(ScenarioError::new(path, "is not a regular file"));
    }
    if metadata.len() > limit {
        let problem = format!("has {} bytes, of {limit} at most", metadata.len());
        return Err(ScenarioError::new(path, problem));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Opens a file that is no link, without waiting for the other end of a pipe.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        use rustix::fs::OFlags;

        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
}

/// Whether a text of JSON has at most this many values, roughly: commas inside strings count.
/// Eight megabytes can hold millions of empty strings, each of which takes 24 bytes.
pub(super) fn has_at_most_values(json: &[u8], limit: usize) -> bool {
    json.iter().filter(|byte| **byte == b',').count() <= limit
}
