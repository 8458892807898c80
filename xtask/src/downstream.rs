//! Builds programs that use these crates as their users do: `cargo xtask downstream`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::task::Outcome;

/// The dependencies and the tests of one program.
struct Program {
    name: &'static str,
    /// Crates and how they are depended on. Those of this workspace get their path.
    dependencies: &'static [(&'static str, &'static str)],
    tests: &'static str,
}

const PROGRAMS: &[Program] = &[
    Program {
        name: "uses-the-mock",
        dependencies: &[("restic-cli-wrap", r#"features = ["mock"], "#)],
        tests: include_str!("../data/downstream/mock.rs"),
    },
    Program {
        name: "uses-recordings",
        dependencies: &[("restic-cli-wrap", ""), ("restic-fixtures", "")],
        tests: include_str!("../data/downstream/replay.rs"),
    },
    Program {
        name: "writes-without-looking",
        dependencies: &[
            ("restic-cli-wrap", ""),
            ("serde", r#"version = "1", features = ["derive"]"#),
            ("serde_json", r#"version = "1""#),
        ],
        tests: include_str!("../data/downstream/written.rs"),
    },
];

/// Tests each program in a scratch directory, outside of this workspace.
pub(crate) fn run() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    for program in PROGRAMS {
        let scratch = tempfile::tempdir()?;
        write(program, scratch.path(), &root)?;
        let status = Command::new(env!("CARGO"))
            .args(["test", "--quiet"])
            .current_dir(scratch.path())
            .env("CARGO_TARGET_DIR", root.join("target/downstream"))
            .status()?;
        if !status.success() {
            return Err(format!("{} failed", program.name).into());
        }
        println!("{}: ok", program.name);
    }
    test_example(&root, "agent", &["--features", "stand-in"])?;
    test_example(&root, "tutorial", &[])
}

/// An example that is a package of its own, formatted, linted, and tested on its recordings.
fn test_example(root: &Path, name: &str, features: &[&str]) -> Outcome {
    let denied = ["--", "--deny", "warnings"];
    let steps = [
        vec!["fmt", "--check"],
        [
            &["clippy", "--quiet", "--locked", "--all-targets"],
            features,
            &denied,
        ]
        .concat(),
        [&["test", "--quiet", "--locked"], features].concat(),
    ];
    for arguments in steps {
        let status = Command::new(env!("CARGO"))
            .args(&arguments)
            .current_dir(root.join("examples").join(name))
            .env("CARGO_TARGET_DIR", root.join("target/downstream"))
            .env_remove("RESTIC_RECORD")
            .status()?;
        if !status.success() {
            return Err(format!("examples/{name}: cargo {} failed", arguments[0]).into());
        }
    }
    println!("examples/{name}: ok");
    Ok(())
}

fn write(program: &Program, directory: &Path, root: &Path) -> std::io::Result<()> {
    let mut manifest = format!(
        "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[dev-dependencies]\n",
        program.name
    );
    for (name, options) in program.dependencies {
        if name.starts_with("restic-") {
            let path = directory_of(root, name);
            manifest += &format!("{name} = {{ {options}path = {path:?} }}\n");
        } else {
            manifest += &format!("{name} = {{ {options} }}\n");
        }
    }
    fs::create_dir_all(directory.join("tests"))?;
    fs::create_dir_all(directory.join("src"))?;
    fs::write(directory.join("Cargo.toml"), manifest)?;
    fs::write(directory.join("src/lib.rs"), "")?;
    fs::write(directory.join("tests/program.rs"), program.tests)?;
    // The versions that everything else here is tested with.
    fs::copy(root.join("Cargo.lock"), directory.join("Cargo.lock"))?;
    Ok(())
}

fn directory_of(root: &Path, name: &str) -> PathBuf {
    match name {
        "restic-fixtures" => root.join("fixtures"),
        name => root.join("crates").join(name),
    }
}
