//! Locations and keys: one spelling, no credentials, and no key that leads out of its place.

use std::fs;
use std::ops::ControlFlow;
use touchmark::Code;
use touchmark::remote::{Files, Folder, KeyFault, Location, Seen, check_key};

#[test]
fn a_location_has_one_spelling_and_holds_no_credentials() {
    for (text, spelled) in [
        ("s3://models", "s3://models"),
        ("s3://models/", "s3://models"),
        ("s3://models/a/b/", "s3://models/a/b"),
        ("s3://my.models-1/x y", "s3://my.models-1/x y"),
        ("/nowhere/at/all", "file:/nowhere/at/all"),
        ("file:/nowhere/at/all", "file:/nowhere/at/all"),
        ("file:///nowhere/at/all", "file:/nowhere/at/all"),
        ("oci://Registry.Example/acme/tiny", "oci://registry.example/acme/tiny"),
        ("oci://registry.example:5000/tiny:V1.0_x-y", "oci://registry.example:5000/tiny:V1.0_x-y"),
        ("oci://[::1]:5000/a/b-c/d__e:1", "oci://[::1]:5000/a/b-c/d__e:1"),
        ("gs://models_1.example/a/", "gs://models_1.example/a"),
        ("az://models-1", "az://models-1"),
        ("az://models/x y/", "az://models/x y"),
        ("hf-mirror://Hub.Example/Acme/Tiny", "hf-mirror://hub.example/Acme/Tiny"),
        ("hf-mirror://hub.example:8080/gpt2@refs/pr/1", "hf-mirror://hub.example:8080/gpt2@refs/pr/1"),
        ("hf-mirror://[::1]/a/b_c.d-e@v1.0", "hf-mirror://[::1]/a/b_c.d-e@v1.0"),
        (PINNED, PINNED),
    ] {
        let location = Location::parse(text).unwrap();
        assert_eq!(location.to_string(), spelled, "{text}");
        assert_eq!(Location::parse(spelled).unwrap(), location, "{text}");
    }
    for text in [
        "",
        "file:",
        "s3://",
        "s3://ab",
        "s3://Models",
        "s3://key:secret@models/x",
        "s3://key@models",
        "s3://models/x?X-Amz-Signature=1",
        "s3://models/x#y",
        "s3://models/../other",
        "s3://models//x",
        "s3://models/a\u{202e}b",
        "s3://a..b",
        "s3://-models",
        "gs://",
        "gs://ab",
        "gs://Models/x",
        "gs://user:secret@models/x",
        "gs://models/x?token=secret",
        "gs://models/../x",
        "az://",
        "az://models_1/x",
        "az://models.1/x",
        "az://models/x?sv=1&sig=secret",
        "az://account:secret@models/x",
        "abfs://models/x",
        "hf-mirror://",
        "hf-mirror://hub.example",
        "hf-mirror://hub.example/",
        "hf-mirror:///acme/tiny",
        "hf-mirror://hub.example/a/b/c",
        "hf-mirror://hub.example/a//b",
        "hf-mirror://hub.example/../b",
        "hf-mirror://hub.example/a/-b",
        "hf-mirror://hub.example/a/b--c",
        "hf-mirror://hub.example/a/b@",
        "hf-mirror://hub.example/a/b@x@y",
        "hf-mirror://hub.example/a/b@../x",
        "hf-mirror://hub.example/a/b@x//y",
        "hf-mirror://hub.example/a/b@x%2fy",
        "hf-mirror://hub.example/a/b?token=secret",
        "hf-mirror://user:secret@hub.example/a/b",
        "hf-mirror://hub.example:x/a/b",
        "https://models.example/x",
        "oci://",
        "oci://registry.example",
        "oci://registry.example/",
        "oci:///tiny",
        "oci://registry.example:/tiny",
        "oci://registry.example:x/tiny",
        "oci://registry.example:5000:1/tiny",
        "oci://registry..example/tiny",
        "oci://::1/tiny",
        "oci://[::1/tiny",
        "oci://registry.example/Tiny",
        "oci://registry.example/acme//tiny",
        "oci://registry.example/acme/../tiny",
        "oci://registry.example/-tiny",
        "oci://registry.example/tiny:",
        "oci://registry.example/tiny:.v1",
        "oci://registry.example/tiny:v1/x",
        "oci://registry.example/tiny@sha256:12",
        "oci://registry.example/tiny@sha512:12",
        "oci://registry.example/tiny:v1@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "oci://registry.example/tiny?x=1",
        "oci://me:hunter2@registry.example/tiny",
        "oci://registry.example/ti\u{202e}ny",
    ] {
        let error = Location::parse(text).unwrap_err();
        assert_eq!(error.code, Code::Usage, "{text}: {error}");
    }
    // What may be a secret is not said again in what to do.
    for text in [
        "s3://AKIA:hunter2@models/x",
        "gs://me:hunter2@models/x",
        "az://models/x?sv=1&sig=hunter2",
        "az://me:hunter2/x",
        "gs://models/x#hunter2",
        "oci://me:hunter2@registry.example/tiny",
        "oci://me:hun?ter2hunter2@registry.example/tiny",
        "hf-mirror://me:hunter2@hub.example/a/b",
        "hf-mirror://hub.example/a/b?token=hunter2",
        "hf-mirror://hub.example/a/b?token=x@hunter2",
    ] {
        let error = Location::parse(text).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2") && error.help.is_some(), "{error:?}");
    }
}

const PINNED: &str =
    "oci://localhost/tiny@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn above_and_below_are_the_reverse_of_each_other() {
    for text in ["s3://models/runs", "s3://models", "/srv/runs"] {
        let place = Location::parse(text).unwrap();
        let below = place.below("x");
        assert_eq!(below.name(), "x");
        assert_eq!(below.above(), Some(place));
    }
    let place = Location::parse("oci://registry.example/acme/tiny:v1").unwrap();
    assert_eq!((place.name().as_str(), place.takes_objects()), ("tiny:v1", false));
    assert_eq!(place.above().unwrap().to_string(), "oci://registry.example/acme");
    for kind in ["s3", "gs", "az"] {
        let place = Location::parse(&format!("{kind}://models")).unwrap();
        assert!(place.takes_objects() && place.above().is_none() && place.one_model().is_none(), "{kind}");
        let below = place.below("a").below("b/c");
        assert_eq!((below.to_string(), below.name()), (format!("{kind}://models/a/b/c"), "c".to_owned()));
        assert_eq!(below.above().unwrap().to_string(), format!("{kind}://models/a/b"));
    }
    let hub = Location::parse("hf-mirror://hub.example/acme/tiny@v1").unwrap();
    assert_eq!((hub.name().as_str(), hub.takes_objects(), hub.above()), ("tiny", false, None));
    assert_eq!(hub.one_model().as_deref(), Some("acme/tiny/"));
    assert_eq!(Location::parse("s3://models").unwrap().name(), "models");
}

#[test]
fn only_clean_keys_are_paths() {
    for key in ["a", "a/b.safetensors", "ä/ö", "a b/c", "a..b/..c", "..."] {
        assert_eq!(check_key(key), Ok(()), "{key:?}");
    }
    for (key, fault) in [
        ("", KeyFault::EmptyPart),
        ("a//b", KeyFault::EmptyPart),
        ("a/", KeyFault::EmptyPart),
        ("/etc/passwd", KeyFault::Absolute),
        ("a\\..\\b", KeyFault::Absolute),
        ("../a", KeyFault::Relative),
        ("a/../b", KeyFault::Relative),
        ("a/./b", KeyFault::Relative),
        ("a\u{0}b", KeyFault::Hidden),
        ("a\nb", KeyFault::Hidden),
        ("a\u{1b}[2Jb", KeyFault::Hidden),
        ("a\u{202e}b", KeyFault::Hidden),
    ] {
        assert_eq!(check_key(key), Err(fault), "{key:?}");
    }
    assert_eq!(check_key(&"a".repeat(255)), Ok(()));
    assert_eq!(check_key(&"a".repeat(256)), Err(KeyFault::TooLong));
    assert_eq!(check_key(&"a/".repeat(600)), Err(KeyFault::TooLong));
    assert_eq!(check_key(&"abc/".repeat(300)), Err(KeyFault::TooLong));
}

#[cfg(unix)]
#[test]
fn a_folder_is_listed_as_a_bucket_is_and_nothing_leads_out_of_it() {
    use std::os::unix::ffi::OsStringExt;
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root");
    fs::create_dir_all(root.join("a/b")).unwrap();
    for name in ["a.txt", "a-b", "a/x", "a/b/y", "a0", "b"] {
        fs::write(root.join(name), name).unwrap();
    }
    fs::write(dir.path().join("secret"), "secret").unwrap();
    std::os::unix::fs::symlink("../secret", root.join("link")).unwrap();
    std::os::unix::fs::symlink("..", root.join("up")).unwrap();
    let odd = std::ffi::OsString::from_vec(b"odd\xff".to_vec());
    fs::write(root.join(&odd), "odd").unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, root.join("pipe"), rustix::fs::Mode::RWXU).unwrap();
    let place = Folder::new(&root);
    let (mut keys, mut faults) = (Vec::new(), Vec::new());
    place
        .list(&mut |seen| {
            match seen {
                Seen::Object(object) => keys.push(object.key),
                Seen::Odd { key, fault } => faults.push((key, fault)),
            }
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(keys, sorted, "the order of the bytes, as S3 lists");
    assert_eq!(keys, ["a-b", "a.txt", "a/b/y", "a/x", "a0", "b"]);
    let fault = |name: &str| faults.iter().find(|(key, _)| key == name).map(|(_, fault)| *fault);
    assert_eq!((fault("link"), fault("up")), (Some(KeyFault::Link), Some(KeyFault::Link)));
    assert_eq!(fault("pipe"), Some(KeyFault::NotAFile));
    assert!(faults.iter().any(|(_, fault)| *fault == KeyFault::NotText));
    for key in ["../secret", "link/../../secret", "/etc/passwd"] {
        assert!(place.state(key).is_err() && place.small(key, 100).is_err(), "{key}");
        assert!(place.put_new(key, b"x").is_err(), "{key}");
    }
    assert!(place.small("link", 100).is_err(), "a link is not followed");
    assert_eq!(fs::read(dir.path().join("secret")).unwrap(), b"secret");
    assert_eq!(place.state("nothing").unwrap_err().code, Code::NotFound);
    assert_eq!(place.small("b", 0).unwrap_err().code, Code::TooLarge);
}

#[test]
fn a_read_gives_the_state_that_was_listed_or_says_that_it_changed() {
    let dir = tempfile::tempdir().unwrap();
    let place = Folder::new(dir.path());
    assert!(place.put_new("a/b", b"12345").unwrap());
    assert!(!place.put_new("a/b", b"other").unwrap(), "nothing is replaced");
    let object = place.state("a/b").unwrap();
    assert_eq!(place.read(&object, 1..3).unwrap(), b"23");
    assert_eq!(place.read(&object, 0..9).unwrap_err().code, Code::Changed, "there are no so many bytes");
    fs::write(dir.path().join("a/b"), b"54321").unwrap();
    assert_eq!(place.read(&object, 1..3).unwrap_err().code, Code::Changed);
    fs::remove_file(dir.path().join("a/b")).unwrap();
    assert_eq!(place.read(&object, 1..3).unwrap_err().code, Code::NotFound);
}
