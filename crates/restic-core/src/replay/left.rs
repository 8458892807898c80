//! Makes again what recorded calls left: inside directories that were given for that, and
//! nowhere else, whatever a recording says.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::effects::{Found, Left, Place, leads_inside};
use crate::{Control, Event, Exit, Process};

/// What is done when a process ends.
type Leave = Box<dyn FnOnce() -> Result<(), String> + Send>;

/// A process that leaves files when it ends as it was recorded.
pub(super) struct LeavingProcess {
    process: Box<dyn Process>,
    exit: Exit,
    /// Taken when it is done.
    leave: Option<Leave>,
}

impl LeavingProcess {
    pub(super) fn new(process: Box<dyn Process>, exit: Exit, leave: Leave) -> Self {
        Self {
            process,
            exit,
            leave: Some(leave),
        }
    }
}

impl Process for LeavingProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        let event = self.process.next_event(deadline)?;
        if event == Event::Exited(self.exit)
            && let Some(leave) = self.leave.take()
        {
            leave().map_err(io::Error::other)?;
        }
        Ok(event)
    }

    fn control(&self) -> Arc<dyn Control> {
        self.process.control()
    }
}

/// Makes these files, directories and links in their place.
pub(super) fn make(place: &Place, allowed: &[PathBuf], left: &[Left]) -> Result<(), String> {
    let root = Root::of(&place.root, allowed)?;
    for left in left {
        let names = names(&left.path)?;
        let made = match &left.is {
            Found::Gone if !place.deletes() => {
                return Err(format!(
                    "the recording removes {} by a call that removes nothing",
                    left.path
                ));
            }
            is => root.make(&names, is),
        };
        made.map_err(|error| format!("{}: {error}", left.path))?;
    }
    Ok(())
}

/// Where files may be made.
struct Root {
    /// A directory that was given, without links in its path.
    given: PathBuf,
    /// The place in it.
    below: Vec<String>,
}

impl Root {
    fn of(place: &Path, allowed: &[PathBuf]) -> Result<Self, String> {
        for directory in allowed {
            let Ok(given) = fs::canonicalize(directory) else {
                continue;
            };
            let below = place
                .strip_prefix(directory)
                .or_else(|_| place.strip_prefix(&given));
            if let Ok(below) = below {
                let below = below.components().map(plain).collect::<Option<_>>();
                let below = below.ok_or_else(|| {
                    format!("{} has steps in it that lead elsewhere", place.display())
                })?;
                return Ok(Self { given, below });
            }
        }
        Err(format!(
            "this call left files when it was recorded, and {} is in no directory where they may \
             be made: allow one with `Replay::effects_in`",
            place.display()
        ))
    }

    fn make(&self, names: &[&str], is: &Found) -> io::Result<()> {
        let below = self.below.iter().map(String::as_str);
        let all: Vec<_> = below.chain(names.iter().copied()).collect();
        let Some((last, parents)) = all.split_last() else {
            return match is {
                // It is there.
                Found::Directory => Ok(()),
                _ => Err(refused("is a directory, and no place for a file")),
            };
        };
        let mut directory = self.given.clone();
        for name in parents {
            directory.push(name);
            if *is == Found::Gone && !is_directory(&directory)? {
                return Ok(());
            }
            make_directory(&directory)?;
        }
        let path = directory.join(last);
        match is {
            Found::Directory => make_directory(&path),
            Found::File {
                content,
                executable,
            } => make_file(&path, &content.bytes, *executable),
            Found::Link(target) => {
                if !leads_inside(target, names.len().saturating_sub(1)) {
                    return Err(refused("is a link that leads out of what was restored"));
                }
                clear(&path)?;
                make_link(target, &path)
            }
            Found::Gone if is_directory(&path)? => fs::remove_dir(&path),
            Found::Gone => clear(&path),
        }
    }
}

/// A path as restic writes it in snapshots, and below the place where it restores: `/C/data` for
/// `C:\data`.
pub(super) fn as_in_snapshot(path: &str) -> String {
    let bytes = path.as_bytes();
    let has_drive =
        bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':');
    if has_drive {
        format!("/{}{}", &path[..1], path[2..].replace('\\', "/"))
    } else {
        path.to_owned()
    }
}

/// The names in a path that a recording has for something.
fn names(path: &str) -> Result<Vec<&str>, String> {
    let names = path.strip_prefix('/').map(|path| path.split('/'));
    let names: Vec<_> = names.into_iter().flatten().collect();
    if names == [""] {
        return Ok(Vec::new());
    }
    let is_plain =
        |name: &&str| !matches!(*name, "" | "." | "..") && !name.contains(['\\', ':', '\0']);
    if names.is_empty() || !names.iter().all(is_plain) {
        return Err(format!("{path:?} is no path below the place of a call"));
    }
    Ok(names)
}

fn plain(component: Component<'_>) -> Option<String> {
    match component {
        Component::Normal(name) => Some(name.to_str()?.to_owned()),
        _ => None,
    }
}

fn refused(problem: &str) -> io::Error {
    io::Error::other(problem)
}

/// Whether it is a directory, and no link to one.
fn is_directory(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn make_directory(path: &Path) -> io::Result<()> {
    if is_directory(path)? {
        return Ok(());
    }
    // What is there is no directory: a link, perhaps, to one that is elsewhere.
    fs::create_dir(path)
}

/// Removes a file or link.
fn clear(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Never writes to what is there, which may have another name elsewhere.
fn make_file(path: &Path, bytes: &[u8], executable: bool) -> io::Result<()> {
    clear(path)?;
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;

        options.mode(if executable { 0o755 } else { 0o644 });
    }
    #[cfg(not(unix))]
    let _ = executable;
    options.open(path)?.write_all(bytes)
}

#[cfg(unix)]
fn make_link(target: &str, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn make_link(_: &str, _: &Path) -> io::Result<()> {
    Err(refused("is a link, which is not made on this system"))
}
