use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::ScenarioError;

/// Reads a regular file, and never more of it than the limit.
pub(super) fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ScenarioError> {
    let failed = |error| ScenarioError::io(path, "cannot be read", error);
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(ScenarioError::new(path, "is not a regular file"));
    }
    if metadata.len() > limit {
        let problem = format!("has {} bytes, of {limit} at most", metadata.len());
        return Err(ScenarioError::new(path, problem));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
