//! Whole programs in turn, in one run: wall time and CPU, that of their children included.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::programs::{Programs, is_there};
use super::table::{Goal, Table};
use crate::task::Result;

/// What restic may be slowed down by.
const WALL: f64 = 1.05;
const CPU: f64 = 1.10;

/// A program under measurement.
struct Contestant {
    name: &'static str,
    command: Command,
    /// Of wall time and CPU, beside the first.
    goals: Option<(f64, f64)>,
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Contestant {
    fn new(name: &'static str, command: Command) -> Self {
        Self {
            name,
            command,
            goals: None,
            wall: Vec::new(),
            cpu: Vec::new(),
        }
    }

    fn with_goals(self, wall: f64, cpu: f64) -> Self {
        Self {
            goals: Some((wall, cpu)),
            ..self
        }
    }

    fn run(&mut self) -> Result<()> {
        let (begin, cpu) = (Instant::now(), children_cpu()?);
        let status = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        self.wall.push(begin.elapsed().as_secs_f64());
        self.cpu.push(children_cpu()? - cpu);
        if status.success() {
            Ok(())
        } else {
            Err(format!("{} failed: {status}", self.name).into())
        }
    }
}

/// A real restic that lists to nobody, and to us.
pub(super) fn live(
    programs: &Programs,
    restic: &Path,
    files: u64,
    rounds: usize,
) -> Result<[Table; 2]> {
    let repository = repository(programs, restic, files)?;
    let reads = |way: &str| {
        let mut command = Command::new(&programs.bench);
        command.args(["ls", way]).arg(restic).arg(&repository);
        command
    };
    let mut alone = Command::new(restic);
    alone
        .args(["--json", "ls", "latest", "--repo"])
        .arg(&repository);
    alone.env("RESTIC_PASSWORD", PASSWORD);
    let contestants = vec![
        Contestant::new("restic to the null device", alone),
        Contestant::new("iterator", reads("iterator")).with_goals(WALL, CPU),
        Contestant::new("visitor", reads("visitor")).with_goals(WALL, CPU),
        Contestant::new("async", reads("async")).with_goals(WALL, CPU),
        Contestant::new("plain loop", reads("baseline")),
    ];
    compare(&format!("live ls of {files} files"), contestants, rounds)
}

/// What people would use instead, on the same file.
pub(super) fn rivals(programs: &Programs, files: u64, rounds: usize) -> Result<[Table; 2]> {
    let output = programs.output("ls", files)?;
    let restic = programs.fake_restic(&output)?;
    let reads = |way: &str| {
        let mut command = Command::new(&programs.bench);
        command.args(["ls", way]).arg(&restic).arg("/nowhere");
        command
    };
    let script = |program: &str, arguments: &[&str]| {
        let mut command = Command::new("sh");
        // They get a pipe, too.
        command
            .args(["-c", "cat \"$0\" | \"$@\""])
            .arg(&output)
            .arg(program);
        command.args(arguments);
        command
    };
    let own = |name: &str| format!("{}/src/bench/rivals/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut contestants = vec![
        Contestant::new("plain loop", reads("baseline")),
        Contestant::new("iterator", reads("iterator")).with_goals(1.1, 1.1),
        Contestant::new("visitor", reads("visitor")).with_goals(1.1, 1.1),
        Contestant::new("async", reads("async")).with_goals(1.1, 1.1),
        Contestant::new("collected", reads("collected")),
    ];
    let mut rival = |name, is_there: bool, command| {
        if is_there {
            contestants.push(Contestant::new(name, command));
        } else {
            println!("skipped: {name} is not available");
        }
    };
    let python = is_there("python3");
    let mut import = Command::new("python3");
    let import = import.args(["-c", "import msgspec"]).stderr(Stdio::null());
    let msgspec = python && import.status().is_ok_and(|status| status.success());
    rival(
        "python msgspec",
        msgspec,
        script("python3", &[&own("msgspec_stream.py")]),
    );
    rival(
        "python json",
        python,
        script("python3", &[&own("json_stream.py")]),
    );
    rival(
        "node",
        is_there("node"),
        script("node", &[&own("stream.js")]),
    );
    let sum = r#"reduce inputs as $row ({}; if $row.struct_type == "node" then .files += 1 | .size += ($row.size // 0) else . end)"#;
    rival("jq", is_there("jq"), script("jq", &["-n", sum]));
    compare(
        &format!("ls of {files} files from a program"),
        contestants,
        rounds,
    )
}

/// Runs them in turn, and compares the medians.
fn compare(title: &str, mut contestants: Vec<Contestant>, rounds: usize) -> Result<[Table; 2]> {
    for _ in 0..rounds {
        for contestant in &mut contestants {
            contestant.run()?;
        }
    }
    let mut wall = Table::new(format!("{title}: wall time"), "s");
    let mut cpu = Table::new(format!("{title}: CPU"), "s");
    for contestant in &mut contestants {
        let (wall_goal, cpu_goal) = contestant.goals.unzip();
        wall.add(
            contestant.name,
            median(&mut contestant.wall),
            wall_goal.map(Goal::about),
        );
        cpu.add(
            contestant.name,
            median(&mut contestant.cpu),
            cpu_goal.map(Goal::about),
        );
    }
    Ok([wall, cpu])
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds of CPU of all children that have ended, and of theirs.
fn children_cpu() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may have blanks in it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |field: usize| -> Result<f64> {
        let text = fields
            .split_whitespace()
            .nth(field)
            .ok_or("no such field")?;
        Ok(text.parse()?)
    };
    // A hundred a second on every system that has this file.
    Ok((ticks(13)? + ticks(14)?) / 100.0)
}

/// What restic-bench knows.
const PASSWORD: &str = "bench";

/// A repository with this many empty files in 20 directories; made once.
fn repository(programs: &Programs, restic: &Path, files: u64) -> Result<std::path::PathBuf> {
    let repository = programs.directory(&format!("repository-{files}"));
    if repository.join("complete").exists() {
        return Ok(repository);
    }
    println!("making a repository of {files} files");
    let source = tempfile::tempdir()?;
    for directory in 0..20 {
        let path = source.path().join(format!("department-{directory:02}"));
        fs::create_dir(&path)?;
        for file in (directory..files).step_by(20) {
            fs::write(path.join(format!("report-{file:06}.data")), "")?;
        }
    }
    if repository.exists() {
        fs::remove_dir_all(&repository)?;
    }
    for arguments in [&["init"][..], &["backup", "."]] {
        let mut command = Command::new(restic);
        command
            .arg("--repo")
            .arg(&repository)
            .args(["--quiet"])
            .args(arguments);
        command
            .env("RESTIC_PASSWORD", PASSWORD)
            .current_dir(&source);
        if !command.status()?.success() {
            return Err("restic could not make the repository".into());
        }
    }
    fs::write(repository.join("complete"), "")?;
    Ok(repository)
}
