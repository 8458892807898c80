//! Directories that programs under test make for themselves.

use std::env;
use std::path::{Component, Path, PathBuf};

use restic_types::canonical::Names;

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

    #[test]
    fn each_directory_has_one_name() {
        let argv = [
            "--repo=/tmp/x1/repo",
            "restore",
            "--target=/tmp/x2/out",
            "/tmp/x1",
            "/tmp",
            "/tmp/recorder/src",
        ];
        let mut invocation = Invocation::new(argv);
        invocation.current_dir = Some("/var/tmp/x3/work".into());
        let call = RawCall {
            invocation,
            argv: argv.map(str::to_owned).to_vec(),
            stdin: None,
            stdout: Vec::new(),
            stderr: Vec::new(),
            exit: Exit::Code(0),
            signal: None,
            left: Ok(Effects::default()),
        };
        let expected = [
            ("/tmp/x1", "{{tmp1}}"),
            ("/tmp/x2", "{{tmp2}}"),
            ("/var/tmp/x3", "{{tmp3}}"),
        ];
        let expected = expected.map(|(path, name)| (path.to_owned(), name.to_owned()));
        assert_eq!(names(&[call], Path::new("/tmp/recorder")), expected);
    }
}
