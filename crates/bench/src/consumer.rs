//! Who reads an output, and what comes of it.

use std::error::Error;
use std::str::FromStr;

use crate::listing::Listing;
use crate::player::Source;
use crate::tally::Tally;
use crate::{baseline, sdk};

/// A way to read an output to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Consumer {
    /// A plain loop with `serde_json`: one value after the other.
    Baseline,
    /// The same, and all values are kept.
    BaselineKept,
    /// The same, from the whole output in memory.
    BaselineOutput,
    /// The SDK's iterator.
    Iterator,
    /// The SDK's rows where they are.
    Visitor,
    /// The SDK's asynchronous run.
    Async,
    /// The SDK's result of a plain `run`.
    Collected,
}

impl Consumer {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::Baseline,
        Self::BaselineKept,
        Self::BaselineOutput,
        Self::Iterator,
        Self::Visitor,
        Self::Async,
        Self::Collected,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::BaselineKept => "baseline-kept",
            Self::BaselineOutput => "baseline-output",
            Self::Iterator => "iterator",
            Self::Visitor => "visitor",
            Self::Async => "async",
            Self::Collected => "collected",
        }
    }

    /// Reads all of an output. Nothing when there is no such way to read it.
    ///
    /// # Errors
    ///
    /// When it is not what restic prints, or cannot be read.
    pub fn read(self, listing: Listing, source: &Source) -> Result<Option<Tally>, Box<dyn Error>> {
        match self {
            Self::Baseline => baseline::read(listing, source.open()?).map(Some),
            Self::BaselineKept => baseline::keep(listing, source.open()?),
            Self::BaselineOutput => baseline::keep_output(listing, source),
            Self::Iterator => sdk::iterate(listing, &sdk::client(source)),
            Self::Visitor => sdk::visit(listing, &sdk::client(source)),
            Self::Async => sdk::iterate_async(listing, &sdk::client(source)),
            Self::Collected => sdk::collect(listing, &sdk::client(source)),
        }
    }
}

impl FromStr for Consumer {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|known| known.name() == name);
        found.ok_or_else(|| format!("{name}: no such consumer"))
    }
}
