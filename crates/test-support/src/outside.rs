//! What is done around a restic that is recorded: sources, repositories, servers, locks.

use std::fs;
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::{Restic, ResticBuilder};

use crate::cheap_repository;
use crate::played::{Played, complete};
use crate::privileges;

/// Digits of an id.
const ID_LENGTH: usize = 64;

/// How long something may take that takes a moment.
const PATIENCE: Duration = Duration::from_secs(60);

/// The surroundings of a recording, in a directory that goes with it.
#[derive(Clone, Debug)]
pub struct Outside {
    directory: PathBuf,
    restic: PathBuf,
    version: String,
    rest_server: Option<PathBuf>,
}

impl Outside {
    /// Surroundings in an empty directory, for this restic and rest-server.
    ///
    /// # Errors
    ///
    /// When the directory cannot be written.
    pub fn new(
        directory: &Path,
        restic: &Path,
        version: &str,
        rest_server: Option<PathBuf>,
    ) -> io::Result<Self> {
        fs::write(directory.join("password"), "secret")?;
        // Whatever the umask is.
        privileges::set_mode(directory, 0o755)?;
        Ok(Self {
            directory: directory.to_owned(),
            restic: restic.to_owned(),
            version: version.to_owned(),
            rest_server,
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// A client as every recording has it.
    pub fn client(&self, builder: ResticBuilder) -> ResticBuilder {
        let builder = builder
            .password_file(self.path("password"))
            .cache_dir(self.path("cache"))
            .env("TZ", "UTC");
        if self.is_oldest() {
            // It fills several packs at once, as many as happen to be asked for.
            builder.env("GOMAXPROCS", "1")
        } else {
            builder
        }
    }

    /// Whether this is restic 0.11.
    fn is_oldest(&self) -> bool {
        self.version.starts_with("0.11.")
    }

    /// A client whose calls are not recorded. It saves what is named from here: the directories
    /// above, of which others may change something, are in no tree then.
    pub fn restic(&self) -> Restic {
        let builder = Restic::builder()
            .binary(&self.restic)
            .current_dir(&self.directory)
            .repository(self.path("repo"));
        self.client(builder).build()
    }

    /// Makes an empty repository, which costs nothing to open.
    pub fn make_repository(&self, name: &str) -> Played {
        let path = self.path(name);
        if self.is_oldest() {
            cheap_repository::make(&path)?;
        } else {
            cheap_repository::make_compressed(&path)?;
        }
        Ok(())
    }

    /// Writes three small files to save.
    pub fn make_sources(&self) -> Played {
        self.make_directory("src/pictures")?;
        self.write("src/notes.txt", "a few words\n")?;
        self.write("src/pictures/blue.ppm", "P3 1 1 255 0 0 255\n")?;
        self.write("src/pictures/red.ppm", "P3 1 1 255 255 0 0\n")
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Played {
        fs::write(self.path(name), content)?;
        Ok(privileges::set_mode(&self.path(name), 0o644)?)
    }

    /// Makes a directory, and those above.
    pub fn make_directory(&self, name: &str) -> Played {
        let mut path = self.directory.clone();
        for part in Path::new(name) {
            path.push(part);
            if !path.exists() {
                fs::create_dir(&path)?;
                privileges::set_mode(&path, 0o755)?;
            }
        }
        Ok(())
    }

    /// Makes a file of zeros, which takes no space.
    pub fn write_zeros(&self, name: &str, bytes: u64) -> Played {
        self.write(name, "")?;
        Ok(fs::File::create(self.path(name))?.set_len(bytes)?)
    }

    /// Makes a file of ones: enough to read for progress to be seen, little to save, and cut at the
    /// same places by every repository.
    pub fn write_ones(&self, name: &str, mebibytes: usize) -> Played {
        self.write(name, "")?;
        let mut file = fs::File::create(self.path(name))?;
        let ones = vec![1; 1 << 20];
        for _ in 0..mebibytes {
            file.write_all(&ones)?;
        }
        Ok(())
    }

    /// Bytes that do not compress, the same each time.
    pub fn write_noise(&self, name: &str, bytes: usize) -> Played {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        };
        let noise: Vec<u8> = std::iter::repeat_with(next).flatten().take(bytes).collect();
        self.write(name, noise)
    }

    /// Saves the sources as they are, which is not recorded.
    pub fn back_up(&self) -> Played {
        self.run(Backup::new(["src"]).host("example"))
    }

    /// Makes a backup that is not recorded.
    pub fn run(&self, backup: Backup) -> Played {
        complete(self.restic().run(backup)?).map(drop)
    }

    /// The largest pack of the repository: the one with the data.
    pub fn largest_pack(&self) -> Played<PathBuf> {
        let mut packs = Vec::new();
        for directory in fs::read_dir(self.path("repo/data"))? {
            for pack in fs::read_dir(directory?.path())? {
                let pack = pack?;
                packs.push((pack.metadata()?.len(), pack.path()));
            }
        }
        let largest = packs.into_iter().max().ok_or("no packs")?;
        Ok(largest.1)
    }

    /// Changes a byte in the middle of a file that may be read only.
    pub fn spoil(&self, path: &Path) -> Played {
        let mut bytes = fs::read(path)?;
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        fs::remove_file(path)?;
        Ok(fs::write(path, bytes)?)
    }

    /// A backup that goes on and on, and holds a lock.
    pub fn hold_lock(&self) -> Played<Holder> {
        cheap_repository::make_endless(&self.path("endless"))?;
        let mut command = Command::new(&self.restic);
        command
            .arg("backup")
            .arg(self.path("endless"))
            .env("RESTIC_REPOSITORY", self.path("repo"))
            .env("RESTIC_PASSWORD_FILE", self.path("password"))
            .env("RESTIC_CACHE_DIR", self.path("cache"));
        let holder = Holder::start(&mut command)?;
        let locks = self.path("repo/locks");
        // Some versions write it under another name first.
        let is_lock = |entry: io::Result<fs::DirEntry>| {
            entry.is_ok_and(|entry| entry.file_name().len() == ID_LENGTH)
        };
        wait_until(|| Ok(fs::read_dir(&locks)?.any(is_lock)))?;
        Ok(holder)
    }

    /// A server at this address from which nothing can be removed.
    pub fn append_only_server(&self, address: &str) -> Played<Holder> {
        let program = self.rest_server.as_ref().ok_or(
            "no rest-server: name one with RESTIC_REST_SERVER, or put it beside a restic of \
             RESTIC_BINARIES",
        )?;
        let mut command = Command::new(program);
        command
            .args(["--listen", address, "--no-auth", "--append-only", "--path"])
            .arg(self.path("served"));
        let holder = Holder::start(&mut command)?;
        wait_until(|| Ok(std::net::TcpStream::connect(address).is_ok()))?;
        Ok(holder)
    }

    /// A server at this address that takes connections and never answers, as long as it is held.
    pub fn silent_server(&self, address: &str) -> Played<TcpListener> {
        Ok(TcpListener::bind(address)?)
    }

    /// A restic that may not read everything. Whoever records as an ordinary user has one already.
    pub fn unprivileged(&self) -> Played<PathBuf> {
        if privileges::is_root()? {
            let program = self.path("restic-as-nobody");
            privileges::write_program(&program, &self.restic)?;
            Ok(program)
        } else {
            Ok(self.restic.clone())
        }
    }

    /// Lets the [unprivileged](Self::unprivileged) restic write what is here so far.
    pub fn give_away(&self) -> Played {
        if privileges::is_root()? {
            privileges::give_away(&self.directory)?;
        }
        Ok(())
    }

    /// Makes a file that nobody may read.
    pub fn write_unreadable(&self, name: &str) -> Played {
        self.write(name, "not for you\n")?;
        Ok(privileges::set_mode(&self.path(name), 0o000)?)
    }
}

fn wait_until(is_so: impl Fn() -> io::Result<bool>) -> Played {
    let begin = Instant::now();
    while !is_so()? {
        if begin.elapsed() >= PATIENCE {
            return Err("waited in vain".into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// A program in the background, which is killed when this is dropped.
#[derive(Debug)]
pub struct Holder(Child);

impl Holder {
    fn start(command: &mut Command) -> io::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().map(Self)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
