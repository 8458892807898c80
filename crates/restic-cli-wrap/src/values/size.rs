use crate::values::value;

value! {
    /// An amount of data, such as `10M`: restic's letters stand for powers of 1024.
    Size
}

impl Size {
    /// A number of bytes.
    #[must_use]
    pub fn bytes(bytes: u64) -> Self {
        Self::of(bytes, 'B')
    }

    /// A number of KiB.
    #[must_use]
    pub fn kib(kib: u64) -> Self {
        Self::of(kib, 'K')
    }

    /// A number of MiB.
    #[must_use]
    pub fn mib(mib: u64) -> Self {
        Self::of(mib, 'M')
    }

    /// A number of GiB.
    #[must_use]
    pub fn gib(gib: u64) -> Self {
        Self::of(gib, 'G')
    }

    /// A number of TiB.
    #[must_use]
    pub fn tib(tib: u64) -> Self {
        Self::of(tib, 'T')
    }

    // Always with a letter: `check --read-data-subset` takes no bare number for a size.
    fn of(number: u64, unit: char) -> Self {
        Self(format!("{number}{unit}").into())
    }
}
