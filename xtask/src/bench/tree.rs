//! What the default features bring: crates, and time to build them from scratch.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::contestants::{children_cpu, median};
use super::table::{Goal, Table};
use crate::task::Result;

/// The crates that the facade may bring with its default features, ours included.
pub(crate) const CRATES: usize = 20;

/// Times the build of what nobody can be without.
const BUILD: f64 = 1.5;

/// How often each is built.
const ROUNDS: usize = 3;

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
    crates.add("serde, serde_json and memchr", by_hand.crates()?, None);
    let goal = Goal::value(CRATES as f64);
    crates.add("restic-cli-wrap", ours.crates()?, Some(goal));

    let mut built = [&by_hand, &ours].map(|program| (program, Vec::new(), Vec::new()));
    for _ in 0..ROUNDS {
        for (program, wall, cpu) in &mut built {
            let taken = program.build()?;
            wall.push(taken.0);
            cpu.push(taken.1);
        }
    }
    let mut wall = Table::new("release build from scratch, wall time", "s");
    let mut cpu = Table::new("release build from scratch, CPU", "s");
    let [(_, hand_wall, hand_cpu), (_, our_wall, our_cpu)] = built;
    for (table, hand, our) in [
        (&mut wall, hand_wall, our_wall),
        (&mut cpu, hand_cpu, our_cpu),
    ] {
        table.add("serde, serde_json and memchr", median(hand), None);
        table.add("restic-cli-wrap", median(our), Some(Goal::about(BUILD)));
    }
    Ok(vec![crates, wall, cpu])
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

    /// How many crates it is built of, beside itself.
    fn crates(&self) -> Result<f64> {
        // This gets what is not there yet, too, so that no build waits for it.
        let mut tree = self.cargo();
        tree.args([
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--no-dedupe",
        ]);
        let output = tree.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let text = String::from_utf8(output.stdout)?;
        let names = text.lines().skip(1);
        let crates: BTreeSet<_> = names.map(|line| line.split_whitespace().next()).collect();
        Ok(crates.len() as f64)
    }

    /// Builds it from scratch, and returns the seconds on the wall and of CPU.
    fn build(&self) -> Result<(f64, f64)> {
        let target = self.directory.path().join("target");
        if target.exists() {
            fs::remove_dir_all(target)?;
        }
        let (begin, cpu) = (Instant::now(), children_cpu()?);
        let mut build = self.cargo();
        if !build
            .args(["build", "--release", "--quiet"])
            .status()?
            .success()
        {
            return Err("a program with few dependencies cannot be built".into());
        }
        Ok((begin.elapsed().as_secs_f64(), children_cpu()? - cpu))
    }
}
