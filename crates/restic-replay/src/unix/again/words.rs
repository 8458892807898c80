//! From recorded arguments to those of a call that can be made here.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use restic_core::{Argument, Secret};
use restic_types::cli::{CommandLine, ParsedFlag};

use super::ids::Ids;

/// What a password is changed to.
pub(super) const NEW_PASSWORD: &str = "the new password of a repository";

/// Flags that make restic run a program, and so are not taken from a recording.
const PROGRAMS: [&str; 6] = [
    "--password-command",
    "--from-password-command",
    "--password-command2",
    "--stdin-from-command",
    "--option",
    "-o",
];

/// Flags that name a file with a password.
const PASSWORDS: [(&str, &str); 4] = [
    ("--password-file", "-p"),
    ("--from-password-file", ""),
    ("--password-file2", ""),
    ("--new-password-file", ""),
];

/// Flags whose value is a word of its own when there is no `=`, and may be a path.
const LOCATIONS: [&str; 5] = ["--repo", "-r", "--from-repo", "--repo2", "--target"];

/// Flags that name a file of which a recording has no content.
const FILES: [&str; 9] = [
    "cacert",
    "exclude-file",
    "files-from",
    "files-from-raw",
    "files-from-verbatim",
    "iexclude-file",
    "iinclude-file",
    "include-file",
    "tls-client-cert",
];

/// Commands whose operands are snapshots and paths in them.
const LOOKING: [&str; 3] = ["dump", "find", "ls"];

/// Paths for placeholders.
pub(super) struct Words {
    directory: PathBuf,
    paths: BTreeMap<String, PathBuf>,
}

/// One call.
pub(super) struct Line {
    pub(super) command: String,
    words: Vec<Word>,
    pub(super) operands: Vec<String>,
    pub(super) reads_stdin: bool,
    repository: Option<String>,
}

enum Word {
    Plain(String),
    /// A flag that takes the password of the repository, or a new one.
    Password(&'static str),
}

/// Whether a name can be that of a directory.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    !name.is_empty() && name.chars().all(plain)
}

impl Words {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            paths: BTreeMap::new(),
        }
    }

    pub(super) fn bind(&mut self, name: &str, path: PathBuf) {
        self.paths.insert(name.to_owned(), path);
    }

    /// The paths of this place in a text that has placeholders.
    pub(super) fn filled(&self, text: &str) -> String {
        let fill = |text: String, (name, path): (&String, &PathBuf)| {
            text.replace(&format!("{{{{{name}}}}}"), &path.to_string_lossy())
        };
        self.paths.iter().fold(text.to_owned(), fill)
    }

    /// A recorded path in this place, wherever it was.
    fn inside(&self, path: &str) -> Result<String, String> {
        let filled = self.filled(path);
        let path = Path::new(&filled);
        if path.components().any(|part| part == Component::ParentDir) {
            return Err(format!(
                "{filled} leads out of its directory, and is not used"
            ));
        }
        if !path.is_absolute() || path.starts_with(&self.directory) {
            return Ok(filled);
        }
        let below = path.strip_prefix("/").unwrap_or(path);
        let inside = self.directory.join("elsewhere").join(below);
        Ok(inside.to_string_lossy().into_owned())
    }

    /// A word, with a path that may be in it in this place.
    fn word(&self, word: &str, ids: &Ids) -> Result<String, String> {
        let word = ids.real(word);
        match word.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => {
                Ok(format!("{flag}={}", self.inside(value)?))
            }
            _ if word.starts_with('-') => Ok(word),
            // As in `latest:/sub/directory`: a path in a snapshot.
            _ if word.contains(":/") && !word.contains("://") => Ok(self.filled(&word)),
            _ => self.inside(&word),
        }
    }

    pub(super) fn line(&self, recorded: &[String], ids: &Ids) -> Result<Line, String> {
        let mut line = Line {
            command: String::new(),
            words: Vec::new(),
            operands: Vec::new(),
            reads_stdin: false,
            repository: None,
        };
        let parsed = CommandLine::parse(recorded).ok();
        let is_in_snapshot = |word: &str| {
            parsed.as_ref().is_some_and(|parsed| {
                let is_value = |flag: &ParsedFlag| flag.value.as_deref() == Some(OsStr::new(word));
                LOOKING.contains(&parsed.command.name)
                    && parsed.operands.iter().any(|operand| operand == word)
                    && !parsed.flags.iter().any(is_value)
            })
        };
        let mut rest = recorded.iter();
        let mut only_operands = false;
        while let Some(recorded) = rest.next() {
            let (flag, value) = match recorded.split_once('=') {
                Some((flag, value)) if flag.starts_with('-') => (flag, Some(value)),
                _ => (recorded.as_str(), None),
            };
            if only_operands || !recorded.starts_with('-') {
                line.operand(match is_in_snapshot(recorded) {
                    true => self.filled(&ids.real(recorded)),
                    false => self.word(recorded, ids)?,
                });
                continue;
            }
            only_operands = recorded == "--";
            if PROGRAMS.contains(&flag) {
                return Err(format!(
                    "{flag} may run a program, and is not taken from a recording"
                ));
            }
            if flag.starts_with("--repository-file") || flag == "--from-repository-file" {
                return Err("where its repository is was secret".to_owned());
            }
            let password = PASSWORDS
                .iter()
                .find(|names| [names.0, names.1].contains(&flag));
            if let Some((long, _)) = password {
                if value.is_none() {
                    rest.next();
                }
                line.words.push(Word::Password(long));
                continue;
            }
            line.reads_stdin |= flag == "--stdin";
            let mut words = vec![self.word(recorded, ids)?];
            if LOCATIONS.contains(&flag) {
                if value.is_none() {
                    words.extend(rest.next().map(|value| self.inside(value)).transpose()?);
                }
                line.location(flag, words.last().cloned().unwrap_or_default())?;
            }
            line.words.extend(words.into_iter().map(Word::Plain));
        }
        if let Some(parsed) = &parsed {
            self.look_up(&mut line, parsed, ids)?;
        }
        Ok(line)
    }

    /// Takes command and operands from the table of restic's flags, which knows what is the value of
    /// a flag. Flags that are newer than the table leave it at what the words look like.
    fn look_up(&self, line: &mut Line, parsed: &CommandLine, ids: &Ids) -> Result<(), String> {
        for flag in &parsed.flags {
            let name = flag.flag.name;
            if !FILES.contains(&name) {
                continue;
            }
            if flag.value.as_deref() == Some(OsStr::new("-")) {
                line.reads_stdin = true;
            } else {
                return Err(format!(
                    "--{name} names a file, and what was in it is not recorded"
                ));
            }
        }
        line.command = parsed.command.name.to_owned();
        let operands = parsed.operands.iter();
        let words = operands.map(|word| self.word(&word.to_string_lossy(), ids));
        line.operands = words.collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Where the repository of a call is.
    pub(super) fn repository<'a>(&self, line: &'a Line) -> Option<&'a Path> {
        line.repository.as_deref().map(Path::new)
    }
}

impl Line {
    fn operand(&mut self, word: String) {
        let is_second = ["key", "repair", "list"].contains(&self.command.as_str());
        if self.command.is_empty() {
            self.command.clone_from(&word);
        } else if is_second && self.operands.is_empty() && !self.command.contains(' ') {
            self.command += &format!(" {word}");
        } else {
            self.operands.push(word.clone());
        }
        self.words.push(Word::Plain(word));
    }

    fn location(&mut self, flag: &str, word: String) -> Result<(), String> {
        let value = word
            .split_once('=')
            .map_or(word.as_str(), |(_, value)| value);
        let is_local = !value.contains(':') || Path::new(value).is_absolute();
        if !is_local {
            return Err("its repository is on a server, and those are not used".to_owned());
        }
        if ["--repo", "-r"].contains(&flag) {
            self.repository = Some(value.to_owned());
        }
        Ok(())
    }

    /// What restic is called with, when this is the password of the repository.
    pub(super) fn arguments(&self, password: &Secret) -> Vec<Argument> {
        let new = Secret::new(NEW_PASSWORD);
        let argument = |word: &Word| match word {
            Word::Plain(word) => Argument::from(word.as_str()),
            Word::Password("--new-password-file") => {
                Argument::secret_file("--new-password-file", new.clone())
            }
            Word::Password(flag) => Argument::secret_file(flag, password.clone()),
        };
        let mut arguments: Vec<_> = self.words.iter().map(argument).collect();
        let gives = |word: &Word| match word {
            Word::Plain(word) => word == "--insecure-no-password",
            Word::Password(flag) => *flag == "--password-file",
        };
        if !self.words.iter().any(gives) {
            // It was in a variable.
            arguments.insert(
                0,
                Argument::secret_file("--password-file", password.clone()),
            );
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(recorded: &[&str]) -> Result<Vec<String>, String> {
        let mut words = Words::new(Path::new("/scratch"));
        words.bind("repo", "/scratch/repo".into());
        let recorded: Vec<_> = recorded.iter().map(|word| (*word).to_owned()).collect();
        let line = words.line(&recorded, &Ids::default())?;
        let shown = |argument: &Argument| argument.masked().to_string_lossy().into_owned();
        Ok(line
            .arguments(&Secret::new("x"))
            .iter()
            .map(shown)
            .collect())
    }

    #[test]
    fn everything_is_in_one_directory() {
        assert_eq!(
            line(&[
                "-r",
                "{{repo}}",
                "-p",
                "/secret",
                "restore",
                "--target=/",
                "latest:/a"
            ]),
            Ok(vec![
                "-r".to_owned(),
                "/scratch/repo".to_owned(),
                "--password-file={{secret}}".to_owned(),
                "restore".to_owned(),
                "--target=/scratch/elsewhere/".to_owned(),
                "latest:/a".to_owned(),
            ])
        );
        let dump = line(&["dump", "--cache-dir", "/cache", "latest", "/a/b"]).unwrap();
        assert_eq!(dump[3..], ["/scratch/elsewhere/cache", "latest", "/a/b"]);
        let data = line(&["--insecure-no-password", "backup", "/data"]).unwrap();
        assert_eq!(data[2], "/scratch/elsewhere/data");
    }

    #[test]
    fn operands_are_no_values_of_flags() {
        let words = Words::new(Path::new("/scratch"));
        let line = |recorded: &[&str]| {
            let recorded: Vec<_> = recorded.iter().map(|word| (*word).to_owned()).collect();
            words.line(&recorded, &Ids::default()).unwrap()
        };
        let backup = line(&[
            "--cache-dir",
            "/c",
            "backup",
            "--tag",
            "x",
            "src",
            "--",
            "-y",
        ]);
        assert_eq!(backup.command, "backup");
        assert_eq!(backup.operands, ["src", "-y"]);
        assert!(!backup.reads_stdin);
        assert!(line(&["backup", "--files-from", "-"]).reads_stdin);
        assert_eq!(line(&["key", "remove", "x"]).command, "key remove");
    }

    #[test]
    fn a_stranger_runs_no_programs_and_leaves_no_directory() {
        for recorded in [
            &["--password-command=touch /x", "ls"][..],
            &["-o", "sftp.command=x", "ls"],
            &["backup", "--stdin-from-command", "--", "sh"],
            &["restore", "--target={{repo}}/../../etc", "latest"],
            &["--repo=sftp:host:/x", "ls"],
            &["--repository-file={{secret}}", "ls"],
            &["backup", "--files-from", "{{repo}}/list"],
            &["backup", "--exclude-file=/list", "/data"],
        ] {
            assert!(line(recorded).is_err(), "{recorded:?}");
        }
    }
}
