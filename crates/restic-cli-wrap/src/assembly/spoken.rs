use crate::wording::{Patterns, is_one_of, lines};

/// What restic has shown of itself by printing on standard output.
#[derive(Clone, Debug, Default)]
pub(super) struct Spoken {
    /// How many bytes came.
    bytes: u64,
    /// How the line begins that has no end yet.
    begin: Vec<u8>,
    /// Where a line had come that shows that restic has its lock, or wants none.
    pub(super) past_lock_at: Option<u64>,
    /// Another program may say something in between.
    is_mixed: bool,
}

/// What restic prints before it has its lock.
const BEFORE: Patterns = lines![
    ["^repository "],
    ["^created new cache"],
    ["^using temporary cache"],
    ["^create exclusive lock"],
    ["^enter password"],
    // Since restic 0.16.0.
    ["^repo already locked, waiting"],
];

/// As much of a line as shows what it is.
const BEGIN: usize = 64;

/// A restic that has shown nothing by then is not listened to any longer.
const LIMIT: u64 = 1 << 20;

impl Spoken {
    /// What another program says is mixed with restic's words.
    pub(super) fn mixed(&mut self, is_mixed: bool) {
        self.is_mixed = is_mixed;
    }

    /// It has printed something.
    pub(super) fn anything(&self) -> bool {
        self.bytes > 0
    }

    pub(super) fn hear(&mut self, chunk: &[u8]) {
        if self.past_lock_at.is_some() || self.bytes > LIMIT {
            self.bytes += chunk.len() as u64;
            return;
        }
        let mut rest = chunk;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
            let (piece, after) = rest.split_at(end);
            self.hear_piece(piece);
            rest = after;
        }
    }

    /// Hears one line, or a part of it.
    fn hear_piece(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        let room = BEGIN - self.begin.len().min(BEGIN);
        self.begin
            .extend_from_slice(&piece[..piece.len().min(room)]);
        let has_ended = piece.ends_with(b"\n");
        if self.is_past_the_lock(has_ended) {
            self.past_lock_at.get_or_insert(self.bytes);
        }
        if has_ended {
            self.begin.clear();
        }
    }

    /// Whether restic prints this line only when it has its lock, or wants none.
    fn is_past_the_lock(&self, has_ended: bool) -> bool {
        let line = String::from_utf8_lossy(self.begin.trim_ascii());
        // All of its JSON on standard output is.
        if is_one_of(lines![["^{\""], ["^[{"]], &line) {
            return true;
        }
        // A part of a line may go on as one of them does.
        let is_known = has_ended || self.begin.len() >= BEGIN;
        is_known && !line.is_empty() && !is_one_of(BEFORE, &line) && !self.is_mixed
    }
}
