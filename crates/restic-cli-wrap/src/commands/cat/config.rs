use restic_types::RepositoryConfig;

use crate::arguments::Arguments;

/// Shows the configuration of the repository.
///
/// `restic cat config`.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatConfig {
    arguments: Arguments,
}

impl CatConfig {
    /// Shows it.
    pub fn new() -> Self {
        Self {
            arguments: super::the("config"),
        }
    }
}

impl Default for CatConfig {
    fn default() -> Self {
        Self::new()
    }
}

super::cat! { CatConfig => RepositoryConfig }
