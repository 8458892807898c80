use crate::values::{Size, value};

value! {
    /// How much data that no snapshot needs may stay in the repository when restic prunes:
    /// `--max-unused`. Since restic 0.12.0.
    ///
    /// More of it saves restic from writing anew what is still needed. Unless set, it is 5 %.
    MaxUnused
}

impl MaxUnused {
    /// So many of 100 parts of the repository, less than all of them.
    #[must_use]
    pub fn percent(part: impl Into<f64>) -> Self {
        Self(format!("{}%", part.into()).into())
    }

    /// All of it: nothing is packed anew.
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
