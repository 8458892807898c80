mod chunks;
mod json_splitter;
pub(crate) mod lines;
mod pieces;

use std::collections::VecDeque;

use crate::framing::json_splitter::JsonSplitter;
use crate::framing::lines::{Line, Lines};
use crate::framing::pieces::Pieces;

/// How standard output is divided for a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Framing {
    /// Line by line.
    Lines,
    /// Each JSON value whole, however many lines it has, and text around it line by line.
    Values,
    /// Like `Values`, but the values of lists one by one, as they come, and then their list
    /// without them: `[]`.
    Items,
    /// As bytes, in no particular pieces.
    Bytes,
}

impl Framing {
    /// What cuts standard output like this. As it is known when a program is compiled, a program has only what cuts
    /// as its commands need it.
    pub(crate) const fn output(self) -> NewOutput {
        match self {
            Self::Lines => || Output::Lines(Lines::default()),
            Self::Values => || Output::Pieces(Box::new(JsonSplitter::new(false))),
            Self::Items => || Output::Pieces(Box::new(JsonSplitter::new(true))),
            Self::Bytes => || Output::Bytes(VecDeque::new()),
        }
    }
}

pub(crate) type NewOutput = fn() -> Output;

/// Standard output, being cut.
#[derive(Debug)]
pub(crate) enum Output {
    Lines(Lines),
    Pieces(Box<dyn Pieces>),
    Bytes(VecDeque<Vec<u8>>),
}

impl Output {
    pub(crate) fn push(&mut self, chunk: Vec<u8>) {
        match self {
            Self::Lines(lines) => lines.push(chunk),
            Self::Pieces(pieces) => pieces.push(chunk),
            Self::Bytes(chunks) => chunks.push_back(chunk),
        }
    }

    pub(crate) fn end(&mut self) {
        match self {
            Self::Lines(lines) => lines.end(),
            Self::Pieces(pieces) => pieces.end(),
            Self::Bytes(_) => {}
        }
    }

    /// The number of the line or piece given last, counted from 1.
    pub(crate) fn number(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.number(),
            Self::Pieces(pieces) => pieces.number(),
            Self::Bytes(_) => 0,
        }
    }

    /// The next line or piece.
    pub(crate) fn next(&mut self) -> Option<Line<'_>> {
        match self {
            Self::Lines(lines) => lines.next(),
            Self::Pieces(pieces) => pieces.next(),
            Self::Bytes(_) => None,
        }
    }

    /// The next bytes, where they are wanted as such.
    pub(crate) fn next_bytes(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(chunks) => chunks.pop_front(),
            _ => None,
        }
    }
}
