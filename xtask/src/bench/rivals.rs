//! What people would use instead, on the same output of a program.

use std::path::Path;
use std::process::{Command, Stdio};

use super::contestants::{self, Contestant, Goals, Taken};
use super::programs::{Programs, is_there};
use super::table::{Goal, Table};
use crate::task::{Result, skip};

const LOOP: &str = "plain loop";
const ITERATOR: &str = "iterator";
const ASYNC: &str = "async";

/// Our ways, by their names in restic-bench.
const OURS: [(&str, &str); 5] = [
    (LOOP, "baseline"),
    (ITERATOR, "iterator"),
    ("visitor", "visitor"),
    (ASYNC, "async"),
    ("collected", "collected"),
];

/// What a whole process may take, beside one with the plain loop.
const PROCESS: f64 = 1.10;

/// What asynchronous code may take, beside blocking code.
const ASYNCHRONOUS: f64 = 1.15;

/// Others, and how far they are to be behind our iterator.
const OTHERS: [(&str, f64); 5] = [
    (OUTPUT, 1.6),
    (MSGSPEC, 1.2),
    (JSON, 3.9),
    (NODE, 2.2),
    (JQ, 6.0),
];

/// What is written most often around restic.
const OUTPUT: &str = "Command::output, split, a Vec";
const MSGSPEC: &str = "python msgspec";
const JSON: &str = "python json";
const NODE: &str = "node";
const JQ: &str = "jq";

/// The same sum as all others.
const JQ_SUM: &str = r#"reduce inputs as $row ({}; if $row.struct_type == "node" then .files += 1 | .size += ($row.size // 0) else . end)"#;

/// Three comparisons: ours with the plain loop, async with blocking code, and others with ours.
pub(super) fn measure(programs: &Programs, files: u64, rounds: usize) -> Result<Vec<Table>> {
    let output = programs.output("ls", files)?;
    let restic = programs.restic_that_prints("ls", files)?;
    let nowhere = Path::new("/nowhere");
    let reads = |way| programs.reads(way, &restic, nowhere);
    let mut contestants: Vec<Contestant> = OURS
        .iter()
        .map(|(name, way)| Contestant::new(name, reads(way)))
        .collect();
    contestants.push(Contestant::new(OUTPUT, reads("baseline-output")));
    contestants.extend(interpreters(&output)?);
    let taken = contestants::run(contestants, rounds)?;

    let of = |name: &str| {
        let found = taken.iter().find(|taken| taken.name == name).copied();
        found.map(|taken| (taken, None))
    };
    let behind = OTHERS.iter().filter_map(|(name, factor)| {
        let goal = Goal::ahead(*factor);
        of(name).map(|(taken, _)| (taken, Some((goal, goal))))
    });
    let about = |name, ratio| {
        let goal = Goal::about(ratio);
        of(name).map(|(taken, _)| (taken, Some((goal, goal))))
    };
    let title = format!("ls of {files} files from a program");
    let ours = OURS.iter().filter_map(|(name, _)| match *name {
        // It keeps all of it, which the loop does not.
        LOOP | "collected" => of(name),
        name => about(name, PROCESS),
    });
    let tables: [(&str, Vec<(Taken, Goals)>); 3] = [
        (&title, ours.collect()),
        (
            "async beside blocking code",
            of(ITERATOR)
                .into_iter()
                .chain(about(ASYNC, ASYNCHRONOUS))
                .collect(),
        ),
        (
            "others beside the iterator",
            of(ITERATOR).into_iter().chain(behind).collect(),
        ),
    ];
    let tables = tables.into_iter();
    Ok(tables
        .flat_map(|(title, rows)| contestants::compare(title, rows))
        .collect())
}

/// Those that are installed here.
fn interpreters(output: &Path) -> Result<Vec<Contestant>> {
    let own = |name: &str| format!("{}/src/bench/scripts/{name}", env!("CARGO_MANIFEST_DIR"));
    let [msgspec, json, node] = ["msgspec_stream.py", "json_stream.py", "stream.js"].map(own);
    let all = [
        (MSGSPEC, "python3", vec![msgspec.as_str()]),
        (JSON, "python3", vec![json.as_str()]),
        (NODE, "node", vec![node.as_str()]),
        (JQ, "jq", vec!["-n", JQ_SUM]),
    ];
    let mut found = Vec::new();
    for (name, program, arguments) in all {
        if is_there(program) && (name != MSGSPEC || has_msgspec()) {
            found.push(Contestant::new(name, piped(output, program, &arguments)));
        } else {
            skip(&format!("{name} is not installed"))?;
        }
    }
    Ok(found)
}

fn has_msgspec() -> bool {
    let mut import = Command::new("python3");
    let import = import.args(["-c", "import msgspec"]).stderr(Stdio::null());
    import.status().is_ok_and(|status| status.success())
}

/// They get a pipe, as ours do.
fn piped(output: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", "cat \"$0\" | \"$@\""])
        .arg(output)
        .arg(program)
        .args(arguments);
    command
}
