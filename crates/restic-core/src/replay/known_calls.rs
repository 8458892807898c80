//! Calls that were made before: a program asks for the same again and again.

use std::sync::Arc;

use super::identity::Identity;
use crate::{Invocation, Stdin};

/// How many different calls are known at a time.
const KNOWN: usize = 32;

/// A call, and what makes it the same as another.
#[derive(Clone)]
pub(super) struct KnownCall {
    pub(super) invocation: Arc<Invocation>,
    pub(super) identity: Arc<Identity>,
}

/// The calls that were made last, so that equal ones are taken apart and kept once.
#[derive(Default)]
pub(super) struct KnownCalls(Vec<KnownCall>);

impl KnownCalls {
    pub(super) fn of(&mut self, invocation: &Invocation) -> KnownCall {
        let is_same = |known: &&KnownCall| *known.invocation == *invocation;
        if let Some(known) = self.0.iter().rev().find(is_same) {
            return known.clone();
        }
        let known = KnownCall {
            invocation: Arc::new(invocation.clone()),
            identity: Arc::new(Identity::of(invocation)),
        };
        // Input may be long, and is compared with others in vain.
        if invocation.stdin == Stdin::Null {
            if self.0.len() == KNOWN {
                self.0.remove(0);
            }
            self.0.push(known.clone());
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_calls_are_kept_once_and_others_are_told_apart() {
        let mut known = KnownCalls::default();
        for round in 0..2 {
            for number in 0..2 * KNOWN {
                let call = Invocation::new(["ls".to_owned(), format!("{number:08x}")]);
                let (first, again) = (known.of(&call), known.of(&call));
                assert_eq!(*first.invocation, call, "{round}");
                assert_eq!(*first.identity, Identity::of(&call), "{round}");
                assert!(Arc::ptr_eq(&first.invocation, &again.invocation), "{round}");
            }
        }
        assert_eq!(known.0.len(), KNOWN);
        let mut fed = Invocation::new(["backup", "--stdin"]);
        fed.stdin = Stdin::Bytes(Arc::from(*b"a dump"));
        assert_eq!(*known.of(&fed).invocation, fed);
        assert!(known.0.iter().all(|known| *known.invocation != fed));
    }
}
