//! Linux: who opens a file of the marked folders waits for an answer (fanotify), and folders tell what comes and goes
//! in them (inotify). It decides nothing.

use super::tree::stamp_of;
use super::watch::Stamp;
use crate::error::{Code, Error, Result};
use nix::errno::Errno;
use nix::fcntl::AT_FDCWD;
use nix::sys::fanotify::{
    EventFFlags, Fanotify, FanotifyEvent, FanotifyResponse, InitFlags, MarkFlags, MaskFlags, Response,
};
use nix::sys::inotify::{AddWatchFlags, InitFlags as NotifyFlags, Inotify, WatchDescriptor};
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::{Path, PathBuf};

/// Something happened to a file.
pub(super) struct Event {
    inner: FanotifyEvent,
    /// Who did it.
    pub process: i32,
    /// Whether somebody waits for an answer.
    pub waits: bool,
    /// What the file is; none where it is no regular file, or cannot be told.
    pub stamp: Option<Stamp>,
    /// Whether it is known to be no regular file.
    pub is_odd: bool,
}

impl Event {
    /// What the kernel calls the file; in a container it may have another name.
    pub(super) fn path(&self) -> PathBuf {
        let link = self.inner.fd().map(|fd| format!("/proc/self/fd/{}", fd.as_raw_fd()));
        link.and_then(|link| std::fs::read_link(link).ok()).unwrap_or_default()
    }
}

/// A group of marks.
pub(super) struct Kernel {
    group: Fanotify,
    notify: Inotify,
    folders: HashMap<WatchDescriptor, PathBuf>,
}

fn opens() -> MaskFlags {
    MaskFlags::FAN_OPEN_PERM
        | MaskFlags::FAN_OPEN_EXEC_PERM
        | MaskFlags::FAN_MODIFY
        | MaskFlags::FAN_CLOSE_WRITE
}

impl Kernel {
    /// # Errors
    /// `E-CREDENTIALS` without the right to watch; `E-READ` where the kernel cannot.
    pub(super) fn new() -> Result<Self> {
        let flags = InitFlags::FAN_CLASS_CONTENT
            | InitFlags::FAN_CLOEXEC
            | InitFlags::FAN_NONBLOCK
            | InitFlags::FAN_UNLIMITED_QUEUE
            | InitFlags::FAN_UNLIMITED_MARKS;
        // Nothing that is opened makes the guard wait.
        let files = EventFFlags::O_RDONLY
            | EventFFlags::O_LARGEFILE
            | EventFFlags::O_CLOEXEC
            | EventFFlags::O_NONBLOCK;
        let group = Fanotify::init(flags, files).map_err(|errno| match errno {
            Errno::EPERM => Error::new(Code::Credentials, "this process may not hold back who opens files")
                .help("run it as root, or give it the capability CAP_SYS_ADMIN; `--dry-run` needs it too"),
            errno => Error::new(Code::Read, format!("this kernel has no permission events ({errno})"))
                .help("a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS has; `touchmark exec` works without"),
        })?;
        let notify = Inotify::init(NotifyFlags::IN_NONBLOCK | NotifyFlags::IN_CLOEXEC)
            .map_err(|errno| Error::new(Code::Read, format!("folders cannot be watched ({errno})")))?;
        Ok(Kernel { group, notify, folders: HashMap::new() })
    }

    fn mark(&self, flags: MarkFlags, mask: MaskFlags, path: &Path) -> Result<()> {
        let marked = self.group.mark(MarkFlags::FAN_MARK_ADD | flags, mask, AT_FDCWD, Some(path));
        marked.map_err(|errno| Error::new(Code::Read, format!("cannot be guarded ({errno})")).at_path(path))
    }

    /// Holds back who opens a file in this folder, and hears what comes and goes in it.
    pub(super) fn folder(&mut self, path: &Path) -> Result<()> {
        self.mark(MarkFlags::FAN_MARK_ONLYDIR, opens() | MaskFlags::FAN_EVENT_ON_CHILD, path)?;
        let flags = AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_MOVED_TO
            | AddWatchFlags::IN_MOVED_FROM
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_ONLYDIR;
        let watched = self.notify.add_watch(path, flags).map_err(|errno| {
            Error::new(Code::Read, format!("changes of a folder cannot be watched ({errno})"))
                .at_path(path)
                .help("raise the limit: `sysctl fs.inotify.max_user_watches=1048576`")
        })?;
        self.folders.insert(watched, path.to_owned());
        Ok(())
    }

    /// Holds back who opens this file, by whatever name.
    pub(super) fn file(&self, path: &Path) -> Result<()> {
        self.mark(MarkFlags::empty(), opens(), path)
    }

    /// Holds back who opens any file of the mount that this folder lies on.
    pub(super) fn mount(&self, path: &Path) -> Result<()> {
        self.mark(MarkFlags::FAN_MARK_MOUNT, opens(), path)
    }

    /// What happened to files, as far as it is there.
    pub(super) fn events(&self) -> Result<Vec<Event>> {
        match self.group.read_events() {
            Ok(events) => Ok(events.into_iter().map(event).collect()),
            // Too many files are open here: the kernel has refused that open.
            Err(Errno::EAGAIN | Errno::EINTR | Errno::EMFILE | Errno::ENFILE) => Ok(Vec::new()),
            Err(errno) => Err(Error::new(Code::Read, format!("the kernel tells nothing any more ({errno})"))),
        }
    }

    /// Folders in which something came or went, and whether all are to be looked at: some were not told of.
    pub(super) fn stirred(&self) -> (Vec<PathBuf>, bool) {
        let (mut folders, mut lost) = (Vec::new(), false);
        while let Ok(events) = self.notify.read_events() {
            if events.is_empty() {
                break;
            }
            for event in events {
                lost |= event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW);
                folders.extend(self.folders.get(&event.wd).cloned());
            }
        }
        folders.sort();
        folders.dedup();
        (folders, lost)
    }

    /// Lets whoever waits go on, or not. False when nobody waits any more.
    pub(super) fn answer(&self, event: &Event, allow: bool) -> bool {
        let response = if allow { Response::FAN_ALLOW } else { Response::FAN_DENY };
        let Some(fd) = event.inner.fd() else { return false };
        self.group.write_response(FanotifyResponse::new(fd, response)).is_ok()
    }

    pub(super) fn files_fd(&self) -> BorrowedFd<'_> {
        self.group.as_fd()
    }

    pub(super) fn folders_fd(&self) -> BorrowedFd<'_> {
        self.notify.as_fd()
    }
}

fn event(inner: FanotifyEvent) -> Event {
    let waits = inner.mask().intersects(MaskFlags::FAN_OPEN_PERM | MaskFlags::FAN_OPEN_EXEC_PERM);
    let file = inner.fd().and_then(|fd| fd.try_clone_to_owned().ok()).map(File::from);
    let found = file.and_then(|file| file.metadata().ok());
    let stamp = found.as_ref().and_then(stamp_of);
    Event { process: inner.pid(), waits, stamp, is_odd: found.is_some() && stamp.is_none(), inner }
}
