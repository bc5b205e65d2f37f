//! Archives of PyTorch, NumPy and Keras, HDF5 and ONNX.

use miniz_oxide::deflate::compress_to_vec;
use touchmark::inventory::{Format, HazardKind, Tier};

use super::{SYSTEM, TENSOR, folder, hazards, tiers, told};

/// One entry as a ZIP archive has it; what the entry itself says may differ from the directory.
#[derive(Clone, Default)]
pub(crate) struct Entry {
    name: String,
    own_name: Option<String>,
    bytes: Vec<u8>,
    method: u16,
    says: Option<u32>,
    at: Option<u32>,
}

pub(crate) fn stored(name: &str, bytes: &[u8]) -> Entry {
    Entry { name: name.to_owned(), bytes: bytes.to_vec(), ..Entry::default() }
}

pub(crate) fn deflated(name: &str, bytes: &[u8]) -> Entry {
    let says = Some(bytes.len() as u32);
    Entry { bytes: compress_to_vec(bytes, 6), method: 8, says, ..stored(name, b"") }
}

pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let at = entry.at.unwrap_or(out.len() as u32);
        let size = entry.says.unwrap_or(entry.bytes.len() as u32);
        let own = entry.own_name.as_ref().unwrap_or(&entry.name);
        let middle = |name: &str| {
            let mut fields = [[20, 0, 0, 0], (u32::from(entry.method)).to_le_bytes(), [0; 4]].concat();
            fields.truncate(10);
            fields.extend([0; 4]);
            fields.extend((entry.bytes.len() as u32).to_le_bytes());
            fields.extend(size.to_le_bytes());
            fields.extend((name.len() as u32).to_le_bytes());
            fields
        };
        out.extend([b"PK\x03\x04".as_slice(), &middle(own), own.as_bytes(), &entry.bytes].concat());
        directory.extend([b"PK\x01\x02\x14\0".as_slice(), &middle(&entry.name), &[0; 10]].concat());
        directory.extend([&at.to_le_bytes(), entry.name.as_bytes()].concat());
    }
    let (at, count) = (out.len() as u32, (entries.len() as u16).to_le_bytes());
    out.extend(&directory);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count].concat());
    out.extend([(directory.len() as u32).to_le_bytes(), at.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

#[test]
fn pickles_in_an_archive_are_walked_stored_or_deflated() {
    for entry in [stored, deflated] {
        let archive = zip(&[stored("archive/version", b"3\n"), entry("archive/data.pkl", SYSTEM)]);
        let found = hazards("m.pt", &archive);
        assert_eq!((found.len(), found[0].tier, found[0].what.raw()), (1, Tier::Dangerous, "os.system"));
        assert_eq!(found[0].place.raw(), "archive/data.pkl, byte 0");
        let archive =
            zip(&[entry("archive/data.pkl", TENSOR), stored("archive/data/0", b"\x80\x02cos\nx\n.")]);
        assert_eq!(tiers("pytorch_model.bin", &archive), [Tier::Safe]);
        // A pickle needs no telling name.
        let archive = zip(&[entry("archive/other", b"\x80\x02cos\nsystem\n.")]);
        let found = folder(&[("m.bin", &archive)]);
        assert_eq!((found.hazards[0].tier, found.formats.clone()), (Tier::Dangerous, vec![Format::Pickle]));
    }
}

#[test]
fn an_archive_that_says_two_things_is_told_and_its_pickles_are_walked_all_the_same() {
    let other = Entry { own_name: Some("archive/data.txt".to_owned()), ..stored("archive/data.pkl", SYSTEM) };
    assert_eq!(tiers("m.pt", &zip(&[other])), [Tier::Dangerous, Tier::Suspicious]);
    let twice = zip(&[stored("a/data.pkl", TENSOR), stored("a/data.pkl", SYSTEM)]);
    assert_eq!(tiers("m.pt", &twice), [Tier::Dangerous, Tier::Suspicious, Tier::Safe]);
    let mut archive = zip(&[stored("a/data.pkl", TENSOR)]);
    archive[18] ^= 1;
    assert_eq!(tiers("m.pt", &archive), [Tier::Suspicious, Tier::Safe]);
    let mut archive = zip(&[stored("a/data.pkl", SYSTEM)]);
    archive[6] |= 1;
    assert_eq!(tiers("m.pt", &archive), [Tier::Dangerous, Tier::Suspicious]);
    let before = [b"PK\x03\x04 something before".as_slice(), &zip(&[stored("a/data.pkl", SYSTEM)])].concat();
    assert_eq!(tiers("m.pt", &before), [Tier::Unreadable]);
    let mut unknown = stored("a/data.pkl", SYSTEM);
    unknown.method = 14;
    assert_eq!(tiers("m.pt", &zip(&[unknown])), [Tier::Unreadable]);
    assert_eq!(tiers("m.pt", b"PK\x03\x04 no directory data.pkl"), [Tier::Unreadable]);
    // A comment that holds another directory: the last record does not end where the file does, and loaders take it.
    let (harmless, other) = (zip(&[stored("a/x", b"1")]), zip(&[stored("a/data.pkl", SYSTEM)]));
    let comment = [other.as_slice(), b"!"].concat();
    let mut two = [&harmless[..harmless.len() - 2], &(comment.len() as u16).to_le_bytes()].concat();
    two.extend(comment);
    assert_eq!(tiers("m.pt", &two), [Tier::Unreadable]);
    // A second name, which Python takes from 3.12 on.
    let renamed = b"\x75\x70\x0c\0\x01\0\0\0\0a/b.pkl";
    let mut archive = zip(&[stored("a/data.txt", b"1")]);
    let end = archive.len() - 22;
    archive.splice(end..end, renamed.iter().copied());
    let directory = end - 46 - "a/data.txt".len();
    archive[directory + 30] = renamed.len() as u8;
    let end = archive.len() - 22;
    archive[end + 12] += renamed.len() as u8;
    let found = hazards("m.pt", &archive);
    let renamed = found.iter().find(|hazard| hazard.why.contains("second name"));
    assert_eq!(renamed.unwrap().tier, Tier::Suspicious, "{found:?}");
}

#[test]
fn names_that_leave_the_folder_are_dangerous() {
    for name in ["../x", "/etc/x", "a/../../x", "a\\..\\x", "C:x", "~/x"] {
        let found = hazards("m.pt", &zip(&[stored(name, b"x")]));
        assert_eq!((found[0].tier, found[0].kind, found.len()), (Tier::Dangerous, HazardKind::Archive, 1));
    }
    assert_eq!(tiers("m.pt", &zip(&[stored("a/..b/x", b"x")])), [Tier::Unreadable]);
}

#[test]
fn archive_bombs_end_in_a_finding() {
    let bomb = Entry { says: Some(3 << 30), ..deflated("a/data.pkl", &vec![b'0'; 80 << 20]) };
    let found = hazards("m.pt", &zip(&[bomb]));
    assert!(found.iter().any(|hazard| hazard.why.contains("bomb")), "{found:?}");
    assert!(found.iter().any(|hazard| hazard.tier == Tier::Unreadable));
    let endless = deflated("a/data.pkl", &[b"(".repeat(900_000), b"0".repeat(70 << 20)].concat());
    let found = hazards("m.pt", &zip(std::slice::from_ref(&endless)));
    assert_eq!(found[0].tier, Tier::Unreadable, "{found:?}");
    // Many entries over the same bytes.
    let over: Vec<Entry> = (0..200)
        .map(|index| Entry { name: format!("a/{index}.pkl"), at: Some(0), ..endless.clone() })
        .take(20)
        .collect();
    let found = hazards("m.pt", &zip(&over));
    assert!(found.iter().any(|hazard| hazard.why.contains("share bytes")), "{found:?}");
    assert_eq!(found[0].tier, Tier::Unreadable);
    let mut many = zip(&[stored("a", b"")]);
    let end = many.len() - 22;
    many[end + 8..end + 12].fill(0xfe);
    assert_eq!(tiers("m.pt", &many), [Tier::Unreadable]);
}

fn array(descr: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}\n");
    [b"\x93NUMPY\x01\0".as_slice(), &(header.len() as u16).to_le_bytes(), header.as_bytes(), data].concat()
}

#[test]
fn arrays_of_objects_are_pickles() {
    for descr in [
        "'|O'",
        "[('a', '<f4'), ('b', '|O8')]",
        "'O'",
        "[('a', [('b', 'O')])]",
        "'f4,O'",
        "'(2,)O'",
        "'2O'",
        "'object_'",
        "'\\x4f'",
        r#"[("it's", '<f4'), ('b', 'O')]"#,
    ] {
        assert_eq!(
            told("a.npy", &array(descr, SYSTEM)),
            [(Tier::Dangerous, "os.system".to_owned())],
            "{descr}"
        );
    }
    let numbers = array("'<f4'", SYSTEM);
    assert!(folder(&[("a.npy", &numbers)]).formats.is_empty());
    assert!(folder(&[("a.npy", &array("[('Open', '<f4')]", b"1234"))]).hazards.is_empty());
    // An array needs no telling name, and what is no array is loaded as a pickle.
    for entry in [stored, deflated] {
        let archive = zip(&[entry("x", &array("'|O'", SYSTEM))]);
        assert_eq!(told("a.npz", &archive), [(Tier::Dangerous, "os.system".to_owned())]);
    }
    assert_eq!(told("a.npy", SYSTEM), [(Tier::Dangerous, "os.system".to_owned())]);
    // Text of that length, whatever it says.
    let numbers = array(&format!("'|S{}'", SYSTEM.len()), SYSTEM);
    let archive = zip(&[stored("x.npy", &numbers), deflated("y.npy", &array("'|O'", SYSTEM))]);
    let found = folder(&[("a.npz", &archive)]);
    assert_eq!((found.hazards.len(), found.hazards[0].tier), (1, Tier::Dangerous));
    assert_eq!(found.formats, [Format::Pickle]);
    assert_eq!(tiers("a.npy", b"\x93NUMPY\x02\0\xff\xff\xff\xff{"), [Tier::Unreadable]);
}

#[test]
fn keras_layers_that_hold_code_are_found() {
    let keras = |config: &str| told("m.keras", &zip(&[deflated("config.json", config.as_bytes())]));
    let lambda = r#"{"config":{"layers":[{"module":"keras.layers","class_name":"Lambda","config":{}}]}}"#;
    assert_eq!(keras(lambda), [(Tier::Dangerous, "Lambda".to_owned())]);
    let dense = r#"{"module":"keras","class_name":"Functional","config":{"module":"keras.layers",
        "class_name":"Dense","registered_name":null}}"#;
    assert!(keras(dense).is_empty());
    let own = r#"{"module":"mine.layers","class_name":"Odd","registered_name":"mine>Odd"}"#;
    assert_eq!(keras(own)[0], (Tier::Suspicious, "mine.layers.Odd".to_owned()));
    let registered = r#"{"module":null,"class_name":"Odd","registered_name":"mine>Odd"}"#;
    assert_eq!(keras(registered), [(Tier::Suspicious, "mine>Odd".to_owned())]);
    let system = r#"{"module":"os","class_name":"system"}"#;
    assert_eq!(keras(system), [(Tier::Dangerous, "os.system".to_owned())]);
    assert_eq!(keras("{")[0].0, Tier::Unreadable);
    let function =
        |module, name| format!(r#"{{"module":"{module}","class_name":"function","config":"{name}"}}"#);
    assert_eq!(keras(&function("builtins", "eval")), [(Tier::Dangerous, "builtins.eval".to_owned())]);
    assert!(keras(&function("builtins", "my_activation")).is_empty());
    let unsafe_mode = "enable_unsafe_deserialization";
    assert_eq!(keras(&function("keras.config", unsafe_mode))[0].0, Tier::Dangerous);
    let lookup =
        r#"{"module":"keras.layers","class_name":"StringLookup","config":{"vocabulary":"/etc/passwd"}}"#;
    assert_eq!(keras(lookup), [(Tier::Dangerous, "/etc/passwd".to_owned())]);
    assert!(keras(&lookup.replace("\"/etc/passwd\"", "[\"a\"]")).is_empty());
    // Keras reads the archive behind whatever comes first.
    let behind = [b"\x80\x02}.".as_slice(), &zip(&[stored("config.json", lambda.as_bytes())])].concat();
    assert!(tiers("m.keras", &behind).contains(&Tier::Unreadable));
    let found = folder(&[("m.keras", &zip(&[stored("config.json", lambda.as_bytes())]))]);
    assert_eq!(found.formats, [Format::KerasCode]);
    let mut h5 = [b"\x89HDF\r\n\x1a\n".as_slice(), &[0; 3000], b"{\"class_name\" : \"Lambda\"}"].concat();
    assert_eq!(told("m.h5", &h5), [(Tier::Dangerous, "Lambda".to_owned())]);
    h5.splice(8..8, vec![0; 5 << 20]);
    assert_eq!(told("m.h5", &h5), [(Tier::Dangerous, "Lambda".to_owned())]);
    // In the middle, across the steps of reading, and spelt so that a search misses it.
    h5.truncate((1 << 20) - 10);
    h5.extend(b"{\"class_name\": \"Lambda\"}");
    h5.resize(3 << 20, 0);
    assert_eq!(told("m.h5", &h5), [(Tier::Dangerous, "Lambda".to_owned())]);
    let spelt = b"\x89HDF\r\n\x1a\n {\"class_name\": \"\\u004cambda\"}";
    assert_eq!(tiers("m.h5", spelt), [Tier::Dangerous, Tier::Suspicious]);
    assert!(told("w.h5", b"\x89HDF\r\n\x1a\n weights").is_empty());
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut length = content.len();
    let mut out = vec![number << 3 | 2];
    while length > 127 {
        out.push((length & 127) as u8 | 128);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend(content);
    out
}

pub(crate) fn onnx(location: &str, domain: &str, operator: &str) -> Vec<u8> {
    let external = [field(1, b"location"), field(2, location.as_bytes())].concat();
    let tensor = [field(8, b"w"), field(13, &external), b"\x70\x01".to_vec()].concat();
    let node = [field(4, operator.as_bytes()), field(7, domain.as_bytes())].concat();
    let graph = [field(1, &node), field(5, &field(9, &[7; 300])), field(5, &tensor)].concat();
    [b"\x08\x07".to_vec(), field(7, &graph), field(8, b"\x10\x0d")].concat()
}

#[test]
fn onnx_files_outside_the_folder_and_foreign_operators_are_found() {
    assert!(told("m.onnx", &onnx("weights/w.bin", "", "MatMul")).is_empty());
    for location in ["../../etc/passwd", "/etc/passwd", "C:\\x", "\\\\host\\x", "file:///x"] {
        let found = told("m.onnx", &onnx(location, "", "MatMul"));
        assert_eq!(found, [(Tier::Dangerous, location.to_owned())]);
    }
    assert_eq!(told("m.onnx", &onnx("w", "com.evil", "X")), [(Tier::Suspicious, "com.evil".to_owned())]);
    // 25: a function of the model's own in that domain.
    let function = [b"\xca\x01".as_slice(), &field(10, b"com.mine")[1..]].concat();
    let inner = field(10, b"com.mine");
    let function = [&function[..2], &[inner.len() as u8], &inner].concat();
    assert!(told("m.onnx", &[onnx("w", "com.mine", "X"), function].concat()).is_empty());
    assert_eq!(told("m.onnx", &onnx("w", "", "PyOp"))[0].0, Tier::Dangerous);
    let whole = onnx("../x", "", "X");
    assert!(tiers("m.onnx", &whole[..whole.len() - 2]).contains(&Tier::Unreadable));
    let mut deep = Vec::new();
    for _ in 0..200 {
        deep = field(1, &field(5, &field(6, &deep)));
    }
    assert_eq!(tiers("m.onnx", &field(7, &deep)), [Tier::Unreadable]);
    assert_eq!(tiers("m.onnx", b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), [Tier::Unreadable]);
}
