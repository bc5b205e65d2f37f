//! A person's way through the workbench, in a real pty. Waits for text, never for time.

use crate::support::copy_of_samples;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long to wait for a text: a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    pub fn open(workspace: &Path, columns: u16, rows: u16) -> Self {
        Self::open_with(workspace, columns, rows, &[])
    }

    pub fn open_with(workspace: &Path, columns: u16, rows: u16, arguments: &[&str]) -> Self {
        let pty = native_pty_system()
            .openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_touchmark"));
        command.args(["open", workspace.to_str().unwrap()]);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0)));
        let mut reader = pty.master.try_clone_reader().unwrap();
        let drawn = screen.clone();
        let raw = Arc::new(Mutex::new(Vec::new()));
        let received = raw.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read) = reader.read(&mut bytes) {
                if read == 0 {
                    break;
                }
                received.lock().unwrap().extend_from_slice(&bytes[..read]);
                drawn.lock().unwrap().process(&bytes[..read]);
            }
        });
        let writer = pty.master.take_writer().unwrap();
        Terminal { screen, raw, writer, child, _master: pty.master }
    }

    /// All bytes that the terminal received.
    pub fn raw(&self) -> Vec<u8> {
        self.raw.lock().unwrap().clone()
    }

    pub fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    pub fn wait(&self, wanted: &str) {
        let began = Instant::now();
        while !self.text().contains(wanted) {
            assert!(began.elapsed() < PATIENCE, "no {wanted:?} on the screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn gone(&self, unwanted: &str) {
        let began = Instant::now();
        while self.text().contains(unwanted) {
            assert!(began.elapsed() < PATIENCE, "{unwanted:?} is still on the screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Quits from the first screen, and says yes where something still runs.
    pub fn quits(&mut self) {
        self.keys("q");
        let began = Instant::now();
        while self.child.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE {
            if self.text().contains("Quit?") {
                self.keys("y");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What is drawn, also after the end.
    pub fn screen(&self) -> Arc<Mutex<vt100::Parser>> {
        self.screen.clone()
    }

    /// Ends the program at once, as a power failure would.
    pub fn kill(mut self) {
        let id = self.child.process_id().unwrap().try_into().unwrap();
        rustix::process::kill_process(
            rustix::process::Pid::from_raw(id).unwrap(),
            rustix::process::Signal::KILL,
        )
        .unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until the program has ended; its exit status, and that the terminal is as it was.
    pub fn ends(mut self) -> u32 {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < PATIENCE, "still running:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        };
        // The reader may still hold the last bytes.
        while self.screen.lock().unwrap().screen().alternate_screen() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        let screen = self.screen.lock().unwrap();
        let screen = screen.screen();
        assert!(!screen.alternate_screen(), "the alternate screen was left on");
        assert!(!screen.hide_cursor(), "the cursor was left hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste was left on");
        assert_eq!(
            screen.mouse_protocol_mode(),
            vt100::MouseProtocolMode::None,
            "the mouse was left captured"
        );
        status.exit_code()
    }
}

#[test]
fn a_stranger_finds_the_tampered_model_reads_what_differs_and_leaves_the_terminal_as_it_was() {
    let dir = copy_of_samples();
    let mut terminal = Terminal::open(dir.path(), 100, 30);
    terminal.wait("nothing verified yet");
    // Two keys, as the screen says: mark all, verify. The worst is told by name and comes first; its details stand
    // beside it.
    terminal.keys("*V");
    terminal.wait("support-bot-7b fails: FILES-CHANGED");
    terminal.keys("g");
    terminal.wait("model-00003-of-00004");
    terminal.wait("support-bot-7b");
    terminal.keys("\r");
    terminal.wait("FILES-CHANGED");
    terminal.wait("What this means");
    terminal.keys("q");
    terminal.wait("Models");
    terminal.keys("/receipt-reader");
    terminal.wait("1 of 1, 43 in all");
    terminal.keys("\u{1b}");
    terminal.gone("43 in all");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn every_screen_opens_at_80_by_24() {
    let dir = copy_of_samples();
    let mut terminal = Terminal::open(dir.path(), 80, 24);
    terminal.wait("Models");
    for (key, title) in [
        ("2", "focus "),
        ("4", "Basic Artifact Integrity"),
        ("5", "trust-policy/0.1"),
        ("6", "no case: I on a model"),
        ("7", "43 models"),
        ("8", "Jobs ·"),
        ("?", "On this screen"),
    ] {
        terminal.keys(key);
        terminal.wait(title);
    }
    terminal.keys("\u{1b}");
    // A key that comes at once after Esc would be read as Alt and that key.
    terminal.gone("On this screen");
    terminal.keys("1");
    terminal.wait("Models");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_tiny_terminal_is_told_how_much_is_needed() {
    let dir = copy_of_samples();
    let mut terminal = Terminal::open(dir.path(), 20, 5);
    terminal.wait("60");
    terminal.keys("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn somebody_finds_what_fails_of_one_publisher_keeps_it_as_a_view_and_goes_to_a_model_by_name() {
    let dir = copy_of_samples();
    for (columns, rows) in [(80, 24), (160, 50)] {
        let mut terminal = Terminal::open(dir.path(), columns, rows);
        terminal.wait("of 43");
        terminal.keys("fp");
        terminal.wait("/ publisher:");
        terminal.keys("ac\t");
        terminal.wait("/ publisher:acme");
        terminal.keys("kind:ad\t\r");
        terminal.wait("publisher:acme kind:adapter");
        terminal.wait("43 in all");
        terminal.keys("\u{13}");
        terminal.wait("Keep this view");
        terminal.keys("adapters\r");
        terminal.wait("kept as the view `adapters`");
        terminal.keys("\u{10}");
        terminal.wait("Go to a model");
        terminal.keys("badge");
        terminal.wait("1 of 43");
        terminal.keys("\r");
        terminal.wait("all models are shown");
        terminal.wait("acme/badge-check");
        terminal.keys("q");
        assert_eq!(terminal.ends(), 0);
    }
}
