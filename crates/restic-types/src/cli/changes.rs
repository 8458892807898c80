use super::command::Command;
use super::line::CommandLine;

/// The commands that change neither a repository nor a directory.
const READING: [&str; 13] = [
    "cache",
    "cat",
    "check",
    "diff",
    "dump",
    "features",
    "find",
    "key list",
    "list",
    "ls",
    "snapshots",
    "stats",
    "version",
];

/// Commands that change something, but no repository: what is asked of it before and after is the same.
const ELSEWHERE: [&str; 4] = ["generate", "mount", "restore", "self-update"];

impl Command {
    /// Whether it only reads: it changes neither a repository nor a directory of the user. (`dump --target` writes one
    /// file.)
    #[must_use]
    pub fn is_reading(&self) -> bool {
        READING.contains(&self.name)
    }

    /// Whether it leaves repositories as they are, whatever else it changes.
    #[must_use]
    pub fn spares_repositories(&self) -> bool {
        self.is_reading() || ELSEWHERE.contains(&self.name)
    }
}

impl CommandLine {
    /// Whether such a call may change what the calls after it find: its command changes something, and it is no dry run.
    #[must_use]
    pub fn may_change(&self) -> bool {
        !self.is_on("dry-run") && !self.command.is_reading()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli;

    #[test]
    fn every_named_command_is_one() {
        for name in READING.iter().chain(&ELSEWHERE) {
            assert!(cli::command(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_dry_run_changes_nothing() {
        for (words, expected) in [
            (&["backup", "/data"][..], true),
            (&["backup", "--dry-run", "/data"], false),
            (&["restore", "latest"], true),
            (&["key", "list"], false),
            (&["key", "add"], true),
        ] {
            let line = CommandLine::parse(words).unwrap();
            assert_eq!(line.may_change(), expected, "{words:?}");
        }
    }
}
