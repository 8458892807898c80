//! A repository as a whole.

use restic_cli_wrap::Repository;
use restic_cli_wrap::commands::*;

use super::line;

#[test]
fn init() {
    let command = Init::new()
        .copy_chunker_params(true)
        .repository_version("2")
        .from(
            Repository::new("/srv/old")
                .password("hidden")
                .key_hint("ab"),
        );
    insta::assert_snapshot!(line(command), @r"
    restic
    --json init
    --from-repo=/srv/old
    '--from-password-file={{secret}}'
    --from-key-hint=ab
    --copy-chunker-params
    --repository-version=2
    ");
}

#[test]
fn unlock_and_version() {
    insta::assert_snapshot!(line(Unlock::new().remove_all(true)), @r"
    restic
    --json unlock
    --remove-all
    ");
    insta::assert_snapshot!(line(Version::new()), @r"
    restic
    --json version
    ");
}
