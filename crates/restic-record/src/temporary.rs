//! Directories that programs under test make for themselves.

use std::collections::BTreeSet;
use std::env;
use std::ops::Bound;
use std::path::{Component, Path, PathBuf};

use restic_types::canonical::Names;

use crate::assembly::RawCall;

/// The directories below those for temporary files that the calls name, and placeholders for
/// them: they are others on each run. Those of the recorder have placeholders of their own.
pub(crate) fn names(calls: &[RawCall], own: &Path) -> Names {
    let temporary = [env::temp_dir(), "/tmp".into(), "/var/tmp".into()];
    let is_temporary = |path: &&Path| {
        let mut parents = temporary.iter();
        parents.any(|parent| path.starts_with(parent)) && !path.starts_with(own)
    };
    let all: BTreeSet<&Path> = calls.iter().flat_map(paths).filter(is_temporary).collect();
    let mut directories: Vec<PathBuf> = Vec::new();
    for path in calls.iter().flat_map(paths).filter(is_temporary) {
        let directory = temporary
            .iter()
            .find_map(|parent| below(path, parent, &all));
        directories.extend(directory.filter(|directory| !directories.contains(directory)));
    }
    let named = |(number, directory): (usize, PathBuf)| {
        let name = directory.to_string_lossy().into_owned();
        (name, format!("{{{{tmp{number}}}}}"))
    };
    (1..).zip(directories).map(named).collect()
}

/// The directory below this one that a program has made for itself, on the way to this path: the
/// outermost, or the innermost with a random name. What has such a name and holds none of the
/// paths may be a file, and counts as the program's word.
fn below(path: &Path, parent: &Path, all: &BTreeSet<&Path>) -> Option<PathBuf> {
    let mut components = path.strip_prefix(parent).ok()?.components();
    let Component::Normal(first) = components.next()? else {
        return None;
    };
    let (mut reached, mut found) = (parent.join(first), parent.join(first));
    for component in components {
        reached.push(component);
        let is_random = component.as_os_str().to_str().is_some_and(is_random);
        // Paths sort by component: what is below a directory comes right after it.
        let mut behind = all.range::<Path, _>((Bound::Excluded(&*reached), Bound::Unbounded));
        if is_random && behind.next().is_some_and(|next| next.starts_with(&reached)) {
            found.clone_from(&reached);
        }
    }
    Some(found)
}

/// Whether a name looks as if it were made up for one run: `tool.h3Kd9a`, `tmpqk2x_v1c`, and
/// `pytest-12`, which is counted up.
fn is_random(name: &str) -> bool {
    if let Some(number) = name.strip_prefix("pytest-") {
        return number.bytes().all(|byte| byte.is_ascii_digit());
    }
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.split(|c| !in_word(c)).any(|word| {
        // `night2` and `src1` are said by programs.
        let plain = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let has = |kind: fn(&u8) -> bool| usize::from(plain.bytes().any(|byte| kind(&byte)));
        let kinds =
            has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase) + has(u8::is_ascii_digit);
        word.len() >= 6 && (kinds > 1 || (word.starts_with("tmp") && word.len() > 8))
    })
}

/// The paths that a call names, those in a list on standard input too, and the directory it ran in.
fn paths(call: &RawCall) -> impl Iterator<Item = &Path> {
    let value = |word: &'_ String| word.find("=/").map_or(0, |at| at + 1);
    let words = call.argv.iter().map(move |word| &word[value(word)..]);
    let is_list = call
        .argv
        .iter()
        .any(|word| word.starts_with("--files-from"));
    let listed = call.said().filter(|_| is_list).unwrap_or_default();
    let listed = listed.split(['\n', '\0']);
    let directory = call.invocation.current_dir.as_deref();
    words.chain(listed).map(Path::new).chain(directory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use restic_core::for_recorder::Input;

    fn named(names: &[(&str, &str)]) -> Names {
        let owned = |&(path, name): &(&str, &str)| (path.to_owned(), name.to_owned());
        names.iter().map(owned).collect()
    }

    #[track_caller]
    fn check(argv: &[&str], directory: &str, stdin: &str, expected: &[(&str, &str)]) {
        let mut call = RawCall::silent(argv);
        call.invocation.current_dir = Some(directory.into());
        call.stdin = Some(Input::of(stdin.as_bytes()));
        assert_eq!(names(&[call], Path::new("/tmp/recorder")), named(expected));
    }

    #[test]
    fn each_directory_has_one_name() {
        check(
            &[
                "--repo=/tmp/x1/repo",
                "--files-from=-",
                "--target=/tmp/x2/out",
                "/tmp/x1",
                "/tmp",
                "/tmp/recorder/src",
            ],
            "/var/tmp/x3/work",
            "/tmp/x4/a\n/tmp/x1/b\nno /tmp/x5\n",
            &[
                ("/tmp/x1", "{{tmp1}}"),
                ("/tmp/x2", "{{tmp2}}"),
                ("/tmp/x4", "{{tmp3}}"),
                ("/var/tmp/x3", "{{tmp4}}"),
            ],
        );
    }

    #[test]
    fn a_random_name_counts_however_deep_it_is() {
        check(
            &[
                "--repo=/tmp/tests/tool.h3Kd9a/repo",
                "backup",
                "/tmp/pytest-of-me/pytest-12/test_night0/src",
                "/tmp/tests/tool.h3Kd9a/day1/dump20260101.tar",
            ],
            "/tmp/tests/tmpabcdefgh/day2/deep",
            "",
            &[
                ("/tmp/tests/tool.h3Kd9a", "{{tmp1}}"),
                ("/tmp/pytest-of-me/pytest-12", "{{tmp2}}"),
                ("/tmp/tests/tmpabcdefgh", "{{tmp3}}"),
            ],
        );
    }
}
