use std::env;
use std::path::{Path, PathBuf};

use restic_types::cli::CommandLine;

/// Where a call writes, which its own arguments say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) root: PathBuf,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Files of the user.
    Written { deletes: bool },
    /// Files that are encrypted with a key which nobody has: only their names count.
    Repository,
}

impl Place {
    /// The place where a call with these arguments writes. Absent when it writes nowhere, or on
    /// another machine.
    pub(crate) fn of(words: &[String], directory: Option<&Path>) -> Option<Self> {
        let line = CommandLine::parse(words).ok()?;
        let value = |name: &str| {
            let value = line.all(name).last()?.value.clone();
            value.map(PathBuf::from)
        };
        let (root, kind) = match line.command.name {
            "restore" | "dump" if !line.is_on("dry-run") => {
                let deletes = line.is_on("delete");
                (value("target")?, Kind::Written { deletes })
            }
            "init" => {
                let location = value("repo")?;
                let location = location.to_str()?;
                let path = PathBuf::from(location.strip_prefix("local:").unwrap_or(location));
                // Other locations look like relative paths.
                (path.is_absolute().then_some(path)?, Kind::Repository)
            }
            _ => return None,
        };
        let directory = directory.map(Path::to_owned);
        let directory = directory.or_else(|| env::current_dir().ok())?;
        let root = directory.join(root);
        Some(Self { root, kind })
    }

    /// Whether such a call may remove what was there.
    pub(crate) fn deletes(&self) -> bool {
        self.kind == Kind::Written { deletes: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(words: &[&str]) -> Option<PathBuf> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        Place::of(&words, Some(Path::new("/current"))).map(|place| place.root)
    }

    #[test]
    fn a_call_says_itself_where_it_writes() {
        let is = |words: &[&str], expected: &str| {
            assert_eq!(place(words), Some(PathBuf::from(expected)), "{words:?}");
        };
        is(&["restore", "latest", "--target=/out"], "/out");
        is(&["restore", "latest", "-t", "out"], "/current/out");
        is(
            &["dump", "latest", "/a", "--target", "a.tar"],
            "/current/a.tar",
        );
        is(&["-r", "/r", "init"], "/r");
        is(&["--repo=local:/r", "init"], "/r");
        for nowhere in [
            &["restore", "latest"][..],
            &["restore", "latest", "--target=/out", "--dry-run"],
            &["dump", "latest", "/a"],
            &["--repo=sftp:host:/r", "init"],
            &["--repo=s3:https://host/r", "init"],
            &["--repo=/r", "backup", "/a"],
        ] {
            assert_eq!(place(nowhere), None, "{nowhere:?}");
        }
    }
}
