//! Every line of README's table for people who come from resticpy compiles, and makes the
//! call that resticpy makes.

use restic_cli_wrap::commands::{
    Backup, Forget, Generate, Init, Restore, SelfUpdate, Stats, Version,
};
use restic_cli_wrap::{Command, Restic, Result};

/// What README's table says, in its order.
#[allow(
    dead_code,
    reason = "it is here to be compiled, and read by the test below"
)]
fn table() -> Result<()> {
    let restic = Restic::builder()
        .binary("/usr/bin/restic")
        .repository("/srv/repo")
        .password_file("/etc/restic/password")
        .build();
    restic.run(Init::new())?;
    let _ = restic.run(Backup::new(["/data"]))?;
    let _ = restic.run(Backup::new(["/data"]).excludes(["*.tmp"]))?;
    let _ = restic.run(Backup::new(["/data"]).exclude_files(["/etc/excludes"]))?;
    restic.run(Forget::new().keep_daily(7).prune(true))?;
    restic.run(Generate::new().bash_completion("/tmp/restic.bash"))?;
    let _ = restic.run(Restore::new("latest").target("/restored"))?;
    restic.run(SelfUpdate::new())?;
    restic.run(Stats::new().mode("raw-data"))?;
    restic.run(Version::new())?;
    Ok(())
}

/// Without blanks, so that formatting does not matter.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_line_of_the_table_is_compiled_here() {
    let readme = include_str!("../../../../README.md");
    let table = readme.split("## Coming from resticpy").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let here = dense(include_str!("resticpy.rs"));
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let ours: Vec<&str> = rows.map(|row| row.rsplit('`').nth(1).unwrap()).collect();
    assert!(ours.len() > 10, "{ours:?}");
    for line in ours {
        assert!(
            here.contains(&dense(line)),
            "README's `{line}` is not compiled here"
        );
    }
}

fn call(command: &impl Command) -> String {
    let restic = Restic::builder()
        .repository("/srv/repo")
        .password_file("/pw")
        .build();
    command.invocation(&restic).to_string()
}

#[test]
fn the_calls_are_those_of_resticpy() {
    let head = "restic --json --repo=/srv/repo --password-file=/pw";
    let check = |call: String, expected: &str| assert_eq!(call, format!("{head} {expected}"));
    check(call(&Init::new()), "init");
    check(
        call(
            &Backup::new(["/data"])
                .excludes(["*.tmp"])
                .exclude_files(["/ex"]),
        ),
        "backup '--exclude=*.tmp' --exclude-file=/ex -- /data",
    );
    check(
        call(&Forget::new().keep_daily(7).prune(true)),
        "forget --keep-daily=7 --prune",
    );
    check(
        call(&Restore::new("latest").target("/restored")),
        "restore --target=/restored -- latest",
    );
    check(
        call(&Stats::new().mode("raw-data")),
        "stats --mode=raw-data",
    );
    check(call(&SelfUpdate::new()), "self-update");
    check(call(&Version::new()), "version");
}
