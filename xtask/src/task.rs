//! What tasks have in common.

use std::env;
use std::path::PathBuf;

/// How a task ends.
pub(crate) type Outcome = Result<()>;

/// The result of a step of a task.
pub(crate) type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// The restic binaries that were given, or else those of `RESTIC_BINARIES`.
pub(crate) fn binaries(arguments: Vec<String>) -> Vec<PathBuf> {
    if !arguments.is_empty() {
        return arguments.into_iter().map(PathBuf::from).collect();
    }
    listed("RESTIC_BINARIES")
}

/// The paths that a variable lists.
pub(crate) fn listed(variable: &str) -> Vec<PathBuf> {
    let listed = env::var_os(variable).unwrap_or_default();
    env::split_paths(&listed)
        .filter(|path| !path.as_os_str().is_empty())
        .collect()
}

/// Says that something is not done here, which is a failure where `RESTIC_NO_SKIP` is set.
pub(crate) fn skip(reason: &str) -> Outcome {
    if env::var_os("RESTIC_NO_SKIP").is_some() {
        return Err(format!("must not be skipped here: {reason}").into());
    }
    println!("skipped: {reason}");
    Ok(())
}
