//! The doors through which files are read and written: within limits, only what is a file, whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use touchmark::Code;
use touchmark::disk::{
    Unread, end, folder_of, read_small, replace, start, whole, write_new, write_private, write_whole,
};

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Desk(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.path("file");
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Everything that lies in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_file_is_read_up_to_its_limit_and_not_a_byte_further() {
    let desk = Desk::new();
    let file = desk.file(b"0123456789");
    assert_eq!(whole(&file, 10).unwrap(), b"0123456789");
    assert!(matches!(whole(&file, 9), Err(Unread::TooLarge(9))));
    assert_eq!(read_small(&file, 9).unwrap_err().code, Code::TooLarge);
    assert_eq!(start(&file, 11).unwrap(), (b"0123456789".to_vec(), true));
    assert_eq!(start(&file, 10).unwrap(), (b"0123456789".to_vec(), true));
    assert_eq!(start(&file, 9).unwrap(), (b"012345678".to_vec(), false));
    assert_eq!(start(&file, 0).unwrap(), (Vec::new(), false));
    assert_eq!(end(&file, 3).unwrap(), b"789");
    assert_eq!(end(&file, 11).unwrap(), b"0123456789");
    assert_eq!(end(&file, 0).unwrap(), b"");
}

#[test]
fn a_file_that_is_too_large_is_refused_before_memory_is_taken_for_it() {
    let desk = Desk::new();
    let file = desk.path("file");
    // More than any machine has; the file is a hole and takes no place.
    if fs::File::create(&file).unwrap().set_len(1 << 43).is_err() {
        return;
    }
    assert!(matches!(whole(&file, 1 << 20), Err(Unread::TooLarge(_))));
    let (head, complete) = start(&file, 16).unwrap();
    assert_eq!((head, complete), (vec![0; 16], false));
    assert_eq!(end(&file, 16).unwrap(), [0; 16]);
}

/// What the system makes while it is read has no size before.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_turns_out_larger_than_its_size_said_is_refused() {
    let file = Path::new("/proc/self/status");
    assert_eq!(fs::metadata(file).unwrap().len(), 0);
    assert!(matches!(whole(file, 10), Err(Unread::TooLarge(10))));
    assert!(!whole(file, 1 << 20).unwrap().is_empty());
}

/// Opening a pipe to which nobody writes would wait for ever.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_neither_read_nor_replaced() {
    let desk = Desk::new();
    let pipe = desk.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (sender, heard) = std::sync::mpsc::channel();
    let folder = desk.0.path().to_owned();
    std::thread::spawn(move || {
        for path in [pipe, folder, "/dev/zero".into()] {
            let is_refused = |refused| matches!(refused, Unread::NotAFile);
            assert!(whole(&path, 10).is_err_and(is_refused), "{path:?}");
            assert!(start(&path, 10).is_err_and(is_refused), "{path:?}");
            assert!(end(&path, 10).is_err_and(is_refused), "{path:?}");
            assert_eq!(read_small(&path, 10).unwrap_err().code, Code::Read, "{path:?}");
            assert_eq!(replace(&path, None, b"new").unwrap_err().code, Code::Write, "{path:?}");
        }
        sender.send(()).unwrap();
    });
    heard.recv_timeout(std::time::Duration::from_secs(60)).expect("all of them are refused");
    assert_eq!(desk.names(), ["pipe"]);
}

#[test]
fn a_new_file_takes_no_others_place_and_leaves_nothing_beside_it() {
    let desk = Desk::new();
    let file = desk.file(b"theirs");
    assert_eq!(write_new(&file, b"ours").unwrap_err().code, Code::Write);
    assert_eq!(fs::read(&file).unwrap(), b"theirs");
    assert_eq!(desk.names(), ["file"]);
    write_new(&desk.path("other"), b"ours").unwrap();
    assert_eq!(fs::read(desk.path("other")).unwrap(), b"ours");
    write_whole(&file, b"ours").unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"ours");
    assert_eq!(desk.names(), ["file", "other"]);
}

#[cfg(unix)]
#[test]
fn a_private_file_is_for_its_owner_alone_and_others_are_as_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let mode = |name: &str| fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o7777;
    fs::write(desk.path("any"), b"").unwrap();
    write_whole(&desk.path("whole"), b"").unwrap();
    write_new(&desk.path("new"), b"").unwrap();
    assert_eq!((mode("whole"), mode("new")), (mode("any"), mode("any")));
    // Also where one stands that all could read.
    fs::write(desk.path("private"), b"").unwrap();
    fs::set_permissions(desk.path("private"), fs::Permissions::from_mode(0o666)).unwrap();
    write_private(&desk.path("private"), b"secret").unwrap();
    assert_eq!(mode("private"), 0o600);
}

#[cfg(unix)]
#[test]
fn replacing_keeps_the_link_and_the_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let (file, link) = (desk.file(b"before"), desk.path("link"));
    std::os::unix::fs::symlink("file", &link).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    replace(&link, Some(b"before"), b"after").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&file).unwrap(), b"after");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(desk.names(), ["file", "link"]);
}

#[test]
fn a_file_that_may_not_be_written_is_not_replaced() {
    let desk = Desk::new();
    let file = desk.file(b"before");
    let writable = fs::metadata(&file).unwrap().permissions();
    let mut locked = writable.clone();
    locked.set_readonly(true);
    fs::set_permissions(&file, locked).unwrap();
    assert_eq!(replace(&file, None, b"after").unwrap_err().code, Code::Write);
    assert_eq!((fs::read(&file).unwrap(), desk.names()), (b"before".to_vec(), vec!["file".to_owned()]));
    fs::set_permissions(&file, writable).unwrap();
}

#[test]
fn what_somebody_else_has_written_meanwhile_is_not_replaced() {
    let desk = Desk::new();
    for meanwhile in [&b"before and more"[..], b"befor", b"beforE", b""] {
        let file = desk.file(meanwhile);
        assert_eq!(replace(&file, Some(b"before"), b"after").unwrap_err().code, Code::Changed);
        assert_eq!((fs::read(&file).unwrap(), desk.names()), (meanwhile.to_vec(), vec!["file".to_owned()]));
    }
    replace(&desk.path("file"), None, b"after").unwrap();
    assert_eq!(fs::read(desk.path("file")).unwrap(), b"after");
    assert_eq!(replace(&desk.path("nothing"), None, b"after").unwrap_err().code, Code::Write);
    assert_eq!(desk.names(), ["file"]);
}

#[test]
fn a_bare_name_stands_in_the_folder_where_the_program_runs() {
    assert_eq!(folder_of(Path::new("file")), Path::new("."));
    assert_eq!(folder_of(Path::new("a/file")), Path::new("a"));
    assert_eq!(folder_of(Path::new("/file")), Path::new("/"));
}
