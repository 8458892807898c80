use restic_types::{KeyId, Time};
use serde::{Deserialize, Serialize};

use crate::decode::report::TextReport;

/// The key that [`KeyAdd`](crate::commands::KeyAdd) or
/// [`KeyPasswd`](crate::commands::KeyPasswd) made.
///
/// restic reports either the id or all the rest. [`KeyList`](crate::commands::KeyList) knows
/// both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedKey {
    /// The key's id. Absent from `key passwd`, from `key add` of an old restic such as
    /// 0.14, and with [`quiet`](crate::ResticBuilder::quiet).
    pub id: Option<KeyId>,
    /// Who made it, or the name that was given for it. Absent when there is an id.
    pub username: Option<String>,
    /// The machine it was made on, or the name that was given for it. Absent when there is an
    /// id.
    pub hostname: Option<String>,
    /// When it was made. Absent when there is an id.
    pub created: Option<Time>,
    /// What restic printed: one line.
    pub text: Vec<String>,
}

impl TextReport for SavedKey {
    fn stdout(&mut self, line: &str) {
        if let Some(id) = line.strip_prefix("saved new key with ID ") {
            self.id = Some(id.into());
        } else if let Some(key) = line.strip_prefix("saved new key as ") {
            self.describe(key);
        }
        self.text.push(line.to_owned());
    }

    fn missing(&self) -> Option<&'static str> {
        let is_told = self.id.is_some() || self.username.is_some();
        (!is_told).then_some("it did not report a new key")
    }
}

impl SavedKey {
    /// `<Key of bob@other, created on 2026-11-22 11:17:45.755427739 +0100 CET m=+5.191230121>`.
    fn describe(&mut self, key: &str) -> Option<()> {
        let key = key.strip_prefix("<Key of ")?.strip_suffix('>')?;
        let (owner, created) = key.rsplit_once(", created on ")?;
        let (username, hostname) = owner.rsplit_once('@')?;
        self.username = Some(username.to_owned());
        self.hostname = Some(hostname.to_owned());
        self.created = Time::from_text(created);
        Some(())
    }
}
