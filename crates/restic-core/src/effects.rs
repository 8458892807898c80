//! Files that a call of restic leaves, beside what it prints.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use restic_types::cli::CommandLine;
use serde::{Deserialize, Serialize};

/// How many files, directories and links one call may leave, or find.
pub(crate) const ENTRIES: usize = 1_000;

/// How many bytes may be in these files together.
pub(crate) const BYTES: u64 = 1024 * 1024;

/// What one call of restic left in the file system: what `restore --target` and
/// `dump --target` wrote, or the outermost files and directories of the repository that `init`
/// made.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects(pub(crate) Vec<Left>);

impl Effects {
    /// Whether nothing was left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|left| left.path.as_str())
    }
}

/// Names without content, which is that of a backup.
impl fmt::Debug for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.paths()).finish()
    }
}

/// One file, directory or link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left<C = Content> {
    /// Below the place where the call writes; `/` is that place itself. In a recording it may begin
    /// with a placeholder, as what restic restores is called by the whole path that was saved.
    pub(crate) path: String,
    pub(crate) is: Found<C>,
}

/// What is there. A recording has files for the content of others.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Found<C = Content> {
    File {
        #[serde(flatten)]
        content: C,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        executable: bool,
    },
    Directory,
    Link(String),
    /// It was there before.
    Gone,
}

/// What is in a file.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
}

impl<C> Found<C> {
    /// The same with the content of a file in another form.
    pub(crate) fn with_content<D, E>(
        &self,
        change: impl FnOnce(&C) -> Result<D, E>,
    ) -> Result<Found<D>, E> {
        Ok(match self {
            Self::File {
                content,
                executable,
            } => Found::File {
                content: change(content)?,
                executable: *executable,
            },
            Self::Directory => Found::Directory,
            Self::Link(target) => Found::Link(target.clone()),
            Self::Gone => Found::Gone,
        })
    }
}

/// Where a call writes, which its own arguments say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) root: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
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

    /// What is there now, by path.
    fn content(&self) -> Result<BTreeMap<String, Found>, String> {
        let mut search = Search {
            place: self,
            found: BTreeMap::new(),
            bytes: 0,
        };
        search.add(&self.root, "").map(|()| search.found)
    }
}

/// Finds out what a call leaves, by a look at its place before and after.
#[derive(Debug)]
pub struct EffectsWatch {
    place: Place,
    before: Result<BTreeMap<String, Found>, String>,
}

impl EffectsWatch {
    pub(crate) fn of(place: Place) -> Self {
        let before = place.content();
        Self { place, before }
    }

    /// Looks again, when the call has ended.
    ///
    /// # Errors
    ///
    /// When there is more than 1,000 entries or 1 MiB, a link that leads out of the place, or
    /// something that is neither file, directory nor link.
    pub fn finish(self) -> Result<Effects, String> {
        let before = self.before?;
        let after = self.place.content()?;
        let is_new = |path: &str, found: &Found| before.get(path) != Some(found);
        // A directory with something new in it needs no mention.
        let parents: BTreeSet<&str> = after
            .iter()
            .filter(|(path, found)| is_new(path, found))
            .flat_map(|(path, _)| parents(path))
            .collect();
        let new = after.iter().filter(|(path, found)| {
            is_new(path, found) && !(**found == Found::Directory && parents.contains(&***path))
        });
        let mut left: Vec<_> = new
            .map(|(path, found)| Left {
                path: path.clone(),
                is: found.clone(),
            })
            .collect();
        if self.place.deletes() {
            // What is in a directory goes before it.
            let gone = before
                .keys()
                .rev()
                .filter(|path| !after.contains_key(*path));
            left.extend(gone.map(|path| Left {
                path: path.clone(),
                is: Found::Gone,
            }));
        }
        Ok(Effects(left))
    }
}

impl<C> fmt::Debug for Found<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File { .. } => "File",
            Self::Directory => "Directory",
            Self::Link(_) => "Link",
            Self::Gone => "Gone",
        })
    }
}

/// All directories above a path.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    let slashes = path.match_indices('/').map(|(at, _)| at);
    slashes.map(|at| if at == 0 { "/" } else { &path[..at] })
}

/// What has been found so far.
struct Search<'a> {
    place: &'a Place,
    found: BTreeMap<String, Found>,
    bytes: u64,
}

impl Search<'_> {
    /// Adds what is at this path, which is called by this name, and what is below.
    fn add(&mut self, path: &Path, name: &str) -> Result<(), String> {
        let failed = |error: io::Error| format!("{}: {error}", path.display());
        let metadata = match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            metadata => metadata.map_err(failed)?,
        };
        if self.found.len() >= ENTRIES {
            let root = self.place.root.display();
            return Err(format!(
                "{root} has more than {ENTRIES} files and directories: record a smaller call, or \
                 record without effects"
            ));
        }
        let key = if name.is_empty() { "/" } else { name };
        let is = if metadata.is_dir() {
            Found::Directory
        } else if metadata.is_symlink() {
            Found::Link(self.link(path, name)?)
        } else if metadata.is_file() {
            self.file(path, &metadata)?
        } else {
            let path = path.display();
            return Err(format!("{path} is neither a file, a directory nor a link"));
        };
        let goes_on = is == Found::Directory && (self.is_whole() || name.is_empty());
        self.found.insert(key.to_owned(), is);
        if goes_on {
            for entry in fs::read_dir(path).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                let file_name = path.file_name().and_then(|name| name.to_str());
                let file_name =
                    file_name.ok_or_else(|| format!("{path:?} has a name that is not Unicode"))?;
                self.add(&path, &format!("{name}/{file_name}"))?;
            }
        }
        Ok(())
    }

    /// Whether what is in files and directories counts.
    fn is_whole(&self) -> bool {
        self.place.kind != Kind::Repository
    }

    fn link(&self, path: &Path, name: &str) -> Result<String, String> {
        let failed = |error: io::Error| format!("{}: {error}", path.display());
        let target = fs::read_link(path).map_err(failed)?;
        let stays = target
            .to_str()
            .filter(|target| leads_inside(target, name.split('/').count().saturating_sub(2)));
        stays.map(str::to_owned).ok_or_else(|| {
            format!(
                "the link {} leads out of {}: leave it out, or record without effects",
                path.display(),
                self.place.root.display()
            )
        })
    }

    fn file(&mut self, path: &Path, metadata: &fs::Metadata) -> Result<Found, String> {
        if !self.is_whole() {
            return Ok(Found::File {
                content: Content::default(),
                executable: false,
            });
        }
        self.bytes = self.bytes.saturating_add(metadata.len());
        if self.bytes > BYTES {
            return Err(format!(
                "{} has more than {BYTES} bytes in its files: record a smaller call, or record \
                 without effects",
                self.place.root.display()
            ));
        }
        let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Found::File {
            content: Content { bytes },
            executable: is_executable(metadata),
        })
    }
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

/// Whether a link that is this deep in a place leads to something inside of it. Steps up come
/// first: behind a name, which may be another link, nobody knows where they lead.
pub(crate) fn leads_inside(target: &str, depth: usize) -> bool {
    let (mut up, mut has_name) = (0, false);
    !target.is_empty()
        && Path::new(target)
            .components()
            .all(|component| match component {
                Component::ParentDir => {
                    up += 1;
                    up <= depth && !has_name
                }
                Component::Normal(_) => {
                    has_name = true;
                    true
                }
                Component::CurDir => true,
                Component::RootDir | Component::Prefix(_) => false,
            })
}

/// A name for content: the same for the same, in no danger of chance. FNV-1a of 128 bits.
pub(crate) fn content_name(bytes: &[u8]) -> String {
    const BEGIN: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let step = |hash: u128, byte: &u8| (hash ^ u128::from(*byte)).wrapping_mul(PRIME);
    format!("left.{:032x}.bin", bytes.iter().fold(BEGIN, step))
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

    #[test]
    fn links_lead_inside_or_nowhere() {
        for (target, depth) in [("a", 0), ("../a/b", 1), ("./a", 0), ("../..", 2)] {
            assert!(leads_inside(target, depth), "{target}");
        }
        for (target, depth) in [
            ("/etc/passwd", 9),
            ("..", 0),
            ("../../a", 1),
            ("a/../..", 9),
            ("a/..", 9),
            ("", 0),
        ] {
            assert!(!leads_inside(target, depth), "{target}");
        }
    }

    #[test]
    fn what_is_new_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("out");
        fs::create_dir_all(root.join("old")).unwrap();
        fs::write(root.join("old/same"), "same").unwrap();
        fs::write(root.join("old/changed"), "before").unwrap();
        fs::write(root.join("old/gone"), "gone").unwrap();
        let watch = |words: &[&str]| {
            let mut words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            words.push(format!("--target={}", root.display()));
            EffectsWatch::of(Place::of(&words, None).unwrap())
        };
        let (kept, deleted) = (
            watch(&["restore", "latest"]),
            watch(&["restore", "latest", "--delete"]),
        );
        fs::write(root.join("old/changed"), "after").unwrap();
        fs::remove_file(root.join("old/gone")).unwrap();
        fs::create_dir_all(root.join("new/empty")).unwrap();
        fs::write(root.join("new/file"), "").unwrap();
        let list = |watch: EffectsWatch| format!("{:?}", watch.finish().unwrap());
        assert_eq!(list(kept), r#"["/new/empty", "/new/file", "/old/changed"]"#);
        assert_eq!(
            list(deleted),
            r#"["/new/empty", "/new/file", "/old/changed", "/old/gone"]"#
        );
    }

    #[test]
    fn too_much_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let watch = || {
            let target = format!("--target={}", directory.path().display());
            let words = ["restore", "latest", target.as_str()].map(str::to_owned);
            EffectsWatch::of(Place::of(&words, None).unwrap())
        };
        let watched = watch();
        let large = directory.path().join("large");
        fs::write(&large, vec![0; 1024 * 1024 + 1]).unwrap();
        let text = watched.finish().unwrap_err();
        assert!(text.contains("more than 1048576 bytes"), "{text}");
        fs::remove_file(large).unwrap();
        let watched = watch();
        for number in 0..ENTRIES {
            fs::write(directory.path().join(number.to_string()), "").unwrap();
        }
        let text = watched.finish().unwrap_err();
        assert!(text.contains("more than 1000 files"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let target = format!("--target={}", directory.path().display());
        let words = ["restore", "latest", target.as_str()].map(str::to_owned);
        let watch = EffectsWatch::of(Place::of(&words, None).unwrap());
        std::os::unix::fs::symlink("../outside", directory.path().join("link")).unwrap();
        let text = watch.finish().unwrap_err();
        assert!(text.contains("leads out of"), "{text}");
    }

    #[test]
    fn of_a_repository_the_outermost_names_count() {
        let directory = tempfile::tempdir().unwrap();
        let repository = directory.path().join("repo");
        let words = [format!("--repo={}", repository.display()), "init".into()];
        let watch = EffectsWatch::of(Place::of(&words, None).unwrap());
        fs::create_dir_all(repository.join("data/00")).unwrap();
        fs::write(repository.join("config"), "encrypted").unwrap();
        let effects = watch.finish().unwrap();
        assert_eq!(format!("{effects:?}"), r#"["/config", "/data"]"#);
        let is_empty = |left: &Left| matches!(&left.is, Found::File { content, .. } if content.bytes.is_empty());
        assert!(is_empty(&effects.0[0]));
    }

    #[test]
    fn content_has_the_name_that_it_has_elsewhere() {
        let empty = "left.6c62272e07bb014262b821756295c58d.bin";
        assert_eq!(content_name(b""), empty);
        // From the test vectors of FNV.
        assert_eq!(
            content_name(b"a"),
            "left.d228cb696f1a8caf78912b704e4a8964.bin"
        );
    }
}
