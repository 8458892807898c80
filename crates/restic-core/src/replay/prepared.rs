//! What recorded calls print, ready to be played.

use std::collections::BTreeMap;

use super::bindings::Bindings;
use crate::Scripted;

/// How many bytes of output are kept. What is beyond them is read each time.
const BYTES: usize = 64 * 1024 * 1024;

/// Scripts of calls by their numbers: read, compared with their digests, and filled with the
/// values that placeholders had.
#[derive(Default)]
pub(super) struct Prepared {
    scripts: BTreeMap<usize, (Bindings, Scripted)>,
    bytes: usize,
}

impl Prepared {
    /// The script of a call, if it was prepared with these values.
    pub(super) fn get(&self, call: usize, bindings: &Bindings) -> Option<Scripted> {
        let (filled_with, script) = self.scripts.get(&call)?;
        (filled_with == bindings).then(|| script.clone())
    }

    /// Keeps the script of a call.
    pub(super) fn keep(&mut self, call: usize, bindings: &Bindings, script: &Scripted) {
        if let Some((_, old)) = self.scripts.remove(&call) {
            self.bytes -= old.printed_bytes();
        }
        let bytes = self.bytes + script.printed_bytes();
        if bytes <= BYTES {
            self.bytes = bytes;
            self.scripts
                .insert(call, (bindings.clone(), script.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(bytes: usize) -> Scripted {
        Scripted::printed(vec![b'x'; bytes], Vec::new())
    }

    #[test]
    fn a_script_is_for_the_values_that_it_was_filled_with() {
        let (mut prepared, unset) = (Prepared::default(), Bindings::default());
        let mut set = unset.clone();
        set.set("src", "/data".to_owned());
        prepared.keep(0, &unset, &printed(1));
        assert!(prepared.get(0, &unset).is_some());
        assert!(prepared.get(0, &set).is_none());
        prepared.keep(0, &set, &printed(2));
        assert!(prepared.get(0, &unset).is_none());
        assert!(prepared.get(1, &set).is_none());
        assert_eq!(prepared.bytes, 2);
    }

    #[test]
    fn no_more_is_kept_than_the_limit() {
        let (mut prepared, bindings) = (Prepared::default(), Bindings::default());
        prepared.keep(0, &bindings, &printed(1));
        prepared.keep(1, &bindings, &printed(BYTES));
        assert!(prepared.get(1, &bindings).is_none());
        prepared.keep(0, &bindings, &printed(BYTES));
        assert!(prepared.get(0, &bindings).is_some());
        prepared.keep(0, &bindings, &printed(BYTES + 1));
        assert!(prepared.get(0, &bindings).is_none());
        assert_eq!(prepared.bytes, 0);
    }
}
