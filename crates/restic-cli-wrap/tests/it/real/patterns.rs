//! What real restics make of paths that look like patterns.

use std::fs;
use std::path::Path;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::values::Pattern;

use super::{files_in, on_each};

/// Names that a pattern of the same spelling does not match, or not alone.
const NAMES: &[&str] = &[
    "[2024] holidays",
    "a*b",
    "a?b",
    r"back\slash",
    "!bang",
    "**",
    "]",
    "[",
    "[a-",
    "{a,b}",
    "$HOME",
    " # ",
    "Ä[ö]*",
];

/// Names that would be taken, too, if those above were patterns.
const OTHERS: &[&str] = &["axb", "aXXb", "2", "backslash", "bang", "a", "Äö"];

fn name(path: &Path) -> Option<&str> {
    path.file_name().and_then(|name| name.to_str())
}

#[test]
fn literal_patterns_match_one_path_alone() {
    on_each("literal_patterns_match_one_path_alone", |bench| {
        let data = bench.path("odd");
        fs::create_dir(&data).unwrap();
        for name in NAMES.iter().chain(OTHERS) {
            fs::write(data.join(name), name).unwrap();
        }
        assert!(
            bench
                .restic
                .run(Backup::new([&data]))
                .unwrap()
                .is_complete()
        );
        for (number, wanted) in NAMES.iter().enumerate() {
            let target = bench.path(&format!("restored-{number}"));
            let restore = Restore::new("latest")
                .target(&target)
                .include(data.join(wanted));
            assert!(bench.restic.run(restore).unwrap().is_complete());
            let files = files_in(&target);
            let found: Vec<_> = files.iter().filter_map(|path| name(path)).collect();
            assert_eq!(found, [*wanted], "{}", bench.version);
        }

        let target = bench.path("without");
        let excludes = NAMES.iter().map(Pattern::literal);
        let restore = Restore::new("latest").target(&target).excludes(excludes);
        assert!(bench.restic.run(restore).unwrap().is_complete());
        let files = files_in(&target);
        let mut found: Vec<_> = files.iter().filter_map(|path| name(path)).collect();
        found.sort_unstable();
        let mut expected = OTHERS.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{}", bench.version);
    });
}
