//! What the default features bring: crates, and time to build them from scratch.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::contestants::children_cpu;
use super::table::{Goal, Table};
use crate::task::Result;

/// The crates that the facade may bring with its default features, ours included.
pub(crate) const CRATES: usize = 20;

/// The edges to all that is built on the way to a program.
const ALL: &str = "normal";

/// Times the build of what nobody can be without.
const BUILD: f64 = 1.5;

/// What reads JSON lines without us.
const BY_HAND: &str = r#"serde = { version = "1", features = ["derive"] }
serde_json = "1"
memchr = "2"
"#;

pub(super) fn measure() -> Result<Vec<Table>> {
    let mut crates = Table::new("crates in the default tree", "crates");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let facade = root.join("crates/restic-cli-wrap");
    let ours = Program::new(
        "ours",
        &format!("restic-cli-wrap = {{ path = {facade:?} }}\n"),
        &root,
    )?;
    let by_hand = Program::new("by-hand", BY_HAND, &root)?;
    crates.add(
        "serde, serde_json and memchr",
        by_hand.crates(ALL)?.len() as f64,
        None,
    );
    let goal = Goal::value(CRATES as f64);
    crates.add(
        "restic-cli-wrap",
        ours.crates(ALL)?.len() as f64,
        Some(goal),
    );

    let mut tables = vec![crates];
    for profile in ["release", "dev"] {
        tables.extend(builds(&by_hand, &ours, profile)?);
    }
    Ok(tables)
}

/// Builds both from scratch, ours in two steps: what it depends on, and our own crates.
fn builds(by_hand: &Program, ours: &Program, profile: &str) -> Result<[Table; 2]> {
    let hand = by_hand.build(profile, &[])?;
    // Macros and what they are made of come with those that use them, and cannot be asked for.
    let names = ours.crates("normal,no-proc-macro")?;
    let others = names.iter().filter(|name| !name.starts_with("restic-"));
    let others: Vec<&str> = others.map(String::as_str).collect();
    let dependencies = ours.build(profile, &others)?;
    let rest = ours.build(profile, &[])?;

    let row = |title: &str, taken: fn(&Taken) -> f64| {
        let mut table = Table::new(format!("{profile} build from scratch, {title}"), "s");
        table.add("serde, serde_json and memchr", taken(&hand), None);
        table.add(
            "what restic-cli-wrap depends on",
            taken(&dependencies),
            None,
        );
        let all = taken(&dependencies) + taken(&rest);
        table.add("restic-cli-wrap", all, Some(Goal::about(BUILD)));
        table
    };
    Ok([
        row("wall time", |taken| taken.wall),
        row("CPU", |taken| taken.cpu),
    ])
}

/// Seconds.
struct Taken {
    wall: f64,
    cpu: f64,
}

/// An empty program with dependencies, outside of this workspace.
struct Program {
    directory: tempfile::TempDir,
}

impl Program {
    fn new(name: &str, dependencies: &str, root: &Path) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let path = directory.path();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\n{dependencies}"
        );
        fs::write(path.join("Cargo.toml"), manifest)?;
        fs::create_dir(path.join("src"))?;
        fs::write(path.join("src/main.rs"), "fn main() {}\n")?;
        // The versions that everything else here is tested with.
        fs::copy(root.join("Cargo.lock"), path.join("Cargo.lock"))?;
        Ok(Self { directory })
    }

    fn cargo(&self) -> Command {
        let mut command = Command::new(env!("CARGO"));
        let target = self.directory.path().join("target");
        command
            .current_dir(&self.directory)
            .env("CARGO_TARGET_DIR", target);
        command
    }

    /// The crates that it is built of by these edges, in the words of `cargo tree`, beside itself.
    fn crates(&self, edges: &str) -> Result<BTreeSet<String>> {
        // This gets what is not there yet, too, so that no build waits for it.
        let mut tree = self.cargo();
        tree.args(["tree", "--edges", edges, "--prefix", "none", "--no-dedupe"]);
        let output = tree.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let text = String::from_utf8(output.stdout)?;
        let names = text.lines().skip(1);
        let names = names.filter_map(|line| line.split_whitespace().next());
        Ok(names.map(str::to_owned).collect())
    }

    /// Builds it, or some of its packages: what is not built yet.
    fn build(&self, profile: &str, packages: &[&str]) -> Result<Taken> {
        let mut build = self.cargo();
        build.args(["build", "--quiet", "--profile", profile]);
        for package in packages {
            build.args(["--package", package]);
        }
        let (begin, cpu) = (Instant::now(), children_cpu()?);
        if !build.status()?.success() {
            return Err("a program with few dependencies cannot be built".into());
        }
        Ok(Taken {
            wall: begin.elapsed().as_secs_f64(),
            cpu: children_cpu()? - cpu,
        })
    }
}
