//! Asking restic for its version.

use std::time::Duration;

use restic_process::{Argument, Invocation};
use restic_types::ResticVersion;

use crate::assembly::Assembly;
use crate::begun::{self, Begun};
use crate::decode::VersionDecoder;
use crate::framing::{Framing, NewOutput};
use crate::version::Versions;
use crate::{ErrorKind, Result};

/// How long restic may take to say its version.
const LIMIT: Duration = Duration::from_secs(10);

/// A client, as far as it is needed for the question.
pub(crate) trait Asker {
    /// What is known of the version.
    fn versions(&self) -> &Versions;

    /// What all calls of the client have in common, without any argument.
    fn blank(&self) -> Invocation;

    /// Starts a call, when it is its turn.
    fn start(&mut self, invocation: Invocation, output: NewOutput) -> Result<Begun>;
}

/// The version of restic, which is asked for it unless it is known.
pub(crate) fn version(asker: &mut dyn Asker) -> Result<ResticVersion> {
    if let Some(known) = asker.versions().known()? {
        return Ok(known);
    }
    // Without any global flag: this restic may not know it.
    let mut question = asker.blank();
    question
        .arguments
        .extend(["--json", "version"].map(Argument::from));
    // It takes a moment. A program that hangs here is no restic, or a broken one.
    let total = &mut question.deadlines.total;
    *total = Some(total.map_or(LIMIT, |given| given.min(LIMIT)));
    let begun = asker.start(question, Framing::Lines.output())?;
    let assembly = Assembly::new(VersionDecoder::default(), begun.intake);
    let answer = begun::finish(begun.process, assembly);
    let (answer, _) = answer.map_err(|error| match error.kind() {
        ErrorKind::TimedOut => {
            let message = "restic did not say its version in time: is this program a restic?";
            error.instead(ErrorKind::TimedOut, message)
        }
        _ => error,
    })?;
    asker.versions().learn(&answer.version)
}
