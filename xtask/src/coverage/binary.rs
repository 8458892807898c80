//! One restic binary and what its help says.

use super::data::Data;
use super::help::{HelpFlag, Page, page};
use restic_types::ResticVersion;
use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A restic binary.
pub(super) struct Binary {
    path: PathBuf,
    pub(super) release: ResticVersion,
    /// The flags on its first page.
    pub(super) global: BTreeMap<String, HelpFlag>,
    /// Its commands by name, sub-commands among them.
    pub(super) commands: BTreeMap<String, HelpCommand>,
}

/// A command as a binary has it.
pub(super) struct HelpCommand {
    /// Whether the help lists it. A hidden command was found by its name.
    pub(super) listed: bool,
    pub(super) page: Page,
}

impl Binary {
    /// Asks a binary for all of its help.
    pub(super) fn read(path: &Path, data: &Data) -> Result<Self, Box<dyn Error>> {
        let version = stdout(path, ["version"])?;
        let release = version
            .strip_prefix("restic ")
            .and_then(|rest| rest.split([' ', '-']).next()?.parse().ok());
        let release =
            release.ok_or_else(|| format!("{}: not a restic: {version}", path.display()))?;
        let root = page(&stdout(path, ["help"])?);
        let mut binary = Self {
            path: path.to_owned(),
            release,
            global: root.flags,
            commands: BTreeMap::new(),
        };
        for name in root.commands {
            binary.add(&name, true)?;
        }
        for name in data.hidden_commands() {
            binary.add(name, false)?;
        }
        Ok(binary)
    }

    /// Whether the binary takes these words, tried without running anything: `--help` comes last.
    pub(super) fn takes(&self, command: &str, flag: &str) -> Result<bool, Box<dyn Error>> {
        let words = command
            .split(' ')
            .filter(|word| !word.is_empty())
            .chain([flag, "--help"]);
        Ok(output(&self.path, words)?.status.success())
    }

    /// Whether the binary takes all of a call's words, tried without running anything.
    pub(super) fn takes_all(&self, words: &[OsString]) -> Result<(), String> {
        let end = words.iter().position(|word| word == "--");
        let (flags, operands) = words.split_at(end.unwrap_or(words.len()));
        let help = OsStr::new("--help");
        let words = flags.iter().map(OsString::as_os_str).chain([help]);
        let words = words.chain(operands.iter().map(OsString::as_os_str));
        let output = output(&self.path, words).map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(());
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "refused: {}",
            stderr.lines().next().unwrap_or_default()
        ))
    }

    fn add(&mut self, name: &str, listed: bool) -> Result<(), Box<dyn Error>> {
        if self.commands.contains_key(name) {
            return Ok(());
        }
        let mut page = page(&stdout(&self.path, name.split(' ').chain(["--help"]))?);
        if !page.usage.starts_with(&format!("restic {name}")) {
            return Ok(()); // a hidden command that this release does not have
        }
        page.flags.remove("help"); // every command has it, so it counts as global
        for sub in &page.commands {
            self.add(&format!("{name} {sub}"), listed)?;
        }
        self.commands
            .insert(name.to_owned(), HelpCommand { listed, page });
        Ok(())
    }
}

fn stdout<'a>(
    path: &Path,
    words: impl IntoIterator<Item = &'a str>,
) -> Result<String, Box<dyn Error>> {
    Ok(String::from_utf8(output(path, words)?.stdout)?)
}

/// Runs restic without an environment: it may show defaults from there.
fn output<'a>(
    path: &Path,
    words: impl IntoIterator<Item = &'a (impl AsRef<OsStr> + ?Sized + 'a)>,
) -> Result<Output, Box<dyn Error>> {
    let result = Command::new(path)
        .args(words)
        .env_clear()
        .stdin(Stdio::null())
        .output();
    result.map_err(|error| format!("{}: {error}", path.display()).into())
}
