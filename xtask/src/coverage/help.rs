//! Reading what `restic help` and `restic COMMAND --help` print.

use std::collections::BTreeMap;

/// One page of help.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// The line below `Usage:`.
    pub(super) usage: String,
    /// The commands or sub-commands listed.
    pub(super) commands: Vec<String>,
    /// The flags below `Flags:`, by name. Not those below `Global Flags:`.
    pub(super) flags: BTreeMap<String, HelpFlag>,
}

/// One flag on a page of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HelpFlag {
    pub(super) short: Option<char>,
    /// What stands for its value. Absent when it takes none.
    pub(super) placeholder: Option<String>,
}

/// Reads a page. Only what comes after `Usage:` has a form to rely on.
pub(super) fn page(text: &str) -> Page {
    let mut page = Page::default();
    let mut section = "";
    for line in text.lines().skip_while(|line| *line != "Usage:") {
        match line.strip_prefix("  ") {
            None => section = line,
            Some(line) if section == "Usage:" => page.usage = line.to_owned(),
            Some(line) if section == "Flags:" => page.flags.extend(flag(line)),
            Some(_) if section == "Global Flags:" => {}
            Some(line) => page.commands.extend(
                line.split(' ')
                    .next()
                    .filter(|name| !name.is_empty())
                    .map(String::from),
            ),
        }
    }
    page
}

/// Reads `-r, --repo repository   repository to backup to …`.
fn flag(line: &str) -> Option<(String, HelpFlag)> {
    let (short, long) = line.split_once("--")?;
    let short = short
        .trim()
        .strip_prefix('-')
        .and_then(|short| short.chars().next());
    let end = long
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
        .unwrap_or(long.len());
    let (name, rest) = long.split_at(end);
    // One blank stands before the placeholder, several before the description.
    let placeholder = rest
        .strip_prefix(' ')
        .and_then(|rest| rest.split(' ').next())
        .filter(|word| !word.is_empty());
    Some((
        name.to_owned(),
        HelpFlag {
            short,
            placeholder: placeholder.map(str::to_owned),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAND: &str = "
The \"mount\" command mounts the repository via fuse to a directory.

    --snapshot-template \"2006-01-02_15-04-05\"

For details please see the documentation for time.Format() at:
  https://godoc.org/time#Time.Format

Usage:
  restic mount [flags] mountpoint

Flags:
      --allow-other                  allow other users to access the data in the mounted directory
  -h, --help                         help for mount
  -H, --host stringArray             only consider snapshots for this host (can be specified multiple times)
      --no-default-permissions       for 'allow-other', ignore Unix permissions and allow users to read all snapshot files

Global Flags:
      --cacert file                file to load root certificates from (default: use system certificates)
";

    const ROOT: &str = "
restic is a backup program which allows saving multiple revisions of files and
directories in an encrypted repository stored on different backends.

Usage:
  restic [command]

Available Commands:
  backup        Create a new backup of files and/or directories
  self-update   Update the restic binary

Advanced Options:
  features      Print list of feature flags

Flags:
  -o, --option key=value                 set extended option (key=value, can be specified multiple times)
  -v, --verbose n                  be verbose (specify multiple times or a level using --verbose=n, max level/times is 3)

Use \"restic [command] --help\" for more information about a command.
";

    fn known(name: &str, short: Option<char>, placeholder: Option<&str>) -> (String, HelpFlag) {
        (
            name.into(),
            HelpFlag {
                short,
                placeholder: placeholder.map(String::from),
            },
        )
    }

    #[test]
    fn a_command() {
        let page = page(COMMAND);
        assert_eq!(page.usage, "restic mount [flags] mountpoint");
        assert!(page.commands.is_empty());
        let expected = [
            known("allow-other", None, None),
            known("help", Some('h'), None),
            known("host", Some('H'), Some("stringArray")),
            known("no-default-permissions", None, None),
        ];
        assert_eq!(page.flags, expected.into());
    }

    #[test]
    fn the_first_page() {
        let page = page(ROOT);
        assert_eq!(page.commands, ["backup", "self-update", "features"]);
        let expected = [
            known("option", Some('o'), Some("key=value")),
            known("verbose", Some('v'), Some("n")),
        ];
        assert_eq!(page.flags, expected.into());
    }

    #[test]
    fn an_error_has_no_usage() {
        assert_eq!(
            page("unknown command \"repair\" for \"restic\"\n"),
            Page::default()
        );
    }
}
