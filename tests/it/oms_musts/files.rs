//! Sections 6 and 6.1 to 6.3: which files are signed, and by which names.

use super::*;

#[test]
pub fn an_empty_model_is_refused_at_both_ends() {
    let bench = Bench::unsigned(&[(".git/HEAD", "x"), ("skip", "y")]);
    let mut options = bench.sign_options.clone();
    options.ignore_paths = vec![bench.model().join("skip")];
    let error = sign_key(&bench.model(), &bench.key, &options, &Progress::default()).unwrap_err();
    assert_eq!((error.code, bench.bundle().exists()), (Code::Model, false));
    assert!(error.what.contains("empty"), "{error}");
    let bench = Bench::new();
    bench.edit_resources(Vec::clear);
    fails(&bench, "STATEMENT-MALFORMED");
}

#[test]
pub fn resources_are_written_in_code_point_order() {
    let bench = Bench::unsigned(&[
        ("a/b", "1"),
        ("a.b", "2"),
        ("a-b", "3"),
        ("Z", "4"),
        ("\u{1f600}", "5"),
        ("\u{ff5e}", "6"),
    ]);
    bench.sign();
    assert_eq!(names(&bench), ["Z", "a-b", "a.b", "a/b", "\u{ff5e}", "\u{1f600}"]);
    passes(&bench);
}

#[test]
pub fn all_regular_files_are_signed_and_no_folders() {
    let bench = Bench::unsigned(&[
        ("a/b/c/d", "1"),
        (".hidden/.x", "2"),
        ("empty", ""),
        (".env", "3"),
        ("sub/.git/HEAD", "4"),
    ]);
    fs::create_dir(bench.model().join("nothing")).unwrap();
    bench.sign();
    assert_eq!(names(&bench), [".env", ".hidden/.x", "a/b/c/d", "empty", "sub/.git/HEAD"]);
    passes(&bench);
}

#[test]
pub fn unknown_fields_of_a_resource_are_passed_over() {
    let bench = Bench::new();
    bench.edit_resources(|list| list[0]["mediaType"] = json!("text/plain"));
    passes(&bench);
}

#[test]
pub fn shard_size_stands_with_shards_and_only_there() {
    let bench = Bench::sharded(&[("w", b"0123456789")], 4);
    let set = |size: Option<Value>| {
        bench.edit_statement(|statement| {
            let recorded = statement["predicate"]["serialization"].as_object_mut().unwrap();
            recorded.shift_remove("shard_size");
            recorded.extend(size.map(|size| ("shard_size".to_owned(), size)));
        });
    };
    // The reference writes a float.
    set(Some(json!(4.0)));
    passes(&bench);
    for size in [None, Some(json!(0)), Some(json!(-4)), Some(json!(4.5)), Some(json!("4")), Some(json!(8))] {
        set(size);
        fails(&bench, "STATEMENT-MALFORMED");
    }
    let whole = Bench::new();
    whole.edit_statement(|statement| statement["predicate"]["serialization"]["shard_size"] = json!(4));
    fails(&whole, "STATEMENT-MALFORMED");
}

#[test]
pub fn every_hash_of_the_registry_is_written_and_verified() {
    for hash in [HashAlgorithm::Sha256, HashAlgorithm::Blake2b, HashAlgorithm::Blake3] {
        for shard_size in [None, Some(4)] {
            let mut bench = Bench::unsigned(&[("w", "0123456789"), ("v", "x")]);
            bench.sign_options.hash = hash;
            bench.sign_options.shard_size = shard_size;
            bench.sign();
            let statement = bench.statement();
            let recorded = &statement["predicate"]["serialization"];
            assert_eq!(recorded["hash_type"], hash.as_str());
            assert_eq!(recorded["method"], if shard_size.is_some() { "shards" } else { "files" });
            assert_eq!(statement["predicate"]["resources"][0]["algorithm"], hash.as_str());
            passes(&bench);
            bench.write("v", "y");
            fails(&bench, "FILES-CHANGED");
        }
    }
}

#[test]
pub fn links_are_followed_only_when_allowed_and_inside() {
    use std::os::unix::fs::symlink;
    let mut bench = Bench::unsigned(&[("real", "1")]);
    let link = |target: &str| symlink(target, bench.model().join("link")).unwrap();
    let unlink = || fs::remove_file(bench.model().join("link")).unwrap();
    let mut following = bench.sign_options.clone();
    following.allow_symlinks = true;
    for (target, plain, allowed) in
        [("real", false, true), ("/etc/hosts", false, false), (".", false, false), ("gone", false, false)]
    {
        link(target);
        let sign = |options: &SignOptions| {
            sign_key(&bench.model(), &bench.key, options, &Progress::default()).is_ok()
        };
        assert_eq!((sign(&bench.sign_options), sign(&following)), (plain, allowed), "{target}");
        unlink();
    }
    link("real");
    bench.sign_options = following;
    bench.sign();
    assert_eq!(names(&bench), ["link", "real"]);
    passes(&bench);
    bench.edit_statement(|statement| {
        statement["predicate"]["serialization"]["allow_symlinks"] = json!(false);
    });
    fails(&bench, "FILES-LINK");
}

#[test]
pub fn names_are_canonical_at_both_ends() {
    let bench = Bench::new();
    // However the model is named, its files are named from its root.
    let odd = bench.model().join("sub/.././");
    sign_key(&odd, &bench.key, &bench.sign_options, &Progress::default()).unwrap();
    assert_eq!(names(&bench), ["README.md", "config.json", "sub/vocab.txt", "weights.bin"]);
    for name in
        ["/README.md", "./README.md", "sub//vocab.txt", "sub/../README.md", "../x", "README.md/", "", ".."]
    {
        let bench = Bench::new();
        bench.edit_resources(|list| list[0]["name"] = name.into());
        fails(&bench, "STATEMENT-MALFORMED");
    }
}

#[test]
pub fn a_model_of_one_file_has_its_basename() {
    let bench = Bench::unsigned(&[("weights.bin", "1"), ("other", "2")]);
    let model = bench.model().join("weights.bin");
    sign_key(&model, &bench.key, &bench.sign_options, &Progress::default()).unwrap();
    assert_eq!(names(&bench), ["weights.bin"]);
    let verify = || {
        let progress = Progress::default();
        touchmark::signing::verify(&model, &bench.bundle(), &bench.trust, &bench.options, &progress).unwrap()
    };
    assert!(faults(&verify()).is_empty());
    // The reference up to 1.1.1 writes `.` instead.
    bench.edit_resources(|list| list[0]["name"] = json!("."));
    assert!(faults(&verify()).is_empty());
    assert_eq!(verify().files.matched, 1);
    bench.write("weights.bin", "3");
    assert_eq!(faults(&verify()), [(Stage::Files, "FILES-CHANGED")]);
}

#[test]
pub fn names_are_compared_byte_by_byte() {
    for (signed, here) in [("README.md", "readme.md"), ("caf\u{e9}", "cafe\u{301}")] {
        let bench = Bench::unsigned(&[(signed, "x"), ("other", "y")]);
        bench.sign();
        bench.rename(signed, here);
        fails(&bench, "FILES-MISSING");
    }
}

#[test]
pub fn names_that_are_not_utf8_are_refused() {
    let bench = Bench::new();
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let bad = Bench::unsigned(&[("w", "1")]);
        fs::write(bad.model().join(std::ffi::OsStr::from_bytes(b"\xff")), "x").unwrap();
        assert_eq!(sign_error(&bad, &bad.model(), &bad.sign_options), Code::Model);
    }
    let mut payload = bench.payload();
    let at = payload.windows(6).position(|window| window == b"README").unwrap();
    payload[at] = 0xff;
    bench.sign_payload(&payload, PAYLOAD_TYPE);
    fails(&bench, "STATEMENT-MALFORMED");
}

#[test]
pub fn git_files_and_the_signature_are_left_out() {
    let bench = Bench::unsigned(&[
        ("w", "1"),
        (".git/HEAD", "2"),
        (".gitattributes", "3"),
        (".github/x", "4"),
        (".gitignore", "5"),
    ]);
    bench.sign();
    bench.sign();
    assert_eq!(names(&bench), ["w"]);
    bench.write(".git/config", "later");
    passes(&bench);
}

#[test]
pub fn ignored_paths_are_plain_and_inside() {
    let mut bench = Bench::unsigned(&[("w", "1"), ("logs/a", "2"), ("logsx", "3")]);
    bench.sign_options.ignore_paths = vec![bench.model().join("logs/")];
    bench.sign();
    assert_eq!(names(&bench), ["logsx", "w"]);
    let recorded = bench.statement()["predicate"]["serialization"]["ignore_paths"].clone();
    assert_eq!(recorded, json!([".git", ".gitattributes", ".github", ".gitignore", "logs", "model.sig"]));
    passes(&bench);
    assert_eq!(bench.verify().files.ignored.len(), 1);
    for pattern in ["*.txt", "w?", "[w]"] {
        let mut options = bench.sign_options.clone();
        options.ignore_paths = vec![bench.model().join(pattern)];
        assert_eq!(sign_error(&bench, &bench.model(), &options), Code::Usage);
    }
    let record = |paths: Option<Value>| {
        bench.edit_statement(|statement| {
            let recorded = statement["predicate"]["serialization"].as_object_mut().unwrap();
            recorded.shift_remove("ignore_paths");
            recorded.extend(paths.map(|paths| ("ignore_paths".to_owned(), paths)));
        });
    };
    for bad in
        [json!(["/logs"]), json!(["../logs"]), json!(["a/../logs"]), json!([""]), json!([1]), json!("logs")]
    {
        record(Some(bad));
        fails(&bench, "STATEMENT-MALFORMED");
    }
    // A pattern that somebody else recorded is a plain name, and hides nothing else.
    record(Some(json!(["log*"])));
    fails(&bench, "FILES-EXTRA");
    fs::remove_dir_all(bench.model().join("logs")).unwrap();
    record(None);
    passes(&bench);
}

#[test]
pub fn unsigned_files_fail_unless_asked_otherwise() {
    let mut bench = Bench::new();
    bench.write("extra.bin", "x");
    fails(&bench, "FILES-EXTRA");
    bench.options.ignore_unsigned_files = true;
    let seen = bench.verify();
    assert_eq!((seen.outcome(), seen.outcome_of(Stage::Files)), (Outcome::Pass, Outcome::Partial));
    bench.write("weights.bin", "x");
    fails(&bench, "FILES-CHANGED");
    bench.remove("weights.bin");
    fails(&bench, "FILES-MISSING");
    // The flag lets no name lead out of the model.
    bench.edit_resources(|list| list[0]["name"] = json!("../model/config.json"));
    fails(&bench, "STATEMENT-MALFORMED");
}

#[test]
pub fn shards_are_whole_ranges_without_empty_files() {
    let bench = Bench::sharded(&[("w", b"0123456789"), ("empty", b""), ("eight", b"01234567")], 4);
    assert_eq!(names(&bench), ["eight:0:4", "eight:4:8", "w:0:4", "w:4:8", "w:8:10"]);
    let statement = bench.statement();
    let recorded = &statement["predicate"]["serialization"];
    assert_eq!((&recorded["method"], &recorded["shard_size"]), (&json!("shards"), &json!(4)));
    assert_eq!(keys(&statement["predicate"]["resources"][0]), ["name", "digest", "algorithm"]);
    passes(&bench);
    // By numbers, as the reference sorts, or by text, as the specification: the array counts as it stands.
    bench.edit_resources(|list| list.rotate_left(2));
    passes(&bench);
    for bad in ["w:0:3", "w:1:4", "w:0:5", "w:00:4", "w:0", "w", "w:4:0", "w:0:4:"] {
        let bench = Bench::sharded(&[("w", b"0123")], 4);
        bench.edit_resources(|list| list[0]["name"] = bad.into());
        assert!(!faults(&bench.verify()).is_empty(), "{bad}");
    }
}

#[test]
pub fn colons_in_names_do_no_harm() {
    for shard_size in [None, Some(4)] {
        let mut bench = Bench::unsigned(&[("a:b", "0123456789"), ("c:0:4", "01234"), (":", "x")]);
        bench.sign_options.shard_size = shard_size;
        bench.sign();
        passes(&bench);
        bench.write("c:0:4", "x1234");
        let seen = bench.verify();
        assert_eq!(faults(&seen), [(Stage::Files, "FILES-CHANGED")]);
        assert_eq!(seen.files.changed[0].name.raw(), "c:0:4");
    }
}
