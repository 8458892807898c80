//! Beginnings for the fuzz targets, out of recordings: `cargo xtask seeds`.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use restic_types::cli::CommandLine;
use serde_json::Value;

use crate::task::Outcome;

/// The longest seed, in bytes: longer ones only slow a fuzzer down.
const LONGEST: usize = 16 * 1024;

/// The commands that the target `assembly` knows, in its order.
const COMMANDS: &[&str] = &[
    "backup",
    "restore",
    "check",
    "ls",
    "snapshots",
    "forget",
    "stats",
    "init",
    "version",
    "unlock",
];

/// The exits that the target `assembly` knows, in its order.
const EXITS: &[&str] = &["0", "1", "3", "10", "11", "12", "130"];

/// Writes what is not there yet below `fuzz/corpus`.
pub(crate) fn run() -> Outcome {
    let mut seeds = Seeds::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for scenario in restic_fixtures::ALL {
        for version in restic_fixtures::Version::ALL {
            seeds.add_fixture(&scenario.path(version))?;
        }
    }
    if let Some(corpus) = env::var_os("RESTIC_CORPUS") {
        for corpus in env::split_paths(&corpus) {
            for version in directories(&corpus)? {
                for recording in directories(&version)? {
                    seeds.add_recording(&recording);
                }
            }
        }
    }
    seeds.write(&root.join("fuzz/corpus"))
}

/// Seeds by target; of those that look alike, one.
#[derive(Default)]
struct Seeds {
    found: BTreeMap<&'static str, Vec<Vec<u8>>>,
    shapes: BTreeSet<(&'static str, String)>,
}

impl Seeds {
    fn add(&mut self, target: &'static str, bytes: Vec<u8>) {
        let shape = shape(&String::from_utf8_lossy(&bytes));
        if bytes.len() <= LONGEST && self.shapes.insert((target, shape)) {
            self.found.entry(target).or_default().push(bytes);
        }
    }

    /// A scenario as a whole, and the output in it.
    fn add_fixture(&mut self, directory: &Path) -> Outcome {
        let manifest = fs::read(directory.join("scenario.json"))?;
        let content: Value = serde_json::from_slice(&manifest)?;
        for call in content["calls"].as_array().into_iter().flatten() {
            let read = |stream: &str| {
                let file = call[stream]["file"].as_str().unwrap_or_default();
                fs::read(directory.join(file)).unwrap_or_default()
            };
            let (stdout, stderr) = (read("stdout"), read("stderr"));
            let mut scenario = manifest.clone();
            scenario.push(0);
            scenario.extend(&stdout);
            self.add("scenario", scenario);
            let exit = call["exit"]["code"].to_string();
            self.add_call(&words(&call["argv"]), &stdout, &stderr, &exit);
        }
        Ok(())
    }

    /// One call, as `argv`, `stdout`, `stderr` and `exit` in a directory.
    fn add_recording(&mut self, directory: &Path) {
        let read = |name: &str| fs::read(directory.join(name)).unwrap_or_default();
        let argv = serde_json::from_slice(&read("argv")).unwrap_or_default();
        let exit = String::from_utf8_lossy(&read("exit")).trim().to_owned();
        // The first word is the program.
        let argv = words(&argv).split_off(1.min(words(&argv).len()));
        self.add_call(&argv, &read("stdout"), &read("stderr"), &exit);
    }

    fn add_call(&mut self, argv: &[String], stdout: &[u8], stderr: &[u8], exit: &str) {
        for bytes in [stdout, stderr] {
            self.add("lines", [&[7, 64, 0], bytes].concat());
            for line in String::from_utf8_lossy(bytes).lines() {
                let is_json = line.starts_with(['{', '[']) && !line.starts_with("[0");
                let target = if is_json { "messages" } else { "texts" };
                self.add(target, line.into());
                self.add("redactor", format!("hunter2\0{line}").into());
            }
            self.add("texts", bytes.to_vec());
        }
        let words = argv.join("\0");
        self.add("arguments", format!("\x01\x01\0{words}").into());
        let Ok(line) = CommandLine::parse(argv) else {
            return;
        };
        let place = |all: &[&str], one: &str| all.iter().position(|known| *known == one);
        let (Some(command), Some(exit)) = (place(COMMANDS, line.command.name), place(EXITS, exit))
        else {
            return;
        };
        let header = [command, exit, 64, 0].map(|byte| u8::try_from(byte).unwrap_or(0));
        let mut script = header.to_vec();
        script.extend(stdout);
        for line in stderr.split_inclusive(|byte| *byte == b'\n') {
            script.extend([b"2>", line].concat());
        }
        self.add("assembly", script);
    }

    fn write(self, corpus: &Path) -> Outcome {
        for (target, seeds) in self.found {
            let directory = corpus.join(target);
            fs::create_dir_all(&directory)?;
            println!("{target}: {} seeds", seeds.len());
            for (number, seed) in seeds.iter().enumerate() {
                fs::write(directory.join(format!("seed-{number}")), seed)?;
            }
        }
        Ok(())
    }
}

/// A text with what differs from run to run made equal.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for c in text.chars() {
        let c = match c {
            '0'..='9' | 'a'..='f' => '0',
            other => other,
        };
        if !(c == '0' && shape.ends_with('0')) {
            shape.push(c);
        }
    }
    shape
}

fn words(argv: &Value) -> Vec<String> {
    let words = argv.as_array().into_iter().flatten();
    words
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect()
}

fn directories(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut directories = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            directories.push(path);
        }
    }
    directories.sort();
    Ok(directories)
}
