//! Servers that refuse, fail or are not there: the kind of each failure, and whether it may be retried.
//!
//! What restic reads here is what real servers answer; that of S3 is a small server of our own, which moto is not:
//! it lets everybody in.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::{Error, ErrorKind, Restic, ResticBuilder};

use super::backend::{Backend, Program, report};
use super::rest;
use crate::task::Result;
use restic_test_support::cheap_repository;

/// restic tries some of this for a quarter of an hour. After this time it has said what is wrong.
const DEADLINE: Duration = Duration::from_secs(3);

/// One way to fail.
struct Case {
    name: &'static str,
    client: ResticBuilder,
    kind: ErrorKind,
    /// What restic says of it, in any release. Empty when it need not say anything before the deadline.
    words: &'static str,
}

/// Runs all of it with one restic, and gives what is not as it is documented. `sftp` is a server that lets only one
/// user in, if there is one.
pub(super) fn run(program: &Program, sftp: Option<&Backend>, rest: &Path) -> Vec<String> {
    match cases(program, sftp) {
        Ok(cases) => {
            let nobody = Backend::new("refusals", String::new());
            let fails = |name: &str, ask: &(dyn Fn() -> Result<String> + Sync)| {
                report(&nobody, program, name, ask)
            };
            let fails = &fails;
            thread::scope(|scope| {
                let mut threads = Vec::new();
                for case in &cases.all {
                    let ask = move || fails(case.name, &|| check_snapshots(case));
                    threads.push(scope.spawn(ask));
                }
                threads.push(scope.spawn(move || fails("quota", &|| check_quota(program, rest))));
                let failures = threads.into_iter().filter_map(|thread| {
                    let panic = |_| Some("FAILED: a panic".to_owned());
                    thread.join().unwrap_or_else(panic)
                });
                failures.collect()
            })
        }
        Err(error) => vec![format!("FAILED refusals: {error}")],
    }
}

/// What the cases need for as long as they run.
struct Cases {
    all: Vec<Case>,
    _servers: Vec<Answering>,
    _scripts: tempfile::TempDir,
}

/// The errors of S3, as it answers them.
const S3: [(&str, &str, &str, &str, ErrorKind); 4] = [
    (
        "s3, unknown key",
        "403 Forbidden",
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        ErrorKind::AccessDenied,
    ),
    (
        "s3, denied key",
        "403 Forbidden",
        "AccessDenied",
        "Access Denied.",
        ErrorKind::AccessDenied,
    ),
    (
        "s3, wrong signature",
        "403 Forbidden",
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        ErrorKind::AccessDenied,
    ),
    (
        "s3, rate limit",
        "503 Slow Down",
        "SlowDown",
        "Please reduce your request rate.",
        ErrorKind::Network,
    ),
];

fn cases(program: &Program, sftp: Option<&Backend>) -> Result<Cases> {
    let scripts = tempfile::tempdir()?;
    let at = |location: String| {
        Restic::builder()
            .binary(&program.path)
            .repository(location)
            .password("secret")
            .no_cache(true)
            .total_deadline(DEADLINE)
    };
    let (mut all, mut servers) = (Vec::new(), Vec::new());
    for (name, status, code, words, kind) in S3 {
        let server = Answering::start(Some(s3_error(status, code, words)))?;
        let client = at(format!("s3:http://{}/bucket/repository", server.address))
            .env("AWS_ACCESS_KEY_ID", "somebody")
            .env("AWS_SECRET_ACCESS_KEY", "something");
        // The client of S3 tries by itself before restic does.
        let words = if kind == ErrorKind::Network {
            ""
        } else {
            words
        };
        all.push(Case {
            name,
            client,
            kind,
            words,
        });
        servers.push(server);
    }
    let silent = Answering::start(None)?;
    let dead = format!("127.0.0.1:{}", unused_port()?);
    // restic may end before it has passed on the last words of a program that ends at once.
    let script = |name: &str, call: &str| -> Result<String> {
        let path = scripts.path().join(name);
        fs::write(
            &path,
            format!("#!/bin/sh\n{call}\ncode=$?\nsleep 0.5\nexit $code\n"),
        )?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        }
        Ok(path.display().to_string())
    };
    let denied = "alice@srv: Permission denied (publickey).";
    let refused = script("ssh", &format!("(echo '{denied}' >&2; exit 255)"))?;
    let refused_by_rclone =
        "Failed to create file system: couldn'\\''t connect SSH: unable to authenticate";
    let rclone = script(
        "rclone",
        &format!("(echo '{refused_by_rclone}' >&2; exit 1)"),
    )?;
    let real_ssh = script("real-ssh", "ssh \"$@\"")?;
    let over_ssh =
        |command: &str| at("sftp:srv:/repository".into()).option(format!("sftp.command={command}"));
    let by_rclone =
        |program: &str| at("rclone:remote:path".into()).option(format!("rclone.program={program}"));
    let network = ErrorKind::Network;
    let unsupported = ErrorKind::Unsupported;
    let missing = "/nonexistent/program";
    let ssh = format!(
        "{real_ssh} -F /dev/null -o BatchMode=yes -p {} 127.0.0.1 -s sftp",
        &dead[10..]
    );
    for (name, client, kind, words) in [
        (
            "dead socket",
            at(format!("rest:http://{dead}/")),
            network,
            "connection refused",
        ),
        (
            "silent server",
            at(format!("rest:http://{}/", silent.address)),
            network,
            "",
        ),
        (
            "sftp, refused login",
            over_ssh(&refused),
            ErrorKind::AccessDenied,
            denied,
        ),
        ("sftp, dead socket", over_ssh(&ssh), network, "refused"),
        (
            "sftp, missing program",
            over_ssh(missing),
            unsupported,
            missing,
        ),
        (
            "rclone, refused login",
            by_rclone(&rclone),
            ErrorKind::AccessDenied,
            "unable to authenticate",
        ),
        (
            "rclone, missing program",
            by_rclone(missing),
            unsupported,
            missing,
        ),
    ] {
        all.push(Case {
            name,
            client,
            kind,
            words,
        });
    }
    servers.push(silent);
    if let Some(backend) = sftp {
        let mut stranger = backend.options.join("\n");
        let command = format!("sftp.command={real_ssh} -l no-such-user ");
        stranger = stranger.replace("sftp.command=ssh ", &command);
        let client = at(format!("{}repository", backend.prefix)).option(stranger);
        let (name, kind) = ("sftp, stranger", ErrorKind::AccessDenied);
        all.push(Case {
            name,
            client,
            kind,
            words: "Permission denied",
        });
    }
    Ok(Cases {
        all,
        _servers: servers,
        _scripts: scripts,
    })
}

fn s3_error(status: &str, code: &str, message: &str) -> String {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
         <RequestId>1</RequestId></Error>"
    );
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn check_snapshots(case: &Case) -> Result<String> {
    match case.client.clone().build().run(Snapshots::new()) {
        Ok(_) => Err("a success".into()),
        Err(error) => check(&error, case.kind, case.words),
    }
}

/// The documented kind, or a deadline that says why it was not reached; and whether it may be retried.
fn check(error: &Error, kind: ErrorKind, words: &str) -> Result<String> {
    let is_it = error.kind() == kind || error.kind() == ErrorKind::TimedOut;
    let may_wait = kind == ErrorKind::Network;
    // That we have stopped it is not what was wrong.
    let is_our_stop =
        error.kind() == ErrorKind::TimedOut && error.message().contains("context canceled");
    let says_why = error.message().contains(words) && !is_our_stop;
    if is_it && error.is_retryable() == may_wait && says_why {
        Ok(format!("{:?}", error.kind()))
    } else {
        Err(format!("not {kind:?}: {error:?}").into())
    }
}

/// A server that takes no more than a repository without a snapshot needs.
fn check_quota(program: &Program, rest_server: &Path) -> Result<String> {
    let scratch = tempfile::tempdir()?;
    let served = rest::serve(
        rest_server,
        scratch.path().join("served"),
        &["--no-auth", "--max-size", "20000"],
    )?;
    cheap_repository::make(&scratch.path().join("served/repository"))?;
    let source = scratch.path().join("source");
    let noise: Vec<u8> = (0..100_000_u32)
        .flat_map(|it| it.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    fs::write(&source, noise)?;
    let client = Restic::builder()
        .binary(&program.path)
        .repository(served.url("", "repository/"))
        .password("secret")
        .no_cache(true)
        .total_deadline(DEADLINE);
    match client.build().run(Backup::new([&source])) {
        Ok(_) => Err("a success".into()),
        Err(error) => check(&error, ErrorKind::NoSpace, "Insufficient Storage"),
    }
}

/// A port on which nobody answers.
fn unused_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// A server that answers every request in the same way, or accepts it and says nothing.
struct Answering {
    address: String,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Answering {
    fn start(answer: Option<String>) -> Result<Self> {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = server.local_addr()?.to_string();
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let serve = move || {
            let mut open = Vec::new();
            for connection in server.incoming().filter_map(std::io::Result::ok) {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                match &answer {
                    Some(answer) => respond(connection, answer),
                    None => open.push(connection),
                }
            }
        };
        let thread = Some(thread::spawn(serve));
        Ok(Self {
            address,
            over,
            thread,
        })
    }
}

fn respond(mut connection: TcpStream, answer: &str) {
    let _ = connection.read(&mut [0; 8192]);
    let _ = connection.write_all(answer.as_bytes());
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // It waits for one more connection.
        let _ = TcpStream::connect(&self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
