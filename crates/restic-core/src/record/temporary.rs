//! Directories that programs under test make for themselves.

use std::env;
use std::path::{Component, Path, PathBuf};

use restic_types::canonical::{Canonical, Names};

use super::assembly::RawCall;

/// The directories below those for temporary files that the calls name, and placeholders for
/// them: they are others on each run. Those of the recorder have placeholders of their own.
pub(super) fn names(calls: &[RawCall], own: &Path) -> Names {
    let temporary = [env::temp_dir(), "/tmp".into(), "/var/tmp".into()];
    let mut directories: Vec<PathBuf> = Vec::new();
    for path in calls.iter().flat_map(paths) {
        if path.starts_with(own) {
            continue;
        }
        let directory = temporary.iter().find_map(|parent| {
            let mut below = path.strip_prefix(parent).ok()?.components();
            match below.next()? {
                Component::Normal(first) => Some(parent.join(first)),
                _ => None,
            }
        });
        directories.extend(directory.filter(|directory| !directories.contains(directory)));
    }
    let named = |(number, directory): (usize, PathBuf)| {
        let name = directory.to_string_lossy().into_owned();
        (name, format!("{{{{tmp{number}}}}}"))
    };
    (1..).zip(directories).map(named).collect()
}

/// What the recorder's directory is called where no call names it: not as its scenario, so
/// that a program learns the same from all, and on every system the same.
pub(super) fn own_names(calls: &[RawCall], own: &Path, names: &Names) -> Names {
    let directory = own.to_string_lossy().into_owned();
    let last = own.file_name().unwrap_or_default().to_string_lossy();
    // What a call names without a placeholder, it will name again.
    let canonical = Canonical::of(std::iter::empty(), names.clone());
    let is_named = |word: &String| canonical.path(word).contains(&*last);
    if calls.iter().flat_map(|call| &call.argv).any(is_named) {
        return Names::new();
    }
    vec![
        (directory, "/tmp/recording".to_owned()),
        (last.into_owned(), "recording".to_owned()),
    ]
}

/// The paths that a call names, and the directory it ran in.
fn paths(call: &RawCall) -> impl Iterator<Item = &Path> {
    let value = |word: &'_ String| word.find("=/").map_or(0, |at| at + 1);
    let words = call.argv.iter().map(move |word| &word[value(word)..]);
    let directory = call.invocation.current_dir.as_deref();
    words.map(Path::new).chain(directory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Effects, Exit, Invocation};

    fn call(argv: &[&str]) -> RawCall {
        RawCall {
            invocation: Invocation::new(argv),
            argv: argv.iter().map(|&word| word.to_owned()).collect(),
            stdin: None,
            stdout: Vec::new(),
            stderr: Vec::new(),
            exit: Exit::Code(0),
            signal: None,
            left: Ok(Effects::default()),
        }
    }

    fn named(names: &[(&str, &str)]) -> Names {
        let owned = |&(path, name): &(&str, &str)| (path.to_owned(), name.to_owned());
        names.iter().map(owned).collect()
    }

    #[test]
    fn each_directory_has_one_name() {
        let mut call = call(&[
            "--repo=/tmp/x1/repo",
            "restore",
            "--target=/tmp/x2/out",
            "/tmp/x1",
            "/tmp",
            "/tmp/recorder/src",
        ]);
        call.invocation.current_dir = Some("/var/tmp/x3/work".into());
        let expected = named(&[
            ("/tmp/x1", "{{tmp1}}"),
            ("/tmp/x2", "{{tmp2}}"),
            ("/var/tmp/x3", "{{tmp3}}"),
        ]);
        assert_eq!(names(&[call], Path::new("/tmp/recorder")), expected);
    }

    #[test]
    fn the_recorders_own_directory_has_a_name_that_says_nothing() {
        let own = Path::new("/tmp/restic-recording-x");
        let repo = named(&[("/tmp/restic-recording-x/repo", "{{repo}}")]);
        let calls = [call(&["--repo=/tmp/restic-recording-x/repo", "check"])];
        let expected = named(&[
            ("/tmp/restic-recording-x", "/tmp/recording"),
            ("restic-recording-x", "recording"),
        ]);
        assert_eq!(own_names(&calls, own, &repo), expected);
        for given in [
            "/tmp/restic-recording-x/given",
            "/tmp/restic-recording-x/repo2",
        ] {
            assert_eq!(own_names(&[call(&["backup", given])], own, &repo), []);
        }
    }
}
