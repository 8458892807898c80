//! The source of the client, as far as its setters name their flags.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

/// The flags that people find when they look for them in the documentation, file by file.
pub(super) struct Source(Vec<File>);

struct File {
    /// The commands that are made in it; none where it is shared by all of them.
    commands: BTreeSet<String>,
    aliases: BTreeSet<String>,
}

impl Source {
    pub(super) fn read() -> io::Result<Self> {
        let mut source = Self(Vec::new());
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/restic-cli-wrap/src");
        source.add_directory(&directory)?;
        Ok(source)
    }

    /// Whether some setter of this command, or of what it shares with others, has this flag as an alias.
    pub(super) fn has_alias(&self, command: &str, flag: &str) -> bool {
        self.0.iter().any(|file| {
            let is_for = file.commands.is_empty() || file.commands.contains(command);
            is_for && file.aliases.contains(flag)
        })
    }

    fn add_directory(&mut self, directory: &Path) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.is_dir() {
                self.add_directory(&path)?;
            } else {
                self.0.push(File::read(&fs::read_to_string(path)?));
            }
        }
        Ok(())
    }
}

impl File {
    fn read(text: &str) -> Self {
        let lines = || text.lines().map(str::trim);
        Self {
            commands: lines().filter_map(command).map(str::to_owned).collect(),
            aliases: lines().filter_map(alias).map(str::to_owned).collect(),
        }
    }
}

/// The command of a line that begins its arguments.
fn command(line: &str) -> Option<&str> {
    let (_, after) = line.split_once("Arguments::new(\"")?;
    Some(after.split_once('"')?.0)
}

/// The flag of a line: `#[doc(alias = "--flag")]`, or a row of `setters!`, which writes that.
fn alias(line: &str) -> Option<&str> {
    let after = match line.strip_prefix("#[doc(alias = ") {
        Some(after) => after.strip_suffix(")]"),
        None => setter(line),
    };
    after?.strip_prefix("\"--")?.strip_suffix('"')
}

/// `value name: "--flag" = Type;` and its kin.
fn setter(line: &str) -> Option<&str> {
    let (before, flag) = line.strip_suffix(';')?.split_once(": ")?;
    let is_row = ["switch ", "value ", "number ", "each "]
        .iter()
        .any(|kind| before.starts_with(kind));
    let flag = flag.split_once(" = ").map_or(flag, |(flag, _)| flag);
    is_row.then_some(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_found() {
        let check = |line, expected| assert_eq!(alias(line), expected, "{line}");
        check(r##"#[doc(alias = "--from-repo")]"##, Some("from-repo"));
        check(r#"switch dry_run: "--dry-run";"#, Some("dry-run"));
        check(r#"each tag tags: "--tag" = TagList;"#, Some("tag"));
        check(r#"value time: "--time" = OsString;"#, Some("time"));
        check(r#"number latest: "--latest";"#, Some("latest"));
        check(r##"#[doc(alias = "RESTIC_PROGRESS_FPS")]"##, None);
        check(r#"location: "--repo","#, None);
        check(r#"arguments.switch("--stdin", true);"#, None);
    }

    #[test]
    fn a_command_has_the_aliases_of_its_own_files_and_of_shared_ones() {
        let files = [
            "arguments: Arguments::new(\"key add\"),\nvalue user: \"--user\" = OsString;",
            "Arguments::new(\"copy\");\nvalue path: \"--path\" = OsString;",
            "#[doc(alias = \"--from-repo\")]",
        ];
        let source = Source(files.map(File::read).into());
        assert!(source.has_alias("key add", "user") && source.has_alias("copy", "path"));
        assert!(source.has_alias("key add", "from-repo") && source.has_alias("copy", "from-repo"));
        assert!(!source.has_alias("key add", "path") && !source.has_alias("copy", "user"));
    }
}
