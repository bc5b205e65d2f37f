//! The zip of a pack has one form, and any other is refused by what is odd about it.

use std::collections::BTreeMap;
use std::io::Cursor;
use touchmark::Code;
use touchmark::pack::{Archive, crc32};

/// Members by name.
pub type Members = BTreeMap<String, Vec<u8>>;

/// A zip in the form of a pack, but for what is done to it: to what stands before a member, to its entry in the
/// directory, and to the end.
pub struct Zip<'a> {
    pub members: Vec<(&'a str, &'a [u8])>,
    pub local: &'a dyn Fn(usize, &mut Vec<u8>),
    pub central: &'a dyn Fn(usize, &mut Vec<u8>),
    pub end: &'a dyn Fn(&mut Vec<u8>),
}

impl<'a> Zip<'a> {
    pub fn of(members: &'a Members) -> Self {
        let members = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        Zip { members, local: &|_, _| (), central: &|_, _| (), end: &|_| () }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        for (index, (name, bytes)) in self.members.iter().enumerate() {
            let (size, offset) = (bytes.len() as u32, file.len() as u32);
            let mut both = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
            [crc32(bytes), size, size].iter().for_each(|number| both.extend(number.to_le_bytes()));
            both.extend((name.len() as u16).to_le_bytes());
            both.extend([0, 0]);
            let mut local = [b"PK\x03\x04", both.as_slice(), name.as_bytes()].concat();
            (self.local)(index, &mut local);
            file.extend(local);
            file.extend(*bytes);
            let mut central = [b"PK\x01\x02\x14\x00", both.as_slice(), &[0; 10]].concat();
            central.extend(offset.to_le_bytes());
            central.extend(name.as_bytes());
            (self.central)(index, &mut central);
            directory.extend(central);
        }
        let (size, offset) = (directory.len() as u32, file.len() as u32);
        let many = (self.members.len() as u16).to_le_bytes();
        let mut end = [b"PK\x05\x06".as_slice(), &[0; 4], &many, &many].concat();
        end.extend(size.to_le_bytes());
        end.extend(offset.to_le_bytes());
        end.extend([0, 0]);
        (self.end)(&mut end);
        [file, directory, end].concat()
    }
}

/// What is wrong with a zip that is not in the form of a pack.
#[track_caller]
fn refused(bytes: Vec<u8>, what: &str) {
    let length = bytes.len() as u64;
    let error =
        Archive::open(Cursor::new(bytes), length).err().unwrap_or_else(|| panic!("taken, though {what}"));
    assert_eq!(error.code, Code::Malformed, "{error}");
    assert!(error.what.contains(what), "{what}: {error}");
}

#[test]
fn a_zip_in_any_other_form_is_refused_by_what_is_odd_about_it() {
    let some: Members = [("a/one.json", "one"), ("b.md", "two two"), ("manifest.json", "{}")]
        .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
        .into();
    let zip = || Zip::of(&some);
    let whole = zip().bytes();
    assert!(Archive::open(Cursor::new(whole.clone()), whole.len() as u64).is_ok());
    for cut in [1, 10, 22, 60, whole.len() - 1, whole.len()] {
        let bytes = whole[..whole.len() - cut].to_vec();
        let length = bytes.len() as u64;
        assert!(Archive::open(Cursor::new(bytes), length).is_err(), "{cut}");
    }
    refused([whole.as_slice(), b"x"].concat(), "something was cut off or added behind it");
    refused([b"MZ", whole.as_slice()].concat(), "its directory does not lie where the end of the file says");
    let end = |at: usize, by: u8| {
        let change = move |end: &mut Vec<u8>| end[at] = end[at].wrapping_add(by);
        Zip { end: &change, ..zip() }.bytes()
    };
    refused(end(4, 1), "does not end as a pack does");
    refused(end(8, 1), "does not end as a pack does");
    refused(end(12, 1), "its directory does not lie where");
    refused(end(16, 1), "its directory does not lie where");
    refused(end(20, 1), "does not end as a pack does");
    let fewer = |end: &mut Vec<u8>| (end[8], end[10]) = (2, 2);
    refused(Zip { end: &fewer, ..zip() }.bytes(), "its directory is longer than its members need");
    let more = |end: &mut Vec<u8>| (end[8], end[10]) = (4, 4);
    refused(Zip { end: &more, ..zip() }.bytes(), "its directory is shorter than its members need");
    // What the directory says of the second member: version, flags, method, time, checksum, sizes, extra, comment,
    // disk, attributes, place.
    for (at, what) in [
        (4, "a time, a flag, an attribute or a field"),
        (6, "a time, a flag, an attribute or a field"),
        (8, "a time, a flag, an attribute or a field"),
        (10, "a member is compressed"),
        (12, "a time, a flag, an attribute or a field"),
        (14, "a time, a flag, an attribute or a field"),
        (16, "what stands before a member is not what the directory says of it"),
        (20, "a member is compressed"),
        (24, "a member is compressed"),
        (30, "a time, a flag, an attribute or a field"),
        (32, "a time, a flag, an attribute or a field"),
        (34, "a time, a flag, an attribute or a field"),
        (36, "a time, a flag, an attribute or a field"),
        (38, "a time, a flag, an attribute or a field"),
        (42, "a member does not begin where the one before it ends"),
    ] {
        let change = move |index: usize, central: &mut Vec<u8>| {
            if index == 1 {
                central[at] += 1;
            }
        };
        refused(Zip { central: &change, ..zip() }.bytes(), what);
        // The same in what stands before the member.
        let local = move |index: usize, local: &mut Vec<u8>| {
            if index == 1 && (6..32).contains(&at) {
                local[at - 2] += 1;
            } else if index == 1 {
                local[0] += 1;
            }
        };
        refused(Zip { local: &local, ..zip() }.bytes(), "what stands before a member");
    }
    // Sizes that both lie, so that members overlap, or leave room for what nobody sees.
    for (by, what) in [(1_u8, "does not begin where the one before it ends"), (255, "does not begin where")] {
        let central = move |index: usize, central: &mut Vec<u8>| {
            if index == 0 {
                (central[20], central[24]) = (central[20].wrapping_add(by), central[24].wrapping_add(by));
            }
        };
        refused(Zip { central: &central, ..zip() }.bytes(), what);
    }
    let last = |index: usize, central: &mut Vec<u8>| {
        if index == 2 {
            (central[20], central[24]) = (1, 1);
        }
    };
    refused(Zip { central: &last, ..zip() }.bytes(), "bytes that belong to no member");
    let last = |index: usize, central: &mut Vec<u8>| {
        if index == 2 {
            (central[20], central[24]) = (200, 200);
        }
    };
    refused(Zip { central: &last, ..zip() }.bytes(), "a member reaches into the directory");
    // Names.
    for name in [
        "/etc/passwd",
        "../up.json",
        "a/../b.json",
        "a/./b",
        "a//b",
        "",
        "C:\\x",
        "a\\b",
        ".hidden",
        "a/.b",
        "a/b/c/d",
        "é.json",
        "a b",
        "a\0",
        "x/",
    ] {
        refused(Zip { members: vec![(name, b"x")], ..zip() }.bytes(), "a name that no member may have");
    }
    let long = "x".repeat(121);
    refused(Zip { members: vec![(&long, b"x")], ..zip() }.bytes(), "a name that no member may have");
    refused(Zip { members: vec![("a", b"1"), ("a", b"2")], ..zip() }.bytes(), "a member is there twice");
    refused(Zip { members: vec![("b", b"1"), ("a", b"2")], ..zip() }.bytes(), "are not sorted by name");
}
