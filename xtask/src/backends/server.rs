//! Servers on this machine, for as long as they are needed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::child::Guarded;

/// How long a server may take to answer. One in Python takes its time on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A free port may be taken by somebody else before the server has it.
const ATTEMPTS: usize = 3;

/// A server that ends when this is dropped.
pub(super) struct Server {
    /// Held to be dropped.
    _process: Guarded,
    pub(super) port: u16,
}

impl Server {
    /// Starts a server on a free port, and waits until it answers there.
    pub(super) fn start(command: impl Fn(u16) -> Command) -> Result<Self, String> {
        let mut problem = String::new();
        for _ in 0..ATTEMPTS {
            let port = free_port().map_err(|error| error.to_string())?;
            match start_on(port, &mut command(port)) {
                Ok(process) => {
                    return Ok(Self {
                        _process: process,
                        port,
                    });
                }
                Err(error) => problem = error,
            }
        }
        Err(problem)
    }
}

fn start_on(port: u16, command: &mut Command) -> Result<Guarded, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let in_words = |error: io::Error| format!("{program}: {error}");
    let mut process = Guarded::start(command).map_err(in_words)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let begin = Instant::now();
    while TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
        let ended = process.wait(Duration::from_millis(50)).map_err(in_words)?;
        if ended.is_some() || begin.elapsed() >= PATIENCE {
            let printed = process.printed();
            return Err(format!("{program} does not answer: {printed}"));
        }
    }
    Ok(process)
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
