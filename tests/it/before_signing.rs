//! What `sign` looks at before it hashes anything: the place of the signature, the certificates, the files, the paths to
//! leave out.

use crate::pki::{DAY, Key, Kind, NOW, Spec, issuer_key, key_id, pem};
use crate::support::{err, out};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use touchmark::signing::{Bundle, Curve, SigningKey, Statement};

/// A folder to work in, with `key.pem`, `key.pub` and `model`.
pub struct Desk(pub tempfile::TempDir);

impl Desk {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        let key = SigningKey::generate(Curve::P256).unwrap();
        desk.file("key.pem", &key.to_pkcs8_pem().unwrap());
        desk.file("key.pub", &key.public().to_pem());
        fs::create_dir(desk.path("model")).unwrap();
        files.iter().for_each(|(name, text)| desk.file(&format!("model/{name}"), text));
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn file(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    /// The program, run in a folder of the desk, with the words of a line.
    pub fn run_in(&self, folder: &str, line: &str) -> Output {
        let done = Command::new(env!("CARGO_BIN_EXE_touchmark"))
            .args(line.split_whitespace())
            .current_dir(self.path(folder))
            .env("XDG_STATE_HOME", self.path("state"))
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        crate::documents::hold(&done);
        done
    }

    pub fn run(&self, line: &str) -> Output {
        self.run_in("", line)
    }

    /// Ends with a status; what was said on both.
    pub fn said(&self, line: &str, status: i32) -> String {
        let done = self.run(line);
        let said = out(&done) + &err(&done);
        assert_eq!(done.status.code(), Some(status), "{line}: {said}");
        said
    }

    pub fn signed_names(&self, bundle: &str) -> Vec<String> {
        let bundle = Bundle::read(&self.path(bundle)).unwrap();
        let statement = Statement::parse(&bundle.envelope.payload).unwrap();
        statement.manifest.resources.into_iter().map(|resource| resource.name).collect()
    }
}

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\n\
                       oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

#[test]
fn the_place_of_the_signature_is_looked_at_first() {
    let desk = Desk::new(&[("w.bin", "1")]);
    desk.file("notes.txt", "mine");
    fs::create_dir(desk.path("out")).unwrap();
    for (place, says) in [
        ("absent/m.sig", "the folder of the signature does not exist"),
        ("absent/deeper/m.sig", "the folder of the signature does not exist"),
        ("notes.txt/m.sig", "is a file"),
        ("out", "the place of the signature is a folder"),
        ("out/", "the place of the signature is a folder"),
        ("notes.txt", "no signature"),
    ] {
        // With a key that is not there: nobody got that far.
        let done = desk.run(&format!("sign key model --private-key none.pem --signature {place}"));
        let said = err(&done);
        assert!(said.contains(says) && !said.contains("free space"), "{place}: {said}");
        assert!(!said.contains("none.pem"), "{place}: {said}");
    }
    assert_eq!(fs::read_to_string(desk.path("notes.txt")).unwrap(), "mine");
    desk.said("sign key model --private-key key.pem --signature out/m.sig", 0);
    desk.said("sign key model --private-key key.pem --signature out/m.sig", 0);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_told_before_anything_is_hashed() {
    use std::os::unix::fs::PermissionsExt;
    use touchmark::disk::check_writable;
    let desk = Desk::new(&[("w.bin", "1")]);
    fs::set_permissions(desk.path("model"), fs::Permissions::from_mode(0o555)).unwrap();
    let before = fs::metadata(desk.path("model")).unwrap().modified().unwrap();
    let writable = check_writable(&desk.path("model/model.sig"));
    // Who may do everything is not stopped by permissions.
    let is_root = fs::write(desk.path("model/probe"), "").is_ok();
    assert_eq!(writable.is_ok(), is_root);
    if !is_root {
        let said = desk.said("sign key model --private-key none.pem", 4);
        assert!(said.contains("Permission denied") && said.contains("may write to"), "{said}");
        assert_eq!(fs::metadata(desk.path("model")).unwrap().modified().unwrap(), before);
        desk.said("sign key model --private-key key.pem --signature own.sig", 0);
    }
    fs::set_permissions(desk.path("model"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn paths_to_leave_out_are_seen_from_here_or_from_the_model_and_never_dropped_in_silence() {
    let files = [("w.bin", "1"), ("secrets.env", "k"), ("sub/a", "1"), ("sub/b", "2")];
    for (ignored, names, says) in [
        ("secrets.env", vec!["sub/a", "sub/b", "w.bin"], ""),
        ("./secrets.env", vec!["sub/a", "sub/b", "w.bin"], ""),
        ("model/secrets.env", vec!["sub/a", "sub/b", "w.bin"], ""),
        ("sub/a", vec!["secrets.env", "sub/b", "w.bin"], ""),
        ("sub", vec!["secrets.env", "w.bin"], ""),
        ("secret.env", vec!["secrets.env", "sub/a", "sub/b", "w.bin"], "did you mean secrets.env?"),
        ("model/nothing", vec!["secrets.env", "sub/a", "sub/b", "w.bin"], "is not in the model"),
        (".git", vec!["secrets.env", "sub/a", "sub/b", "w.bin"], ""),
        ("out.sig", vec!["secrets.env", "sub/a", "sub/b", "w.bin"], ""),
    ] {
        let desk = Desk::new(&files);
        let done = desk.run(&format!(
            "sign key model --private-key key.pem --signature out.sig --ignore-paths {ignored}"
        ));
        assert_eq!(done.status.code(), Some(0), "{ignored}: {}", err(&done));
        assert_eq!(desk.signed_names("out.sig"), names, "{ignored}");
        match says {
            "" => assert_eq!(err(&done), "", "{ignored}"),
            says => assert!(err(&done).contains(says), "{ignored}: {}", err(&done)),
        }
    }
    let desk = Desk::new(&files);
    desk.file("other/x", "1");
    for outside in ["other/x", "../x", "/etc/hostname", "model", "key.pem"] {
        let done = desk.run(&format!(
            "sign key model --private-key key.pem --signature out.sig --ignore-paths {outside}"
        ));
        assert_eq!(done.status.code(), Some(2), "{outside}: {}", err(&done));
        assert!(!desk.path("out.sig").exists(), "{outside}");
    }
    // From within, what lies here comes first.
    let done = desk.run_in(
        "model/sub",
        "sign key .. --private-key ../../key.pem --signature ../../in.sig --ignore-paths a",
    );
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert_eq!(desk.signed_names("in.sig"), ["secrets.env", "sub/b", "w.bin"]);
}

#[test]
fn usual_names_that_are_absent_stay_quiet_when_verifying() {
    let desk = Desk::new(&[("w.bin", "1")]);
    desk.said("sign key model --private-key key.pem", 0);
    for (ignored, quiet) in
        [(".git", true), (".gitattributes", true), ("model/model.sig", true), ("typo.bin", false)]
    {
        let done = desk.run(&format!("verify key model --public-key key.pub --ignore-paths {ignored}"));
        assert_eq!(done.status.code(), Some(0), "{ignored}: {}", out(&done));
        assert_eq!(err(&done).is_empty(), quiet, "{ignored}: {}", err(&done));
    }
    desk.file("model/extra.bin", "x");
    desk.said("verify key model --public-key key.pub --ignore-paths extra.bin", 0);
    desk.said("verify key model --public-key key.pub --ignore-paths other.bin", 1);
}

#[test]
fn pointers_of_git_lfs_are_not_signed_as_the_files() {
    let desk = Desk::new(&[("config.json", "{}"), ("model.safetensors", POINTER), ("sub/x.bin", POINTER)]);
    let said = desk.said("sign key model --private-key key.pem --signature out.sig", 4);
    assert!(
        said.contains("2 pointers of Git LFS") && said.contains("model.safetensors, sub/x.bin"),
        "{said}"
    );
    assert!(!desk.path("out.sig").exists());
    desk.said("sign key model --private-key key.pem --signature out.sig --ignore-paths model.safetensors --ignore-paths sub", 0);
    desk.said("sign key model --private-key key.pem --signature as-is.sig --allow-lfs-pointers", 0);
    desk.said("verify key model --public-key key.pub --signature as-is.sig", 0);
    let text = format!("# Model\n\n{POINTER}");
    let desk = Desk::new(&[
        ("README.md", &text),
        (".gitattributes", "*.bin filter=lfs\n"),
        ("w.bin", "version 1\n"),
    ]);
    let done = desk.run("sign key model --private-key key.pem --signature out.sig");
    assert_eq!((done.status.code(), err(&done)), (Some(0), String::new()));
}

#[test]
fn an_empty_model_is_told_before_a_key_is_wanted() {
    let desk = Desk::new(&[]);
    let said = desk.said("sign key model --private-key key.pem", 4);
    assert!(said.contains("empty"), "{said}");
    assert!(!desk.path("model/model.sig").exists());
}

/// A signer with an authority between it and the root.
struct House {
    desk: Desk,
    leaf: Key,
    inter: Key,
    root: Key,
}

impl House {
    fn new() -> Self {
        let keys = || Key::new(Kind::P256);
        let house = House { desk: Desk::new(&[("w.bin", "1")]), leaf: keys(), inter: keys(), root: keys() };
        house.desk.file("leaf.key", &house.leaf.pem());
        house.put("leaf", &Spec::leaf("CN=leaf", "CN=inter").issue(&house.leaf, &house.inter));
        house.put("inter", &Spec::ca("CN=inter", "CN=root").issue(&house.inter, &house.root));
        house.put("root", &Spec::ca("CN=root", "CN=root").issue(&house.root, &house.root));
        house
    }

    fn put(&self, name: &str, der: &[u8]) {
        self.desk.file(&format!("{name}.pem"), &pem("CERTIFICATE", der));
    }

    fn sign(&self, leaf: &str, chain: &[&str]) -> Output {
        let chain: String = chain.iter().map(|name| format!(" --certificate-chain {name}.pem")).collect();
        let at = jiff::Timestamp::from_second(NOW).unwrap();
        let _ = fs::remove_file(self.desk.path("c.sig"));
        self.desk.run(&format!(
            "--at {at} sign certificate model --private-key leaf.key --signing-certificate {leaf}.pem{chain} --signature c.sig"
        ))
    }
}

#[test]
fn a_chain_that_leads_upwards_is_signed_in_silence_and_another_is_refused() {
    let house = House::new();
    for chain in [vec![], vec!["inter"], vec!["inter", "root"], vec!["root", "inter"], vec!["leaf", "inter"]]
    {
        let done = house.sign("leaf", &chain);
        assert_eq!((done.status.code(), err(&done)), (Some(0), String::new()), "{chain:?}");
    }
    let (other, expired) = (Key::new(Kind::P256), Spec { to: NOW - DAY, ..Spec::ca("CN=inter", "CN=root") });
    house.put("namesake", &Spec::ca("CN=inter", "CN=root").issue(&other, &house.root));
    house.put("stranger", &Spec::ca("CN=stranger", "CN=root").issue(&other, &house.root));
    house.put("expired", &expired.issue(&house.inter, &house.root));
    house.put(
        "early",
        &Spec { from: NOW + DAY, ..Spec::ca("CN=inter", "CN=root") }.issue(&house.inter, &house.root),
    );
    house.put("no-ca", &Spec::leaf("CN=inter", "CN=root").issue(&house.inter, &house.root));
    for (chain, says) in [
        (vec!["namesake"], "does not lead upwards"),
        (vec!["stranger"], "does not lead upwards"),
        (vec!["root"], "does not lead upwards"),
        (vec!["expired"], "does not lead upwards"),
        (vec!["early", "root"], "does not lead upwards"),
        (vec!["no-ca"], "does not lead upwards"),
    ] {
        let done = house.sign("leaf", &chain);
        assert_eq!(done.status.code(), Some(4), "{chain:?}: {}", err(&done));
        assert!(err(&done).contains(says), "{chain:?}: {}", err(&done));
        assert!(!house.desk.path("c.sig").exists(), "{chain:?}");
    }
    // What does not belong there is named, and does no harm.
    let done = house.sign("leaf", &["inter", "stranger"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(err(&done).contains("CN=stranger"), "{}", err(&done));
    house.desk.said(
        &format!(
            "--at {} verify certificate model --signature c.sig --certificate-chain root.pem",
            jiff::Timestamp::from_second(NOW).unwrap()
        ),
        0,
    );
}

#[test]
fn a_leaf_of_its_own_authority_and_name_is_signed() {
    // As the reference's own tests have it: the leaf bears the name of the authority that issued it.
    let house = House::new();
    let inter = Spec::ca("CN=inter", "CN=root").with(key_id(&house.inter.id()));
    house.put("inter", &inter.issue(&house.inter, &house.root));
    house.put(
        "twin",
        &Spec::leaf("CN=inter", "CN=inter")
            .with(key_id(&house.leaf.id()))
            .with(issuer_key(&house.inter.id()))
            .issue(&house.leaf, &house.inter),
    );
    for chain in [vec!["inter"], vec!["inter", "root"]] {
        let done = house.sign("twin", &chain);
        assert_eq!((done.status.code(), err(&done)), (Some(0), String::new()), "{chain:?}");
    }
}
