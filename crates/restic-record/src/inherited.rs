//! Variables of this process that restic sees.

use std::env;
use std::ffi::OsStr;

use restic_core::{Environment, Invocation, Secret};

/// What a call inherits, as it was when the call began: a test may change its variables later.
#[derive(Clone, Default)]
pub(crate) struct Inherited {
    /// Those that the call names.
    pub(crate) named: Environment,
    /// All others, such as those of AWS: everything but restic's own.
    pub(crate) unnamed: Environment,
}

impl Inherited {
    pub(crate) fn of(invocation: &Invocation) -> Self {
        let is_set = |name: &OsStr| invocation.environment.contains_key(name);
        let names = invocation.inherited.iter().filter(|name| !is_set(name));
        let named = names.filter_map(|name| Some((name.clone(), env::var_os(name)?.into())));
        let unnamed = env::vars_os()
            .filter(|(name, _)| {
                !is_set(name) && !is_restics(name) && !invocation.inherited.contains(name)
            })
            .map(|(name, value)| (name, Secret::from(value)));
        Self {
            named: named.collect(),
            unnamed: unnamed.collect(),
        }
    }
}

fn is_restics(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes().to_ascii_uppercase();
    name.starts_with(b"RESTIC_")
}
