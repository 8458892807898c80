//! What a flag takes.

/// What a flag takes, and what restic does when the flag comes twice.
///
/// The names follow what restic does with the text. restic checks it, this crate does not: words that restic knows
/// today are listed for completion and documentation, newer releases may know more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Value {
    /// Nothing: the flag itself says yes. `--flag=false` says no.
    Switch,
    /// Nothing: restic counts how often the flag comes. `--verbose=2` sets the count, `--verbose 2` does not.
    Count,
    /// A text, taken as it is. The last one wins.
    Text,
    /// A whole number. The last one wins.
    Int,
    /// A whole number, not negative. The last one wins.
    UInt,
    /// A whole number, not negative, or the word `unlimited`. The last one wins.
    Limit,
    /// A duration in Go's notation: `90s`, `1h30m`. The last one wins.
    Duration,
    /// Years, months, days and hours: `1y5m7d2h`. The last one wins.
    CalendarDuration,
    /// One of these words. The last one wins.
    Choice(&'static [&'static str]),
    /// Any of these words, separated by commas, or the empty text for none of them. The last one wins.
    Choices(&'static [&'static str]),
    /// A text, taken as it is, commas included. Each occurrence adds one.
    List,
    /// Texts separated by commas, each occurrence adds them. They are read as CSV: one with a comma in it goes in
    /// double quotes.
    CommaList,
    /// Tags separated by commas, without any quoting. Each occurrence adds a group of tags: a filter asks for all
    /// tags of one group, of any group.
    TagList,
}

impl Value {
    /// Whether the flag takes a value from the next word when it is not written with `=`.
    #[must_use]
    pub fn takes_word(self) -> bool {
        !matches!(self, Self::Switch | Self::Count)
    }

    /// Whether a second occurrence adds to the first one instead of replacing it.
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        matches!(
            self,
            Self::Count | Self::List | Self::CommaList | Self::TagList
        )
    }
}
