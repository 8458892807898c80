use crate::values::{Size, value};

value! {
    /// How much of the data `check` reads: `--read-data-subset`.
    Subset
}

impl Subset {
    /// The `part`th, from 1, of this many parts of the data. A check of each part in turn reads
    /// all of it, as long as nothing is written in between.
    #[must_use]
    pub fn part(part: u32, of: u32) -> Self {
        Self(format!("{part}/{of}").into())
    }

    /// A percentage of the data, chosen at random. More than 0. Since restic 0.12.0.
    #[must_use]
    pub fn percent(part: impl Into<f64>) -> Self {
        Self(format!("{}%", part.into()).into())
    }
}

impl From<Size> for Subset {
    /// About this much of the data, chosen at random. Since restic 0.13.0.
    fn from(size: Size) -> Self {
        Self(size.into())
    }
}
