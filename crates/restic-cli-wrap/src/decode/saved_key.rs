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
    /// Who made it, or the name that was given for it. Absent when there is an id, and when the
    /// names have a line end or an `@` in them, so that restic's text does not say which is
    /// which.
    pub username: Option<String>,
    /// The machine it was made on, or the name that was given for it. Absent when
    /// [`username`](Self::username) is.
    pub hostname: Option<String>,
    /// When it was made. Absent when there is an id.
    pub created: Option<Time>,
    /// What restic printed: one line.
    pub text: Vec<String>,
}

impl TextReport for SavedKey {
    fn stdout(&mut self, line: &str) {
        self.text.push(line.to_owned());
        if let Some(id) = line.strip_prefix("saved new key with ID ") {
            self.id = Some(id.into());
        } else {
            // A name may have line ends in it.
            let text = self.text.join("\n");
            self.describe(&text);
        }
    }

    fn missing(&self) -> Option<&'static str> {
        let is_saved = self.id.is_some() || self.created.is_some();
        (!is_saved).then_some("it did not report a new key")
    }
}

impl SavedKey {
    /// `<Key of bob@other, created on 2026-11-22 11:17:45.755427739 +0100 CET m=+5.191230121>`.
    fn describe(&mut self, text: &str) -> Option<()> {
        let (_, key) = text.split_once("saved new key as <Key of ")?;
        let (owner, created) = key.strip_suffix('>')?.rsplit_once(", created on ")?;
        self.created = Some(Time::from_text(created)?);
        let (username, hostname) = owner.split_once('@')?;
        // Where one ends and the other begins cannot be known with another such sign, nor what
        // a name with line ends was.
        let is_certain = !hostname.contains('@') && !owner.contains('\n');
        self.username = is_certain.then(|| username.to_owned());
        self.hostname = is_certain.then(|| hostname.to_owned());
        Some(())
    }
}
