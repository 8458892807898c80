//! What continuous integration runs, the same on a laptop: `cargo xtask ci`.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::task::Outcome;
use crate::{backends, bench, cycles, downstream, record, soak, tidy};

/// Systems that restic runs on, beside Linux.
const SYSTEMS: [&str; 2] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

/// A name for people, and what it does.
type Step = (&'static str, fn() -> Outcome);

/// Runs every check, and stops at the first that fails.
pub(crate) fn run() -> Outcome {
    let steps: &[Step] = &[
        ("format", || cargo(&["fmt", "--all", "--check"])),
        ("tidy", tidy::run),
        ("clippy, all features", || clippy(&["--all-features"])),
        ("clippy, no features", || clippy(&["--no-default-features"])),
        ("tests, all features", || test(&["--all-features"])),
        ("tests, no features", test_without_features),
        ("real servers", backends::run_few),
        ("cancelled backups", soak::run_few),
        ("recordings come out again", record::run_few),
        ("documentation", documentation),
        ("fuzz targets", fuzz_targets),
        ("layering", layering),
        ("modules without cycles", cycles::run),
        ("programs that use us", downstream::run),
        ("budgets", bench::run_budgets),
        ("generated files", || cargo(&["xtask", "coverage"])),
        ("packages", packages),
        ("licences and sources", licences),
        ("the oldest Rust", oldest_rust),
        ("other systems", other_systems),
    ];
    for (name, step) in steps {
        println!("== {name}");
        let begin = Instant::now();
        step().map_err(|error| format!("{name}: {error}"))?;
        println!("== {name}: {:.1} s", begin.elapsed().as_secs_f32());
    }
    Ok(())
}

fn clippy(features: &[&str]) -> Outcome {
    let mut arguments = vec!["clippy", "--workspace", "--all-targets"];
    arguments.extend(features);
    arguments.extend(["--", "--deny", "warnings"]);
    cargo(&arguments)
}

fn test(features: &[&str]) -> Outcome {
    let mut arguments = vec!["test", "--workspace", "--quiet"];
    arguments.extend(features);
    cargo(&arguments)
}

/// Once with real restic is enough: no feature changes how it is run.
fn test_without_features() -> Outcome {
    if std::env::var_os("TESTED_WITHOUT_FEATURES").is_some() {
        println!("skipped: no feature is on by default, and the tests have just run that way");
        return Ok(());
    }
    let mut command = Command::new(env!("CARGO"));
    command.args(["test", "--workspace", "--quiet", "--no-default-features"]);
    let real = ["RESTIC_BINARIES", "RESTIC_CORPUS", "RESTIC_NO_SKIP"];
    succeed(
        real.iter()
            .fold(&mut command, |command, name| command.env_remove(name)),
    )
}

fn documentation() -> Outcome {
    let mut command = Command::new(env!("CARGO"));
    command.args(["doc", "--workspace", "--no-deps", "--all-features"]);
    succeed(command.env("RUSTDOCFLAGS", "--deny warnings"))
}

/// Checks that the fuzz targets still compile, which are no part of the workspace. Nothing
/// is linked, so that libFuzzer itself need not be built.
fn fuzz_targets() -> Outcome {
    let manifest = ["--manifest-path", "fuzz/Cargo.toml"];
    let lock = std::fs::read("fuzz/Cargo.lock")?;
    if !quietly(Command::new(env!("CARGO")).arg("fetch").args(manifest)) {
        println!("skipped: cargo cannot get the crates for fuzzing here");
        return Ok(());
    }
    if std::fs::read("fuzz/Cargo.lock")? != lock {
        return Err("fuzz/Cargo.lock was out of date: commit it as it is now".into());
    }
    cargo(&["fmt", manifest[0], manifest[1], "--check"])?;
    // A directory of its own, because of the flag.
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz");
    let mut clippy = Command::new(env!("CARGO"));
    clippy.arg("clippy").args(manifest);
    clippy.args(["--locked", "--", "--deny", "warnings"]);
    clippy.env("RUSTFLAGS", "--cfg fuzzing");
    clippy.env("CUSTOM_LIBFUZZER_PATH", "nowhere/libfuzzer.a");
    succeed(clippy.env("CARGO_TARGET_DIR", target))
}

/// Dependencies point one way, and there are few of them.
fn layering() -> Outcome {
    let types = dependencies("restic-types")?;
    let process = dependencies("restic-process")?;
    let core = dependencies("restic-core")?;
    let facade = dependencies("restic-cli-wrap")?;
    let rules = [
        (
            "restic-types knows no process",
            !types.contains("restic-process"),
        ),
        (
            "restic-process knows nothing that stands in for restic",
            !process.contains("restic-core"),
        ),
        (
            "restic-core knows no command",
            !core.contains("restic-cli-wrap"),
        ),
        ("no runtime is forced on anybody", !facade.contains("tokio")),
        ("the mock is for tests", !facade.contains("mockall")),
        (
            "the recorder is for tests",
            !facade.contains("restic-record"),
        ),
        (
            "fixtures are for tests",
            !facade.contains("restic-fixtures"),
        ),
        ("the facade stays small", facade.len() <= bench::CRATES),
    ];
    println!(
        "restic-cli-wrap brings {} crates, {} are allowed",
        facade.len(),
        bench::CRATES
    );
    let broken: Vec<_> = rules
        .iter()
        .filter(|(_, holds)| !holds)
        .map(|(rule, _)| *rule)
        .collect();
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("; ").into())
    }
}

/// The names of the crates that a crate of ours is built from, itself included.
fn dependencies(package: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("cargo tree failed".into());
    }
    let names = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    Ok(names)
}

/// Packages what is published. It is not verified: cargo builds against copies that it keeps by
/// version number, and would take those of an earlier run.
fn packages() -> Outcome {
    let mut arguments = vec!["package", "--allow-dirty", "--no-verify", "--quiet"];
    for name in tidy::PUBLISHED.map(|(name, _)| name) {
        arguments.extend(["--package", name]);
    }
    cargo(&arguments)
}

/// Checks the rules in `deny.toml`, where cargo-deny is installed. Advisories need the network,
/// and change without a change here.
fn licences() -> Outcome {
    if !quietly(Command::new(env!("CARGO")).args(["deny", "--version"])) {
        println!("skipped: cargo-deny is not installed");
        return Ok(());
    }
    cargo(&[
        "deny",
        "--all-features",
        "--offline",
        "check",
        "bans",
        "licenses",
        "sources",
    ])
}

/// Checks the promise of `rust-version` where that toolchain can be had.
fn oldest_rust() -> Outcome {
    let version = env!("CARGO_PKG_RUST_VERSION");
    let toolchain = format!("+{version}");
    let mut install = Command::new("rustup");
    install.args(["toolchain", "install", "--profile", "minimal", version]);
    if !quietly(&mut install) {
        println!("skipped: rustup cannot get Rust {version} here");
        return Ok(());
    }
    // A directory of its own, so that the two compilers do not rebuild everything by turns.
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/oldest");
    let mut check = Command::new("cargo");
    check.args([&toolchain, "check", "--workspace", "--all-features"]);
    succeed(check.env("CARGO_TARGET_DIR", target))
}

/// Checks that everything, tests included, compiles for the systems that have runners and
/// cannot be run here.
fn other_systems() -> Outcome {
    SYSTEMS.into_iter().try_for_each(check_for)
}

fn check_for(system: &str) -> Outcome {
    if !quietly(Command::new("rustup").args(["target", "add", system])) {
        println!("skipped: rustup cannot get {system} here");
        return Ok(());
    }
    // A directory of its own, as the oldest Rust has.
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/systems");
    let mut check = Command::new(env!("CARGO"));
    check.args(["clippy", "--workspace", "--all-targets", "--all-features"]);
    check.args(["--target", system, "--", "--deny", "warnings"]);
    succeed(check.env("CARGO_TARGET_DIR", target))
}

fn quietly(command: &mut Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn cargo(arguments: &[&str]) -> Outcome {
    succeed(Command::new(env!("CARGO")).args(arguments))
}

fn succeed(command: &mut Command) -> Outcome {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?} ended with {status}").into())
    }
}
