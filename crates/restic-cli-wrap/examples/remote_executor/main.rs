//! Runs restic on another machine over ssh, or in a container, by an executor of its own.
//!
//! ```text
//! cargo run --example remote_executor -- backup@host REPOSITORY PASSWORD_FILE
//! ```
//!
//! The local process is the transport, such as ssh, and [`Runner`] runs it: both streams,
//! deadlines and the wait for its end are its business. What is left for an executor of its own:
//!
//! * Nothing about the run is on the command line of the transport. It starts `sh` with a
//!   constant script that reads the real one from standard input, then come the secrets, and
//!   what restic itself reads is the rest.
//! * Secrets become files in a private directory at the far side, removed when restic has ended.
//! * A signal to ssh or `docker exec` does not reach restic. The far script writes down its
//!   process id, and a second connection sends the signal.
//!
//! The far side needs `sh`, `dd`, `env`, `mkdir`, `rm`, `sed`, `sleep` and restic, nothing else.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to people"
)]

use std::collections::VecDeque;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use restic_cli_wrap::Restic;
use restic_cli_wrap::commands::Snapshots;
use restic_cli_wrap::core::{
    Argument, Control, Event, Executor, Exit, InputReader, Invocation, Process, Runner, StartError,
    StartErrorKind, Stdin,
};

/// How long the second connection may take to deliver a signal.
const SIGNAL_DEADLINE: Duration = Duration::from_secs(30);

/// How long the far script may take to clean up once restic has been killed.
const CLEANUP: Duration = Duration::from_secs(5);

/// The far exit code when the run could not be prepared, as `env` and `nohup` have it.
const NOT_PREPARED: &str = "exit 125";

/// A command that runs another one elsewhere.
#[derive(Clone, Debug)]
struct Transport {
    runner: Arc<Runner>,
    prefix: Vec<OsString>,
    /// Whether the far side puts the words through a shell, as ssh does.
    joins_words: bool,
}

impl Transport {
    /// One that hands each word on as it is, such as `docker exec -i box`.
    fn direct<I: IntoIterator<Item: Into<OsString>>>(program: &str, prefix: I) -> Self {
        Self {
            runner: Arc::new(Runner::new(program)),
            prefix: prefix.into_iter().map(Into::into).collect(),
            joins_words: false,
        }
    }

    /// One that joins its words and gives them to a shell, such as `ssh -- host`.
    fn through_shell<I: IntoIterator<Item: Into<OsString>>>(program: &str, prefix: I) -> Self {
        Self {
            joins_words: true,
            ..Self::direct(program, prefix)
        }
    }

    /// Runs a script at the far side, which finds `input` on its standard input.
    fn start(
        &self,
        script: Vec<u8>,
        input: impl Read + Send + 'static,
    ) -> Result<Box<dyn Process>, StartError> {
        // One byte at a time: whatever reads ahead would take what belongs to restic.
        let length = script.len();
        let reader = format!("eval \"$(dd bs=1 count={length} 2>/dev/null)\"");
        let mut invocation = Invocation::new(self.prefix.iter().cloned());
        if self.joins_words {
            invocation = invocation.argument(format!("sh -c '{reader}'"));
        } else {
            let words = ["sh".to_owned(), "-c".to_owned(), reader];
            invocation.arguments.extend(words.map(Argument::from));
        }
        let input = Cursor::new(script).chain(input);
        invocation.stdin = Stdin::Reader(InputReader::new(input));
        self.runner.start(&invocation)
    }
}

/// Runs restic at the far side of a transport.
#[derive(Debug)]
struct RemoteExecutor {
    transport: Transport,
    /// restic at the far side: a path, or a name in its `PATH`.
    program: OsString,
}

impl Executor for RemoteExecutor {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let directory = private_directory();
        let (script, secrets) = self.script(&directory, invocation)?;
        let input = Cursor::new(secrets).chain(restic_input(&invocation.stdin)?);
        let inner = self.transport.start(script, input)?;
        let far = FarControl {
            transport: self.transport.clone(),
            local: inner.control(),
            directory,
            notices: Mutex::default(),
            ended: AtomicBool::new(false),
        };
        Ok(Box::new(FarProcess {
            inner,
            far: Arc::new(far),
        }))
    }
}

impl RemoteExecutor {
    /// The script that runs restic, and the secrets and lists that it reads before.
    fn script(
        &self,
        directory: &str,
        invocation: &Invocation,
    ) -> Result<(Vec<u8>, Vec<u8>), StartError> {
        // `mkdir` fails if somebody else was there first, so nobody else can read what is in it.
        let mut script = format!(
            "restic_dir={directory}; mkdir -m 700 \"$restic_dir\" || {NOT_PREPARED}\n\
             trap 'rm -rf \"$restic_dir\"' EXIT; trap 'exit 129' HUP INT TERM\n"
        )
        .into_bytes();
        let mut command = quoted(&self.program)?;
        let mut files = Vec::new();
        for (index, argument) in invocation.arguments.iter().enumerate() {
            command.push(b' ');
            let (flag, content) = match argument {
                Argument::Plain(word) => {
                    command.extend(quoted(word)?);
                    continue;
                }
                Argument::SecretFile { flag, content } => (flag, content.expose()),
                Argument::ListFile { flag, content } => (flag, &**content),
                _ => return Err(refused("this kind of argument is not supported")),
            };
            let file = format!("\"$restic_dir/{index}\"");
            let length = content.len();
            let read = format!("dd bs=1 count={length} of={file} 2>/dev/null\n");
            script.extend(read.into_bytes());
            files.extend(content);
            command.extend(format!("{flag}={file}").into_bytes());
        }
        script.extend(environment(invocation)?);
        if let Some(path) = &invocation.current_dir {
            script.extend(b"CDPATH= cd -- ");
            script.extend(quoted(path.as_os_str())?);
            script.extend(format!(" || {NOT_PREPARED}\n").into_bytes());
        }
        // `exec` makes the id of this inner shell that of restic. It is no background job: those
        // begin with SIGINT ignored and without the input.
        script.extend(b"sh -c 'echo $$ >\"$0\"; exec \"$@\"' \"$restic_dir/pid\" ");
        script.extend(command);
        script.extend(b"\nexit $?\n");
        Ok((script, files))
    }
}

/// The variables of restic. `export` is part of the shell, so no process list shows them.
fn environment(invocation: &Invocation) -> Result<Vec<u8>, StartError> {
    // As at home: a variable of the far side must not contradict the arguments.
    let mut script = b"restic_keep=".to_vec();
    let kept: Vec<_> = invocation
        .inherited
        .iter()
        .map(OsString::as_os_str)
        .collect();
    script.extend(quoted(&kept.join(OsStr::new(" ")))?);
    script.extend(
        b"\nfor restic_name in $(env | sed -n 's/^\\(RESTIC_[A-Za-z0-9_]*\\)=.*/\\1/p'); do\n\
          case \" $restic_keep \" in *\" $restic_name \"*) ;; *) unset \"$restic_name\" ;; esac\n\
          done\n",
    );
    for (name, value) in &invocation.environment {
        let name = name.as_encoded_bytes();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        if !name.iter().all(plain) || name.first().is_none_or(u8::is_ascii_digit) {
            return Err(refused("a shell cannot set a variable of this name"));
        }
        script.extend(b"export ");
        script.extend(name);
        script.push(b'=');
        script.extend(quoted_bytes(value.expose())?);
        script.push(b'\n');
    }
    Ok(script)
}

/// What restic reads, after the script and the secrets.
fn restic_input(stdin: &Stdin) -> Result<Box<dyn Read + Send>, StartError> {
    let error = |message: &str| StartError::new(StartErrorKind::Stdin, message);
    Ok(match stdin {
        Stdin::Null => Box::new(io::empty()),
        Stdin::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        Stdin::File(path) => {
            let file = File::open(path);
            Box::new(file.map_err(|e| error("cannot open the input of restic").with_source(e))?)
        }
        Stdin::Reader(reader) => reader
            .take()
            .ok_or_else(|| error("the input was already read by another run"))?,
        _ => return Err(error("this kind of input is not supported")),
    })
}

/// One word of a shell. A message never repeats the word, which may be secret.
fn quoted_bytes(word: &[u8]) -> Result<Vec<u8>, StartError> {
    if word.contains(&0) {
        return Err(refused("arguments and variables cannot contain NUL bytes"));
    }
    let mut quoted = vec![b'\''];
    for &byte in word {
        match byte {
            b'\'' => quoted.extend(br"'\''"),
            byte => quoted.push(byte),
        }
    }
    quoted.push(b'\'');
    Ok(quoted)
}

fn quoted(word: &OsStr) -> Result<Vec<u8>, StartError> {
    quoted_bytes(word.as_encoded_bytes())
}

fn refused(message: &str) -> StartError {
    StartError::new(StartErrorKind::InvalidArgument, message)
}

/// The far directory of one run, as the far shell spells it. Chosen here, since the connection
/// that signals has to find it, too.
fn private_directory() -> String {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let run = RUNS.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanos = now.unwrap_or_default().as_nanos();
    let pid = std::process::id();
    format!("\"${{TMPDIR:-/tmp}}/restic-{nanos:x}-{pid}-{run}\"")
}

/// The transport, and the far restic behind it.
struct FarProcess {
    inner: Box<dyn Process>,
    far: Arc<FarControl>,
}

impl Process for FarProcess {
    fn next_event(&mut self, deadline: Option<Instant>) -> io::Result<Event> {
        // Nothing comes after `Exited`, not even a signal that could not be delivered.
        if !self.far.has_ended()
            && let Some(notice) = self.far.notices().pop_front()
        {
            return Ok(Event::Notice(notice));
        }
        let event = self.inner.next_event(deadline)?;
        if let Event::Exited(exit) = event {
            self.far.ended.store(true, Ordering::Release);
            return Ok(Event::Exited(far_exit(exit)));
        }
        Ok(event)
    }

    fn control(&self) -> Arc<dyn Control> {
        Arc::new(Handle(Arc::clone(&self.far)))
    }
}

impl Drop for FarProcess {
    /// The end of the transport would not end restic.
    fn drop(&mut self) {
        if !self.far.has_ended() {
            // Nobody is left to report a failure to.
            let _ = self.far.deliver("KILL");
        }
    }
}

/// A shell reports a signal that ended restic as 128 and its number. 130 stays as it is: restic
/// itself ends with it after an interrupt.
fn far_exit(exit: Exit) -> Exit {
    match exit.code() {
        Some(137) => Exit::Signal(9),
        Some(143) => Exit::Signal(15),
        _ => exit,
    }
}

/// What it takes to signal the far restic.
struct FarControl {
    transport: Transport,
    local: Arc<dyn Control>,
    directory: String,
    notices: Mutex<VecDeque<String>>,
    ended: AtomicBool,
}

impl FarControl {
    fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn notices(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signals restic by a second connection, and waits until that is done.
    fn deliver(&self, signal: &str) -> Result<(), Box<dyn Error>> {
        // A signal may come before restic has been started. Once restic has ended, the file is
        // gone, so that no other process is signalled by mistake.
        let script = format!(
            "restic_dir={}; restic_try=0\n\
             until [ -s \"$restic_dir/pid\" ]; do\n\
             [ $restic_try -lt 10 ] || exit 1; restic_try=$((restic_try + 1)); sleep 1\n\
             done; read -r restic_pid <\"$restic_dir/pid\" && kill -{signal} \"$restic_pid\"\n",
            self.directory
        );
        let deadline = Instant::now() + SIGNAL_DEADLINE;
        let mut process = self.transport.start(script.into_bytes(), io::empty())?;
        loop {
            match process.next_event(Some(deadline))? {
                Event::Exited(exit) if exit.is_success() => return Ok(()),
                Event::Exited(exit) => return Err(exit.to_string().into()),
                Event::Woken if Instant::now() >= deadline => return Err("no answer".into()),
                _ => {}
            }
        }
    }
}

/// One of any number of handles.
struct Handle(Arc<FarControl>);

impl Handle {
    /// Signals on a thread of its own: whoever signals may be the one that drains the output,
    /// and must not wait for a network.
    fn signal(&self, signal: &'static str) -> io::Result<()> {
        if self.0.has_ended() {
            return Ok(());
        }
        let far = Arc::clone(&self.0);
        thread::Builder::new().spawn(move || {
            if let Err(error) = far.deliver(signal) {
                let notice = format!("could not send SIG{signal} to the far restic: {error}");
                far.notices().push_back(notice);
                far.local.wake();
            } else if signal == "KILL" {
                thread::sleep(CLEANUP);
            }
            if signal == "KILL" {
                // Whatever became of the far side, the local one ends. After its end this does
                // nothing.
                let _ = far.local.kill();
            }
        })?;
        Ok(())
    }
}

impl Control for Handle {
    fn interrupt(&self) -> io::Result<()> {
        self.signal("INT")
    }

    fn terminate(&self) -> io::Result<()> {
        self.signal("TERM")
    }

    fn kill(&self) -> io::Result<()> {
        self.signal("KILL")
    }

    fn wake(&self) {
        self.0.local.wake();
    }
}

/// Lists the snapshots of a repository that the host can reach. The password is read here.
fn list(host: &str, repository: &str, password: &str) -> Result<(), Box<dyn Error>> {
    // Nobody can answer a question of ssh, and a terminal would change the output.
    let prefix = ["-T", "-o", "BatchMode=yes", "--", host];
    let executor = RemoteExecutor {
        transport: Transport::through_shell("ssh", prefix),
        program: "restic".into(),
    };
    let restic = Restic::builder()
        .executor(Arc::new(executor))
        .repository(repository)
        .password(fs::read_to_string(password)?.trim_end())
        .build();
    for snapshot in restic.run(Snapshots::new())? {
        println!("{} {}", snapshot.short_id, snapshot.time);
    }
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [host, repository, password] = words.as_slice() else {
        eprintln!("usage: remote_executor HOST REPOSITORY PASSWORD_FILE");
        return ExitCode::from(2);
    };
    match list(host, repository, password) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
