//! Servers that refuse, fail, forbid or want a login.

use std::env;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind, Repository, Stop};

use crate::support::{Bench, alone, on_each};
use restic_test_support::binaries::binaries;
use restic_test_support::cheap_repository;
use restic_test_support::skipping::skip;

const SECOND: Duration = Duration::from_secs(1);

/// A server that answers every request in the same way.
struct Answering {
    url: String,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

fn answering(answer: &'static str) -> Answering {
    answering_each(move |_| answer)
}

/// A server that answers in the way that fits a request.
fn answering_each(answer: impl Fn(&str) -> &'static str + Send + 'static) -> Answering {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", server.local_addr().unwrap());
    let over = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&over);
    let answer = move |mut connection: TcpStream| {
        // Closed with a request unread, a connection is reset.
        let mut request = [0; 4096];
        let length = connection.peek(&mut request).unwrap_or(0);
        let answer = answer(&String::from_utf8_lossy(&request[..length]));
        if !answer.is_empty() {
            let _ = connection.read(&mut request);
            let _ = write!(connection, "HTTP/1.1 {answer}\r\nConnection: close\r\n\r\n");
        }
    };
    let serve = move || {
        for connection in server.incoming() {
            if ended.load(Ordering::SeqCst) {
                return;
            }
            answer(connection.unwrap());
        }
    };
    Answering {
        url,
        over,
        thread: Some(thread::spawn(serve)),
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let address = self.url.trim_start_matches("http://").trim_end_matches('/');
        drop(TcpStream::connect(address));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// An address where nobody listens.
fn nobody() -> String {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", server.local_addr().unwrap())
}

/// restic before 0.17 fails at once in most cases. Since then it tries again for a quarter of
/// an hour, and says so: what it waits for is known when a deadline ends that.
fn check_failure(bench: &Bench, url: &str, kind: ErrorKind, words: &str) {
    let restic = bench
        .builder()
        .repository(Repository::rest(url))
        .total_deadline(2 * SECOND)
        .build();
    let error = restic.run(Snapshots::new()).unwrap_err();
    let context = format!("{}, {words}: {error:?}", bench.binary.display());
    if error.kind() != ErrorKind::TimedOut {
        assert_eq!(error.kind(), kind, "{context}");
    }
    assert!(bench.minor >= 17 || kind == error.kind() || kind == ErrorKind::TimedOut);
    assert_eq!(
        error.is_retryable(),
        kind == ErrorKind::Network,
        "{context}"
    );
    let said = format!("{} {}", error.message(), error.stderr_tail());
    assert!(said.contains(words), "{context}");
}

#[test]
fn a_server_that_fails_is_distinguished_from_one_that_refuses() {
    const NAME: &str = "network::a_server_that_fails_is_distinguished_from_one_that_refuses";
    alone(NAME, || {
        use ErrorKind::{AccessDenied, Network};

        let answers = [
            ("", Network, "/config\": "),
            ("500 Internal Server Error", Network, "500 Internal"),
            ("503 Service Unavailable", Network, "503 Service"),
            ("429 Too Many Requests", Network, "429 Too Many"),
            ("401 Unauthorized", AccessDenied, "401 Unauthorized"),
            ("403 Forbidden", AccessDenied, "403 Forbidden"),
        ];
        let servers = answers.map(|(answer, kind, words)| (answering(answer), kind, words));
        let mut cases = vec![
            (nobody(), Network, "connection refused"),
            (
                "http://no-such-host.invalid/".into(),
                Network,
                "no-such-host",
            ),
        ];
        for (server, kind, words) in &servers {
            cases.push((server.url.clone(), *kind, words));
        }
        thread::scope(|scope| {
            for binary in binaries(NAME) {
                let cases = &cases;
                scope.spawn(move || {
                    let bench = Bench::new(binary);
                    for (url, kind, words) in cases {
                        check_failure(&bench, url, *kind, words);
                    }
                });
            }
        });
    });
}

/// A proxy's page in the place of everything: restic may call that a wrong password.
/// restic tries again for a quarter of an hour, and a program that hears of it only then might as
/// well not hear of it: here the run ends because the program has heard.
#[test]
fn what_restic_says_while_it_tries_again_is_heard_at_once() {
    const NAME: &str = "network::what_restic_says_while_it_tries_again_is_heard_at_once";
    alone(NAME, || {
        on_each(NAME, |bench| {
            // It dies when restic has found a repository there.
            let server = answering_each(|request| match request.split(' ').nth(1) {
                Some("/config") => "200 OK\r\nContent-Length: 155",
                _ => "503 Service Unavailable",
            });
            let (stop, heard) = (Stop::new(), Arc::new(AtomicBool::new(false)));
            let (button, ear) = (stop.clone(), Arc::clone(&heard));
            let restic = bench
                .builder()
                .repository(Repository::rest(&server.url))
                .total_deadline(20 * SECOND)
                .on_notice(move |notice| {
                    if notice.text.contains("503") && notice.text.contains("retrying") {
                        ear.store(true, Ordering::SeqCst);
                        button.stop();
                    }
                })
                .build()
                .with_stop(&stop);
            let error = restic.run(Snapshots::new()).unwrap_err();
            assert!(heard.load(Ordering::SeqCst), "{error:?}");
            assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
        });
    });
}

#[test]
fn a_page_in_the_place_of_data_is_no_wrong_password() {
    const NAME: &str = "network::a_page_in_the_place_of_data_is_no_wrong_password";
    alone(NAME, || {
        let server = answering("200 OK\r\nContent-Length: 22\r\n\r\n<html>Log in!</html>\r\n");
        on_each(NAME, |bench| {
            let restic = bench.builder().repository(Repository::rest(&server.url));
            let restic = restic.total_deadline(2 * SECOND).build();
            let error = restic.run(Snapshots::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut, "{error:?}");
            assert!(
                error.stderr_tail().contains("invalid character '<'"),
                "{error:?}"
            );
        });
    });
}

/// What ssh says of a host that is not there is restic's word for it.
#[test]
fn a_host_without_ssh_cannot_be_reached() {
    const NAME: &str = "network::a_host_without_ssh_cannot_be_reached";
    alone(NAME, || {
        on_each(NAME, |bench| {
            for words in [
                "connect to host x port 22: Connection refused",
                "connect to host x port 22: Connection timed out",
                "Could not resolve hostname x: Name or service not known",
                "kex_exchange_identification: Connection closed by remote host",
            ] {
                let ssh = bench.path("ssh");
                restic_test_support::fake::make_program(
                    &ssh,
                    &format!("echo 'ssh: {words}' >&2; exit 255"),
                );
                let restic = bench
                    .builder()
                    .repository(Repository::sftp("alice@x", "/srv"))
                    .option(format!("sftp.command={}", ssh.display()))
                    .build();
                let error = restic.run(Snapshots::new()).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
                assert!(error.is_retryable());
            }
        });
    });
}

/// A REST server of restic's own.
struct Server {
    child: Child,
    directory: tempfile::TempDir,
    url: String,
}

impl Server {
    fn start(program: &Path, options: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(".htpasswd"), HTPASSWD).unwrap();
        cheap_repository::make(&directory.path().join("repo")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(program)
            .args(["--listen", &address, "--path"])
            .arg(directory.path())
            .args(options)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(&address).is_err() {
            thread::sleep(SECOND / 100);
        }
        let url = format!("http://{address}/repo/");
        Self {
            child,
            directory,
            url,
        }
    }

    fn locks(&self) -> usize {
        fs::read_dir(self.directory.path().join("repo/locks"))
            .unwrap()
            .count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A user whose name and password have to be written in another way in a URL. The server
/// allows no stranger name.
const USER: &str = "al@ice";
const PASSWORD: &str = "a@b/c:d% \u{e9}";
const HTPASSWD: &str = "al@ice:{SHA}eU6ae4/z/bzMTa/cSy6WrFEWL2c=\n";

/// The server in `RESTIC_REST_SERVER`, or the one beside the real restic.
fn rest_server(test: &str) -> Option<PathBuf> {
    if let Some(named) = env::var_os("RESTIC_REST_SERVER") {
        return Some(named.into());
    }
    let beside = binaries(test).first()?.parent()?.read_dir().unwrap();
    let found = beside.map(|entry| entry.unwrap()).find(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with("rest-server")
    });
    if found.is_none() {
        skip(test, "there is no rest-server beside the real restic");
    }
    Some(found?.path())
}

#[test]
fn a_login_of_any_characters_opens_a_server() {
    const NAME: &str = "network::a_login_of_any_characters_opens_a_server";
    alone(NAME, || {
        let Some(program) = rest_server(NAME) else {
            return;
        };
        let server = Server::start(&program, &[]);
        on_each(NAME, |bench| {
            let with = |login: Repository| {
                fs::write(bench.path("data/a"), "a").unwrap();
                let restic = bench.builder().repository(login).build();
                restic.run(Backup::new([bench.path("data")]))
            };
            let rest = || Repository::rest(&server.url);
            assert!(
                with(rest().login(USER, PASSWORD).into())
                    .unwrap()
                    .is_complete()
            );
            for wrong in [rest().login(USER, "planted"), rest()] {
                let error = with(wrong.into()).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");
                assert!(!format!("{error:?}").contains("planted"), "{error:?}");
            }
            assert_eq!(server.locks(), 0);
        });
    });
}

/// restic before 0.17 tries for a minute; 0.18 then calls it a success.
#[test]
fn what_an_append_only_server_keeps_is_a_failure() {
    const NAME: &str = "network::what_an_append_only_server_keeps_is_a_failure";
    alone(NAME, || {
        let Some(program) = rest_server(NAME) else {
            return;
        };
        on_each(NAME, |bench| {
            let server = Server::start(&program, &["--append-only", "--no-auth"]);
            let restic = bench
                .builder()
                .repository(Repository::rest(&server.url))
                .total_deadline(8 * SECOND)
                .build();
            let data = || Backup::new([bench.path("data")]);
            for content in ["1", "2"] {
                fs::write(bench.path("data/a"), content).unwrap();
                assert!(restic.run(data()).unwrap().is_complete());
            }
            let snapshots = restic.run(Snapshots::new()).unwrap();
            let id = snapshots[0].id.as_str();
            let policy = restic.run(Forget::new().keep_last(1)).unwrap_err();
            let by_id = restic.run(ForgetSnapshots::new([id])).unwrap_err();
            for error in [&policy, &by_id] {
                let expected = if bench.minor < 17 {
                    ErrorKind::TimedOut
                } else {
                    ErrorKind::AccessDenied
                };
                assert_eq!(error.kind(), expected, "{error:?}");
                assert!(said(error).contains("403 Forbidden"), "{error:?}");
                assert!(!error.is_retryable());
            }
            assert_eq!(restic.run(Snapshots::new()).unwrap().len(), 2);
        });
    });
}

fn said(error: &Error) -> String {
    format!("{} {}", error.message(), error.stderr_tail())
}
