//! A PostgreSQL server of the tests' own: made in a temporary folder, listening on a socket and on loopback alone, and gone
//! with this program. Every test takes a database of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// A running server.
pub struct Server {
    folder: tempfile::TempDir,
    port: u16,
    process: Mutex<Option<Child>>,
}

/// The server that all tests share; none, and a line that says so, where PostgreSQL is not installed.
pub fn shared() -> Option<&'static Server> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    SHARED.get_or_init(Server::start).as_ref()
}

/// The folder of the programs of the newest PostgreSQL that is installed.
fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    let has_all =
        |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file());
    folders.into_iter().find(has_all)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

/// A program that ends with this one, as a user that may run PostgreSQL: it refuses root.
fn program(path: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    command.arg(path).stdin(Stdio::null());
    command
}

/// Removes the folder once this program is gone, for a server in a static is never dropped.
fn sweep(folder: &Path) {
    let broom = Command::new("sh")
        .args(["-c", r#"cat > /dev/null; until rm -rf "$0"; do sleep 1; done"#])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Its input ends when the last handle closes, which is at the end of this program.
    std::mem::forget(broom);
}

impl Server {
    /// A server of one's own, to stop and to start again.
    pub fn start() -> Option<Server> {
        let Some(programs) = programs() else {
            eprintln!("SKIPPED: the store on a server, PostgreSQL is not installed");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("tm-pg").tempdir().unwrap();
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(folder.path()).status().unwrap();
            assert!(owned.success());
        }
        sweep(folder.path());
        let data = folder.path().join("data");
        let made = program(&programs.join("initdb"))
            .args([
                "--auth=trust",
                "--username=owner",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-D",
            ])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Server { folder, port, process: Mutex::new(None) };
        server.run();
        Some(server)
    }

    /// Starts the server, and waits until it answers.
    pub fn run(&self) {
        let programs = programs().unwrap();
        let mut command = program(&programs.join("postgres"));
        command
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .arg("-k")
            .arg(self.folder.path())
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-F"])
            .args(["-c", "max_connections=200", "-c", "log_min_messages=fatal"])
            // What is written here is thrown away: little of it is kept.
            .args(["-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // The signal at its end comes when the thread ends that started it: that one never does.
        let (give, get) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let _ = give.send(command.spawn().unwrap());
            loop {
                std::thread::park();
            }
        });
        *self.process.lock().unwrap() = Some(get.recv().unwrap());
        let started = Instant::now();
        while self.sql("postgres", "SELECT 1").is_err() {
            assert!(started.elapsed() < Duration::from_secs(60), "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops it as a failing machine would: connections break.
    pub fn stop(&self) {
        if let Some(mut process) = self.process.lock().unwrap().take() {
            let _ = Command::new("kill").args(["-QUIT", &process.id().to_string()]).status();
            let _ = process.wait();
        }
    }

    /// A database that nobody used yet, by its URL.
    pub fn fresh(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}")).unwrap();
        self.url("owner", &name)
    }

    /// The URL of a database for a role.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs SQL in a database as its owner; what it gives, or what went wrong.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String, String> {
        self.sql_as("owner", database, sql)
    }

    /// The same as a role.
    pub fn sql_as(&self, role: &str, database: &str, sql: &str) -> Result<String, String> {
        let done = Command::new(programs().unwrap().join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p"])
            .arg(self.port.to_string())
            .args(["-U", role, "-d", database, "-c", sql])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        match done.status.success() {
            true => Ok(String::from_utf8(done.stdout).unwrap().trim().to_owned()),
            false => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        if is_root() {
            // What is another user's goes with it; so does the folder.
            let _ = std::fs::remove_dir_all(self.folder.path().join("data"));
        }
    }
}

/// The name of the database in a URL.
pub fn database(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}
