//! What `restic key list` prints.

use serde::{Deserialize, Serialize};

use crate::id::KeyId;
use crate::time::LocalTime;

/// A key in the array of `restic key list --json`. The array has no order.
///
/// See restic's documentation, [key](https://restic.readthedocs.io/en/stable/075_scripting.html#key).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Key {
    /// Whether the repository was opened with this key to list it.
    pub current: bool,
    /// The key's id. The first eight digits before restic 0.17.0.
    pub id: KeyId,
    /// Who made it, or the name that was given for it.
    pub user_name: String,
    /// The machine it was made on, or the name that was given for it.
    pub host_name: String,
    /// When it was made, in the local time of the machine that lists.
    pub created: LocalTime,
}
