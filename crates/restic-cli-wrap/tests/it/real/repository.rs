//! A repository as a whole.

use std::fs;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind, Restic};

use super::{builder, on_each, on_each_at_once};

#[test]
fn locks_are_removed_and_files_generated() {
    on_each("locks_are_removed_and_files_generated", |bench| {
        let restic = &bench.restic;
        bench.backup();
        assert_eq!(restic.run(Unlock::new()).unwrap().removed, None);
        restic.run(Unlock::new().remove_all(true)).unwrap();

        let script = bench.path("restic.bash");
        restic
            .run(Generate::new().bash_completion(&script))
            .unwrap();
        assert!(fs::read_to_string(&script).unwrap().contains("restic"));
        assert_eq!(bench.kind(Generate::new()), ErrorKind::Usage);
    });
}

/// As README does it. Whether there was none yet.
fn make_if_there_is_none(restic: &Restic) -> Result<bool, Error> {
    match restic.run(CatConfig::new()) {
        Err(error) if error.kind() == ErrorKind::NoRepository => {
            restic.run(Init::new()).map(|_| true)
        }
        other => other.map(|_| false),
    }
}

#[test]
fn a_repository_is_made_if_there_is_none_and_found_after_that() {
    on_each_at_once(
        "a_repository_is_made_if_there_is_none_and_found_after_that",
        |bench| {
            let restic = builder(&bench.binary, bench.directory.path())
                .repository(bench.path("fresh"))
                .build();
            assert!(make_if_there_is_none(&restic).unwrap());
            let made = restic.run(CatConfig::new()).unwrap();
            assert!(!make_if_there_is_none(&restic).unwrap());
            assert_eq!(restic.run(CatConfig::new()).unwrap(), made);
            // Any other failure is none of a repository that is missing.
            let locked_out = restic.to_builder().password("another").build();
            let error = make_if_there_is_none(&locked_out).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WrongPassword);
        },
    );
}

#[test]
fn a_second_repository_gives_its_chunker_parameters() {
    on_each(
        "a_second_repository_gives_its_chunker_parameters",
        |bench| {
            let second = builder(&bench.binary, bench.directory.path())
                .repository(bench.path("second"))
                .build();
            let first = restic_cli_wrap::Repository::new(bench.path("repo")).password("secret");
            let init = Init::new().from(first).copy_chunker_params(true);
            second.run(init).unwrap();
            assert_eq!(second.run(Snapshots::new()).unwrap(), []);
        },
    );
}
