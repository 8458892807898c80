//! What is at a place before and after a call.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use super::place::{Kind, Place};
use super::{BYTES, Content, ENTRIES, Effects, Found, Left, leads_inside};

/// Finds out what a call leaves, by a look at its place before and after.
#[derive(Debug)]
pub struct EffectsWatch {
    place: Place,
    before: Result<BTreeMap<String, Found>, String>,
}

impl EffectsWatch {
    /// Looks at the place where a call of these words, in this directory, will write. Returns
    /// `None` when it writes nowhere.
    #[doc(hidden)]
    pub fn of(words: &[String], directory: Option<&Path>) -> Option<Self> {
        let place = Place::of(words, directory)?;
        let before = content(&place);
        Some(Self { place, before })
    }

    /// Looks again, when the call has ended.
    ///
    /// # Errors
    ///
    /// When there is more than 1,000 entries or 1 MiB, a link that leads out of the place, or
    /// something that is neither file, directory nor link.
    pub fn finish(self) -> Result<Effects, String> {
        let before = self.before?;
        let after = content(&self.place)?;
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

/// What is at a place now, by path.
fn content(place: &Place) -> Result<BTreeMap<String, Found>, String> {
    let mut search = Search {
        place,
        found: BTreeMap::new(),
        bytes: 0,
    };
    search.add(&place.root, "").map(|()| search.found)
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

#[cfg(test)]
mod tests {
    use super::*;

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
            EffectsWatch::of(&words, None).unwrap()
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
            EffectsWatch::of(&words, None).unwrap()
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
        let watch = EffectsWatch::of(&words, None).unwrap();
        std::os::unix::fs::symlink("../outside", directory.path().join("link")).unwrap();
        let text = watch.finish().unwrap_err();
        assert!(text.contains("leads out of"), "{text}");
    }

    #[test]
    fn of_a_repository_the_outermost_names_count() {
        let directory = tempfile::tempdir().unwrap();
        let repository = directory.path().join("repo");
        let words = [format!("--repo={}", repository.display()), "init".into()];
        let watch = EffectsWatch::of(&words, None).unwrap();
        fs::create_dir_all(repository.join("data/00")).unwrap();
        fs::write(repository.join("config"), "encrypted").unwrap();
        let effects = watch.finish().unwrap();
        assert_eq!(format!("{effects:?}"), r#"["/config", "/data"]"#);
        let is_empty = |left: &Left| matches!(&left.is, Found::File { content, .. } if content.bytes.is_empty());
        assert!(is_empty(&effects.0[0]));
    }
}
