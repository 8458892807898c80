use crate::values::{Size, value};

value! {
    /// How much data that no snapshot needs may stay in the repository when restic prunes:
    /// `--max-unused`. Since restic 0.12.0.
    ///
    /// More of it saves restic from repacking what is still needed. Unless set, it is 5 %.
    MaxUnused
}

impl MaxUnused {
    /// A percentage of the repository, less than 100.
    #[must_use]
    pub fn percent(part: impl Into<f64>) -> Self {
        Self(format!("{}%", part.into()).into())
    }

    /// All of it: nothing is repacked.
    #[must_use]
    pub fn unlimited() -> Self {
        Self("unlimited".into())
    }
}

impl From<Size> for MaxUnused {
    fn from(size: Size) -> Self {
        Self(size.into())
    }
}
