//! What playing a scenario comes to.

use std::error::Error;
use std::fmt::{self, Debug};

use restic_cli_wrap::Outcome;

/// What playing a scenario comes to.
pub type Played<T = ()> = Result<T, Box<dyn Error>>;

/// Something came out in one of several ways that restic chooses from by chance: with another
/// attempt it may come out as it is in the recording.
#[derive(Debug)]
pub struct Unlucky;

impl Unlucky {
    /// # Errors
    ///
    /// Unless it came out like this.
    pub fn unless(is_so: bool) -> Played {
        if is_so { Ok(()) } else { Err(Box::new(Self)) }
    }
}

impl fmt::Display for Unlucky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("something did not come out in the order of the recording")
    }
}

impl Error for Unlucky {}

/// The summary of a backup or restore that left nothing out.
///
/// # Errors
///
/// When it did.
pub fn complete<T: Debug>(outcome: Outcome<T>) -> Played<T> {
    match outcome {
        Outcome::Complete(summary) => Ok(summary),
        Outcome::Incomplete(partial) => Err(format!("incomplete: {partial:?}").into()),
    }
}
