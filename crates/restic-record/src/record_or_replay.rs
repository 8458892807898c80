use restic_core::Replay;

use crate::Recorder;

/// What a test does with restic: it records, or it replays.
///
/// Whatever takes part in both, such as a stand-in for programs that spawn restic, is made from
/// this.
#[derive(Clone, Copy, Debug)]
pub enum RecordOrReplay<'a> {
    /// restic runs, and what it does is recorded.
    Record(&'a Recorder),
    /// A recording answers.
    Replay(&'a Replay),
}

impl<'a> From<&'a Recorder> for RecordOrReplay<'a> {
    fn from(recorder: &'a Recorder) -> Self {
        Self::Record(recorder)
    }
}

impl<'a> From<&'a Replay> for RecordOrReplay<'a> {
    fn from(replay: &'a Replay) -> Self {
        Self::Replay(replay)
    }
}
