/// What restic has shown of itself by printing on standard output.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spoken {
    /// It has printed something.
    pub(super) anything: bool,
    /// What it printed shows that it has its lock, or wants none.
    pub(super) past_lock: bool,
}

impl Spoken {
    pub(super) fn hear(&mut self, chunk: &[u8]) {
        self.anything = true;
        self.past_lock = self.past_lock || is_past_the_lock(chunk);
    }
}

/// Whether restic prints something that it prints only when it has its lock, or wants none.
fn is_past_the_lock(chunk: &[u8]) -> bool {
    const BEFORE: [&[u8]; 5] = [
        b"repository ",
        b"created new cache",
        b"using temporary cache",
        b"create exclusive lock",
        b"enter password",
    ];
    let mut lines = chunk.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.any(|line| !line.is_empty() && !BEFORE.iter().any(|begin| line.starts_with(begin)))
}
