use std::fmt;

/// What shows that bytes are not those that were written: FNV-1a, of which every change of a single
/// byte gives another one. It is no protection from somebody who wants to deceive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest(u64);

impl Digest {
    const BEGIN: Self = Self(0xcbf2_9ce4_8422_2325);
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    /// Goes on with more bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(Self::PRIME);
        self.0 = bytes.iter().fold(self.0, step);
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::BEGIN
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The digest of these bytes.
pub(super) fn digest(bytes: &[u8]) -> String {
    let mut digest = Digest::default();
    digest.add(bytes);
    digest.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_published_one() {
        assert_eq!(digest(b""), "cbf29ce484222325");
        assert_eq!(digest(b"foobar"), "85944171f73967e8");
        let mut parts = Digest::default();
        [b"fo", b"ob", b"ar"]
            .iter()
            .for_each(|part| parts.add(*part));
        assert_eq!(parts.to_string(), digest(b"foobar"));
    }
}
