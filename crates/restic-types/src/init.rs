//! What `restic init` prints.

use serde::{Deserialize, Serialize};

use crate::id::RepositoryId;

/// What `restic init --json` prints. JSON since restic 0.15.0.
///
/// See restic's documentation, [init](https://restic.readthedocs.io/en/stable/075_scripting.html#init).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename = "initialized")]
#[non_exhaustive]
pub struct Initialized {
    /// The new repository's id. The first ten digits when read from the text of an older restic.
    pub id: RepositoryId,
    /// Where the repository is, as it was given; restic prints `***` for a password in it.
    pub repository: String,
}

impl Initialized {
    /// What an old restic says in a text.
    #[doc(hidden)]
    #[must_use]
    pub fn new(id: &str, repository: &str) -> Self {
        Self {
            id: id.into(),
            repository: repository.to_owned(),
        }
    }
}
