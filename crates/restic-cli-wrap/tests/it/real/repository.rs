//! A repository as a whole.

use std::fs;

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;

use super::{builder, on_each};

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
