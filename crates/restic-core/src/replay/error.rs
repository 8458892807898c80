use std::fmt;

/// Why a replay did not go as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplayError {
    /// Calls that do not match the recording, one report per call.
    pub misses: Vec<String>,
    /// The names of recorded calls that were never made.
    pub unused: Vec<String>,
    /// Where the recording is, and how it is made again.
    pub(super) advice: String,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.misses.join("\n"))?;
        if self.unused.is_empty() {
            return Ok(());
        }
        if !self.misses.is_empty() {
            f.write_str("\n")?;
        }
        let unused = self.unused.join(", ");
        write!(f, "these recorded calls were never made: {unused}")?;
        // Where something else was wrong that comes first, and may well be the reason.
        if self.misses.is_empty() {
            write!(f, "\n{}", self.advice)?;
        }
        Ok(())
    }
}

impl std::error::Error for ReplayError {}
