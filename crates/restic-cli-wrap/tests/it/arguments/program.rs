//! The restic program itself.

use restic_cli_wrap::commands::*;

use super::line;

#[test]
fn generate() {
    let command = Generate::new()
        .bash_completion("/tmp/bash")
        .fish_completion("/tmp/fish")
        .powershell_completion("/tmp/powershell")
        .zsh_completion("/tmp/zsh")
        .man("/tmp/man");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json generate
    --bash-completion=/tmp/bash
    --fish-completion=/tmp/fish
    --powershell-completion=/tmp/powershell
    --zsh-completion=/tmp/zsh
    --man=/tmp/man
    ");
}

#[test]
fn self_update() {
    insta::assert_snapshot!(line(SelfUpdate::new().output("/tmp/restic")), @r"
    restic
    --json self-update
    --output=/tmp/restic
    ");
}

#[test]
fn cache() {
    let command = Cache::new().cleanup(true).max_age(7_u32).no_size(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json cache
    --cleanup
    --max-age=7
    --no-size
    ");
}

#[test]
fn features_and_options() {
    insta::assert_snapshot!(line(Features::new()), @r"
    restic
    --json features
    ");
    insta::assert_snapshot!(line(Options::new()), @r"
    restic
    --json options
    ");
}
