//! `backup-agent night|list|restore DIR`, with `AGENT_REPOSITORY`, `AGENT_PASSWORD_FILE` and
//! `AGENT_SOURCES` (separated like the directories in `PATH`).

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use backup_agent::Agent;
use restic_cli_wrap::Restic;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("backup-agent: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let restic = Restic::builder()
        .repository(variable("AGENT_REPOSITORY")?)
        .password_file(variable("AGENT_PASSWORD_FILE")?)
        .build();
    let sources = variable("AGENT_SOURCES")?;
    let agent = Agent::new(restic, "agent", env::split_paths(&sources));
    let words: Vec<_> = env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["night"] => {
            let night = agent.run_night(|done| eprint!("\r{:3.0} %", done * 100.0))?;
            println!("\nsaved {} new files", night.new_files);
            for path in night.missing {
                println!("could not read {path}");
            }
        }
        ["list"] => print!("{}", agent.table()?),
        ["restore", target] => {
            for path in agent.restore(Path::new(target))? {
                println!("could not restore {path}");
            }
        }
        _ => return Err("say night, list or restore DIR".into()),
    }
    Ok(())
}
