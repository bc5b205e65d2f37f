//! The flags of other OMS tools, with their meaning.

use crate::before_signing::Desk;
use crate::pki::{Key, Kind, NOW, Spec, names, pem};
use crate::support::{err, out};

fn signed() -> Desk {
    let desk = Desk::new(&[("w.bin", "1")]);
    desk.said("sign key model --private_key key.pem --signature m.sig", 0);
    desk
}

#[test]
fn flags_are_taken_in_either_spelling_and_the_last_of_a_pair_counts() {
    let desk = signed();
    desk.file("model/extra", "x");
    let verify = "verify key model --signature m.sig --public_key key.pub";
    for (more, status) in [
        ("--ignore_unsigned_files", 0),
        ("--ignore-unsigned_files", 0),
        ("--no-ignore_unsigned_files", 1),
        ("--ignore_unsigned_files --no-ignore_unsigned_files", 1),
        ("--no_ignore_unsigned_files --ignore_unsigned_files", 0),
        ("--ignore_paths=model/extra", 0),
        ("--ignore_unsigned_files --allow_symlinks --ignore-git-paths", 0),
        ("--log-level DEBUG", 1),
        ("--no_such_flag", 2),
    ] {
        desk.said(&format!("{verify} {more}"), status);
    }
    desk.said(&format!("--log-level error {verify} --ignore-unsigned-files"), 0);
    desk.said(&format!("--log-level loud {verify}"), 2);
    let quiet =
        desk.run(&format!("{verify} --ignore-unsigned-files --ignore-paths nothing --log_level critical"));
    assert_eq!(err(&quiet), "");
}

#[test]
fn git_paths_are_signed_when_asked_for_and_the_last_flag_counts() {
    let desk = Desk::new(&[("w.bin", "1"), (".gitignore", "x")]);
    for (flags, count) in [
        ("", 1),
        ("--ignore-git-paths", 1),
        ("--no-ignore-git-paths", 2),
        ("--no-ignore_git_paths --ignore_git_paths", 1),
        ("--ignore_git_paths --no-ignore_git_paths", 2),
    ] {
        desk.said(&format!("sign key model --private-key key.pem --signature g.sig {flags}"), 0);
        assert_eq!(desk.signed_names("g.sig").len(), count, "{flags}");
    }
}

#[test]
fn values_keep_their_underscores() {
    let desk = signed();
    desk.file("a_key.pub", &std::fs::read_to_string(desk.path("key.pub")).unwrap());
    desk.said("verify key model --signature m.sig --public_key a_key.pub", 0);
    desk.said("verify key model --signature m.sig --public_key=a_key.pub", 0);
}

#[cfg(unix)]
#[test]
fn links_are_followed_on_request_inside_the_model_only() {
    let desk = signed();
    desk.file("outside", "1");
    let verify = "verify key model --signature m.sig --public-key key.pub";
    std::fs::rename(desk.path("model/w.bin"), desk.path("model/real.bin")).unwrap();
    std::os::unix::fs::symlink("real.bin", desk.path("model/w.bin")).unwrap();
    desk.said(verify, 1);
    let said = desk.said(&format!("{verify} --allow-symlinks"), 1);
    assert!(said.contains("not signed: real.bin") && !said.contains("missing: w.bin"), "{said}");
    desk.said(&format!("{verify} --allow-symlinks --ignore-paths real.bin"), 0);
    std::fs::remove_file(desk.path("model/w.bin")).unwrap();
    std::os::unix::fs::symlink("../outside", desk.path("model/w.bin")).unwrap();
    desk.said(&format!("{verify} --allow-symlinks --ignore-paths real.bin"), 1);
}

#[test]
fn sigstore_is_meant_where_only_its_flags_are_given() {
    let desk = signed();
    // The bundle is of another method: that it says so shows which was meant.
    let said = desk.said("verify model --signature m.sig --identity a@b --identity_provider https://c", 1);
    assert!(said.contains("METHOD"), "{said}");
    let done = desk.run("verify model --signature m.sig --no-such-flag");
    assert_eq!(done.status.code(), Some(2));
}

#[test]
fn a_certificate_must_name_all_uris_that_are_asked_for() {
    let desk = Desk::new(&[("w.bin", "1")]);
    let (leaf, root) = (Key::new(Kind::P256), Key::new(Kind::P256));
    let spec =
        Spec::leaf("CN=leaf", "CN=root").with(names(&["uri:spiffe://acme/signer", "uri:https://acme/x"]));
    desk.file("leaf.key", &leaf.pem());
    desk.file("leaf.pem", &pem("CERTIFICATE", &spec.issue(&leaf, &root)));
    desk.file("root.pem", &pem("CERTIFICATE", &Spec::ca("CN=root", "CN=root").issue(&root, &root)));
    let at = jiff::Timestamp::from_second(NOW).unwrap();
    desk.said(&format!("--at {at} sign certificate model --private-key leaf.key --signing-certificate leaf.pem --signature m.sig"), 0);
    let verify = format!("--at {at} verify certificate model --signature m.sig --certificate-chain root.pem");
    for (more, status) in [
        ("", 0),
        ("--san-uri spiffe://acme/signer", 0),
        ("--san-uri spiffe://acme/signer --san_uri https://acme/x", 0),
        ("--san-uri spiffe://acme/signer --identity CN=leaf", 0),
        ("--san-uri spiffe://acme/signer --identity CN=other", 1),
        ("--san-uri spiffe://acme/other", 1),
        ("--san-uri spiffe://acme/sign", 1),
        ("--san-uri spiffe://acme/signer --san-uri spiffe://acme/other", 1),
    ] {
        let said = desk.said(&format!("{verify} {more}"), status);
        assert_eq!(said.contains("IDENTITY-MISMATCH"), status == 1, "{more}: {said}");
    }
    let done = desk.run(&format!("{verify} --log_fingerprints --format json"));
    assert_eq!(err(&done).matches("SHA-256 ").count(), 2, "{}", err(&done));
    assert!(out(&done).starts_with('{'));
}

#[test]
fn remedies_speak_of_a_skill_where_it_is_one() {
    let skill = "---\nname: x\ndescription: does x\n---\nDo x.\n";
    let desk = Desk::new(&[("SKILL.md", skill)]);
    desk.said("sign key model --private-key key.pem --signature m.sig", 0);
    desk.file("model/SKILL.md", "changed");
    let said = desk.said("verify key model --signature m.sig --public-key key.pub", 1);
    assert!(said.contains("Do not load the skill") && said.contains("after the skill was signed"), "{said}");
    let desk = signed();
    desk.file("model/w.bin", "changed");
    let said = desk.said("verify key model --signature m.sig --public-key key.pub", 1);
    assert!(said.contains("Do not load the model"), "{said}");
}

#[test]
fn scripts_are_what_a_skill_is_made_of_and_beside_weights_they_are_a_finding() {
    let skill = "---\nname: x\ndescription: does x\n---\nDo x.\n";
    let desk = Desk::new(&[("w.bin", "1")]);
    desk.file("touchmark.toml", "schema = \"workspace/0.1\"\nname = \"w\"\n[[source]]\nkind = \"models\"\npath = \"all\"\nprefix = \"acme\"\n");
    desk.file("all/good/SKILL.md", skill);
    desk.file("all/good/scripts/run.sh", "#!/bin/sh\necho hi\n");
    desk.file("all/good/scripts/fast.c", "int main(void) { return 0; }\n");
    let said = desk.said("scan", 0);
    assert!(said.contains("1 model, 0 findings"), "{said}");
    assert!(desk.said("list", 0).contains("acme/good"));
    // A program that nobody can read, and a script beside weights, stay findings.
    std::fs::write(desk.path("all/good/scripts/tool"), b"\x7fELF\x02\x01\x01\0").unwrap();
    assert!(desk.said("scan", 0).contains("F-LOAD-UNREADABLE"));
    std::fs::remove_file(desk.path("all/good/scripts/tool")).unwrap();
    std::fs::write(desk.path("all/good/w.gguf"), [&b"GGUF\x03\0\0\0"[..], &[0; 16]].concat()).unwrap();
    let said = desk.said("scan", 0);
    assert!(said.contains("F-LOAD-UNREADABLE") && said.contains("run.sh"), "{said}");
}
