use std::sync::Arc;

use restic_process::{Stop, Supervised};

use crate::Result;
use crate::assembly::{Assembly, Intake, Stopped};
use crate::decode::Decoder;
use crate::diagnostics::Notice;
use crate::held::{Held, HeldByOne};
use crate::settling::Settling;

/// A run that has begun, and that nothing decodes yet: the same for all commands.
pub(crate) struct Begun {
    pub(crate) process: HeldByOne<Supervised>,
    pub(crate) intake: Held<Intake>,
    /// Reaches this run alone.
    pub(crate) stop: Stop,
    pub(crate) settling: Arc<Settling>,
}

/// Waits for the end of a run, and says what it came to.
pub(crate) fn finish<D: Decoder>(
    mut process: HeldByOne<Supervised>,
    mut assembly: Assembly<D>,
) -> Result<(D::Output, Vec<Notice>)> {
    loop {
        while let Some(event) = assembly.next_event() {
            assembly.keep(event);
        }
        if !assembly.read(&mut process)? {
            return assembly.finish(Stopped::of(&process));
        }
    }
}
