use crate::values::value;

value! {
    /// An amount of data, such as `10M`: restic's letters stand for powers of 1024.
    Size
}

impl Size {
    /// So many bytes.
    #[must_use]
    pub fn bytes(bytes: u64) -> Self {
        Self::of(bytes, 'B')
    }

    /// So many KiB.
    #[must_use]
    pub fn kib(kib: u64) -> Self {
        Self::of(kib, 'K')
    }

    /// So many MiB.
    #[must_use]
    pub fn mib(mib: u64) -> Self {
        Self::of(mib, 'M')
    }

    /// So many GiB.
    #[must_use]
    pub fn gib(gib: u64) -> Self {
        Self::of(gib, 'G')
    }

    /// So many TiB.
    #[must_use]
    pub fn tib(tib: u64) -> Self {
        Self::of(tib, 'T')
    }

    // Always with a letter: `check --read-data-subset` takes no bare number for a size.
    fn of(number: u64, unit: char) -> Self {
        Self(format!("{number}{unit}").into())
    }
}
