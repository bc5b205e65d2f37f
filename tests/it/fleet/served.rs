//! A small HTTP server of the tests' own, on this machine, which answers as a closure says and keeps what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// As it was sent.
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// Requests of this method for this path before this one.
    pub before: usize,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The first and the last byte that are asked for.
    pub fn range(&self) -> Option<(usize, Option<usize>)> {
        let (from, to) = self.header("range")?.strip_prefix("bytes=")?.split_once('-')?;
        Some((from.parse().ok()?, to.parse().ok()))
    }
}

/// An answer.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Only so many bytes of it are sent.
    pub breaks_at: Option<usize>,
}

pub fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, headers: Vec::new(), body: body.into(), breaks_at: None }
}

impl Reply {
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn breaking_at(mut self, at: usize) -> Self {
        self.breaks_at = Some(at);
        self
    }

    /// The part of its body that is asked for.
    pub fn ranged(mut self, asked: &Asked) -> Self {
        let Some((from, to)) = asked.range() else { return self };
        let all = self.body.len();
        if from >= all {
            return reply(416, "");
        }
        let end = to.map_or(all, |to| all.min(to + 1));
        self.headers.push(("Content-Range", format!("bytes {from}-{}/{all}", end - 1)));
        self.body = self.body[from..end].to_vec();
        self.status = 206;
        self
    }
}

/// The server. It ends with the process.
#[derive(Clone)]
pub struct Served {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Served {
    pub fn new(answers: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let served = Served { port: listener.local_addr().unwrap().port(), asked: Arc::default() };
        let (serving, answers) = (served.clone(), Arc::new(answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (serving, answers) = (serving.clone(), answers.clone());
                std::thread::spawn(move || drop(serving.serve(stream, &*answers)));
            }
        });
        served
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What was asked, with a word in its path.
    pub fn asked(&self, word: &str) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().filter(|asked| asked.path.contains(word)).cloned().collect()
    }

    pub fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }

    fn serve(&self, mut stream: TcpStream, answers: &dyn Fn(&Asked) -> Reply) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut words = line.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default().to_owned();
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? <= 2 {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query = query.split('&').filter_map(|pair| pair.split_once('='));
        let query = query.map(|(name, value)| (name.to_owned(), decoded(value))).collect();
        let asked = {
            let mut all = self.asked.lock().unwrap();
            let before = all.iter().filter(|one| one.path == path && one.method == method).count();
            let asked = Asked { method: method.clone(), path: path.to_owned(), query, headers, body, before };
            all.push(asked.clone());
            asked
        };
        let Reply { status, headers, body, breaks_at } = answers(&asked);
        let mut head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
        if method != "HEAD" {
            stream.write_all(&body[..breaks_at.unwrap_or(body.len()).min(body.len())])?;
        }
        // Whoever reads must not see the end before the bytes.
        stream.shutdown(Shutdown::Write)?;
        stream.read(&mut [0; 64]).map(drop)
    }
}

/// Text as it was before it was percent-encoded.
pub fn decoded(text: &str) -> String {
    let (bytes, mut plain, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let one = match bytes[at] {
            b'%' => {
                at += 2;
                u8::from_str_radix(&text[at - 1..=at], 16).unwrap()
            }
            byte => byte,
        };
        plain.push(one);
        at += 1;
    }
    String::from_utf8(plain).unwrap()
}
