//! The common edits of a policy: each changes what it says, and no other byte.

use crate::policy::read;
use proptest::prelude::*;
use touchmark::Code;
use touchmark::policy::{
    Exception, Excused, ModelPattern, NewIdentity, Policy, PolicyEdit, Role, Subject, TextPattern, WARN_DAYS,
    edited, edited_on, layered,
};
use touchmark::signing::{Identity, Method};

const POLICY: &str = "\
# Ours.
schema = \"trust-policy/0.1\"
name = 'acme' # mine
version = \"1\"

[trust.ca]
kind = \"x509\"
files = [\"ca.pem\"]
[trust.public]
kind = \"sigstore\"
[trust.key]
kind = \"key\"
files = [\"a.pub\"]

[[publisher]] # the first
id = \"acme\"
models = [\"acme/*\"]
roles = [\"producer\", \"build\"]
trust = [
  \"ca\", # the old one
]
identities = [
  # who builds
  { subject = 'exact:CN=build', issuer = \"CN=ca\" } # no comma
  # nobody else
]
# after the first

[[publisher]]
trust = [\"key\"]
id = \"keys\"
models = [\"keys/*\"]

# for later
[[stage]]
name = \"dev\" # first
[[stage]]
name = \"production\"
min_level = 1 # for now
production = true";

fn identity(publisher: &str, anchor: &str) -> NewIdentity {
    NewIdentity {
        publisher: publisher.to_owned(),
        models: vec!["new/*".to_owned()],
        anchor: anchor.to_owned(),
        subject: "https://ci.example/\"a\"\\b".to_owned(),
        issuer: Some("https://ci.example".to_owned()),
    }
}

/// Every edit, with what it comes to: the lines that are there anew, of which all others stand as before.
fn edits() -> Vec<(PolicyEdit, &'static str)> {
    let new = "\\[[publisher]]\nid = \"new\"\nmodels = [\"new/*\"]\ntrust = [\"public\"]\n\
               identities = [{ issuer = \"https://ci.example\", subject = 'exact:https://ci.example/\"a\"\\b' }]";
    vec![
        (PolicyEdit::TrustIdentity(identity("new", "public")), new.trim_start_matches('\\')),
        (
            PolicyEdit::TrustIdentity(identity("acme", "public")),
            "  \"public\",\n  { subject = 'exact:CN=build', issuer = \"CN=ca\" }, # no comma\n\
             \x20 { issuer = \"https://ci.example\", subject = 'exact:https://ci.example/\"a\"\\b' },",
        ),
        (
            PolicyEdit::DenyIdentity {
                subject: "old@acme.example".to_owned(),
                after: Some("2026-10-01T00:00:00Z".parse().unwrap()),
                reason: Some("laptop \"stolen\"".to_owned()),
            },
            "[[deny_identity]]\nsubject = \"exact:old@acme.example\"\nafter = 2026-10-01T00:00:00Z\nreason = 'laptop \"stolen\"'",
        ),
        (
            PolicyEdit::RequireAttestation {
                id: "build".to_owned(),
                predicate: "https://slsa.dev/provenance/v1".to_owned(),
                role: Some(Role::Build),
            },
            "[[require]]\nid = \"build\"\npredicate = \"https://slsa.dev/provenance/v1\"\nfrom_role = \"build\"",
        ),
        (PolicyEdit::RaiseFloor { stage: "production".to_owned(), min_level: 2 }, "min_level = 2 # for now"),
        (PolicyEdit::RaiseFloor { stage: "dev".to_owned(), min_level: 3 }, "min_level = 3"),
    ]
}

/// The lines of one text that are not in another, and the reverse, by the shortest way.
fn difference(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut left = old.iter().peekable();
    let mut added = Vec::new();
    let mut removed = Vec::new();
    for (at, line) in new.iter().enumerate() {
        if left.peek() == Some(&line) {
            left.next();
            continue;
        }
        // A line that was changed stands in the place of the old one.
        if left.peek().is_some_and(|old| !new[at..].contains(*old)) {
            removed.extend(left.next().map(|line| (*line).to_owned()));
        }
        added.push((*line).to_owned());
    }
    assert_eq!(left.next(), None, "{after}");
    (added.into_iter().filter(|line| !line.is_empty()).collect(), removed)
}

#[test]
fn an_edit_changes_only_the_lines_that_it_is_about() {
    for text in [POLICY.to_owned(), POLICY.replace('\n', "\r\n"), format!("{POLICY}\n")] {
        for (edit, expected) in edits() {
            let after = edited(&text, &edit).unwrap_or_else(|error| panic!("{edit:?}: {error}"));
            let (added, removed) = difference(&text, &after);
            assert_eq!(added.join("\n"), expected, "{after}");
            assert!(removed.len() <= 1, "{removed:?}");
            let ends = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
            let (both, all) = ends(&after);
            assert_eq!(both, if text.contains('\r') { all } else { 0 }, "{after:?}");
            read(&after).unwrap();
        }
    }
}

#[test]
fn an_edit_means_what_it_says() {
    let after = |edit: usize| read(&edited(POLICY, &edits()[edit].0).unwrap()).unwrap();
    let found =
        |policy: &Policy, id: &str| policy.publishers.iter().find(|one| one.id == id).cloned().unwrap();
    let new = found(&after(0), "new");
    assert_eq!(new.trust, ["public"]);
    assert_eq!(new.identities[0].subject, TextPattern::Exact("https://ci.example/\"a\"\\b".to_owned()));
    assert_eq!(new.identities[0].issuer.as_deref(), Some("https://ci.example"));
    let more = found(&after(1), "acme");
    assert_eq!((more.trust.len(), more.identities.len()), (2, 2));
    let denied = after(2).denied;
    assert_eq!(denied[0].subject, TextPattern::Exact("old@acme.example".to_owned()));
    assert_eq!(denied[0].after.unwrap().to_string(), "2026-10-01T00:00:00Z");
    let demanded = after(3).requirements;
    assert_eq!((&*demanded[0].id, demanded[0].from_role), ("build", Some(Role::Build)));
    let levels = |policy: &Policy| policy.stages.iter().map(|stage| stage.min_level).collect::<Vec<_>>();
    assert_eq!((levels(&after(4)), levels(&after(5))), (vec![1, 2], vec![3, 1]));
    // One after the other, nothing of the first is lost.
    let all = edits().into_iter().fold(POLICY.to_owned(), |text, (edit, _)| edited(&text, &edit).unwrap());
    let all = read(&all).unwrap();
    assert_eq!((all.publishers.len(), all.denied.len(), all.requirements.len()), (3, 1, 1));
    assert_eq!(levels(&all), [3, 2]);
}

#[test]
fn a_new_block_stands_behind_its_like() {
    let place = |text: &str, what: &str| text.find(what).unwrap_or_else(|| panic!("{what} in {text}"));
    let more = edited(POLICY, &edits()[0].0).unwrap();
    assert!(place(&more, "id = \"keys\"") < place(&more, "id = \"new\""));
    assert!(place(&more, "id = \"new\"") < place(&more, "# for later"));
    // The first of its kind stands at the end.
    let denied = edited(POLICY, &edits()[2].0).unwrap();
    assert!(denied.starts_with(POLICY));
}

#[test]
fn forms_that_cannot_be_changed_alone_are_left_alone() {
    let inline = "schema = \"trust-policy/0.1\"\nname = \"a\"\nversion = \"1\"\nstage = [{ name = \"dev\" }]\n\
                  deny_identity = [{ subject = \"exact:a\" }]\n";
    read(inline).unwrap();
    for edit in [&edits()[2].0, &edits()[5].0] {
        assert_eq!(edited(inline, edit).unwrap_err().code, Code::Config, "{edit:?}");
    }
    // Blocks of identities are the same values in another form.
    let blocks = POLICY.replace(
        "identities = [\n  # who builds\n  { subject = 'exact:CN=build', issuer = \"CN=ca\" } # no comma\n  # nobody else\n]\n",
        "[[publisher.identities]]\nsubject = 'exact:CN=build'\nissuer = \"CN=ca\"\n",
    );
    read(&blocks).unwrap();
    assert_eq!(edited(&blocks, &edits()[1].0).unwrap_err().code, Code::Config);
    // A block behind it does not fall into its last one.
    let more = edited(&blocks, &edits()[0].0).unwrap();
    assert_eq!(read(&more).unwrap().publishers.len(), 3);
}

#[test]
fn what_would_not_be_valid_or_changes_nothing_is_refused() {
    let refused = |edit: PolicyEdit| edited(POLICY, &edit).unwrap_err();
    let floor = |stage: &str, min_level| PolicyEdit::RaiseFloor { stage: stage.to_owned(), min_level };
    assert_eq!(refused(floor("production", 1)).code, Code::Usage, "no lower level either");
    assert_eq!(refused(floor("moon", 1)).code, Code::NotFound);
    assert_eq!(refused(floor("production", 9)).code, Code::Config);
    assert_eq!(refused(PolicyEdit::TrustIdentity(identity("new", "none"))).code, Code::Config);
    let known = NewIdentity {
        subject: "CN=build".to_owned(),
        issuer: Some("CN=ca".to_owned()),
        ..identity("acme", "ca")
    };
    assert_eq!(refused(PolicyEdit::TrustIdentity(known)).code, Code::Usage);
    let demand = PolicyEdit::RequireAttestation {
        id: "a".to_owned(),
        predicate: "no predicate".to_owned(),
        role: None,
    };
    assert_eq!(refused(demand).code, Code::Config);
    let faulty = POLICY.replace("kind = \"sigstore\"", "kind = \"moon\"");
    assert_eq!(edited(&faulty, &edits()[2].0).unwrap_err().code, Code::Config);
}

#[test]
fn a_publisher_by_its_keys_alone_keeps_them() {
    // A list of identities would shut out the keys that sign now.
    let error = edited(POLICY, &PolicyEdit::TrustIdentity(identity("keys", "public"))).unwrap_err();
    assert!(error.help.unwrap().contains("identities"));
    let text = POLICY.replace(
        "[[publisher]] # the first",
        "[trust.b]\nkind = \"key\"\nfiles = [\"b.pub\"]\n[[publisher]]",
    );
    let after = read(&edited(&text, &PolicyEdit::TrustIdentity(identity("keys", "b"))).unwrap()).unwrap();
    let keys = after.publishers.iter().find(|one| one.id == "keys").unwrap();
    assert_eq!((keys.trust.as_slice(), keys.identities.len()), (&["b".to_owned(), "key".to_owned()][..], 0));
}

#[test]
fn an_observed_signer_is_trusted_for_the_model_s_publisher_or_for_that_model_alone() {
    let policy = read(POLICY).unwrap();
    let signer = Identity {
        method: Method::Sigstore,
        subject: "ci".into(),
        issuer: Some("https://ci.example".into()),
        fingerprint: None,
    };
    let of = |model: &str| NewIdentity::observed(&policy, model, &signer, "public");
    let owned = of("acme/chat");
    assert_eq!((owned.publisher.as_str(), owned.models.len()), ("acme", 0));
    assert_eq!((owned.subject.as_str(), owned.issuer.as_deref()), ("ci", Some("https://ci.example")));
    let new = of("moon base/chat");
    assert_eq!((new.publisher.as_str(), new.models), ("moon-base", vec!["moon base/chat".to_owned()]));
    // An id that somebody has is not given again.
    assert_eq!(of("keys").publisher, "keys-2");
    assert_eq!(of("/").publisher, "publisher");
    for model in ["moon base/chat", "keys"] {
        edited(POLICY, &PolicyEdit::TrustIdentity(of(model))).unwrap();
    }
}

fn exception(excuses: Excused) -> PolicyEdit {
    PolicyEdit::AddException(new_exception(excuses))
}

fn new_exception(excuses: Excused) -> Exception {
    Exception {
        id: "EX-1".to_owned(),
        excuses,
        subject: Subject::Models(ModelPattern::new("acme/chat")),
        stages: vec!["dev".to_owned()],
        owner: "ml@acme.example".to_owned(),
        approved_by: "ciso@acme.example".to_owned(),
        reason: "signed again at ingest".to_owned(),
        compensating: vec!["scan".to_owned()],
        created: "2026-10-02T00:00:00Z".parse().unwrap(),
        expires: "2026-12-31T00:00:00Z".parse().unwrap(),
        warn_days: WARN_DAYS,
    }
}

#[test]
fn an_exception_for_a_digest_is_for_these_bytes_alone() {
    let root = "11".repeat(32).parse().unwrap();
    let pinned = Exception {
        subject: Subject::Root(root),
        warn_days: 7,
        ..new_exception(Excused::Control("L2.04".to_owned()))
    };
    let text = edited(POLICY, &PolicyEdit::AddException(pinned.clone())).unwrap();
    assert!(text.contains(&format!("subject = \"sha256:{}\"", "11".repeat(32))), "{text}");
    assert_eq!(
        read(&text).unwrap().exceptions,
        std::slice::from_ref(&pinned),
        "what is written is what was meant"
    );
    assert!(pinned.subject.matches("any/name", Some(&root)) && !pinned.subject.matches("acme/chat", None));
}

const BELOW: &str = "schema = \"trust-policy/0.1\"\nname = \"organisation\"\nversion = \"7\"\n\
                     [[stage]]\nname = \"dev\"\nmin_level = 1\n[[stage]]\nname = \"prod\"\nmin_level = 1\n";
const ON_TOP: &str = "# the team's\nschema = \"trust-policy/0.1\"\nname = \"team\"\nversion = \"1\"\n\
                      extends = \"organisation.toml\"\n[[stage]]\nname = \"prod\" # ours, too\n";

#[test]
fn a_policy_that_extends_another_is_edited_as_far_as_it_may_say_something() {
    let below = read(BELOW).unwrap();
    let edit = |edit: &PolicyEdit| edited_on(ON_TOP, Some(&below), edit);
    let raise = |stage: &str, min_level| edit(&PolicyEdit::RaiseFloor { stage: stage.to_owned(), min_level });
    // Its own stage is changed where it stands; one that only the organisation has is added.
    let own = ON_TOP.replace("# ours, too\n", "# ours, too\nmin_level = 2\n");
    assert_eq!(raise("prod", 2).unwrap(), own);
    let more = raise("dev", 2).unwrap();
    assert!(
        more.starts_with(ON_TOP) && more.ends_with("[[stage]]\nname = \"dev\"\nmin_level = 2\n"),
        "{more}"
    );
    let both = layered(&more, "", &below, BELOW).unwrap();
    assert_eq!((both.stages.len(), both.stage("dev").unwrap().min_level), (2, 2));
    assert_eq!(both.below.unwrap().name, "organisation");
    assert_eq!(raise("dev", 1).unwrap_err().code, Code::Usage, "what lies below counts");
    let deny = PolicyEdit::DenyIdentity { subject: "eve".to_owned(), after: None, reason: None };
    assert!(edit(&deny).unwrap().ends_with("[[deny_identity]]\nsubject = \"exact:eve\"\n"));
    // What it may not say is refused, with the place where it can be said.
    let refused = edit(&exception(Excused::Control("L2.04".to_owned()))).unwrap_err();
    assert_eq!(refused.code, Code::Config);
    assert!(refused.help.unwrap().contains("`organisation`"));
    assert!(edited(ON_TOP, &deny).is_err(), "alone it is no policy");
}

#[test]
fn an_exception_is_written_as_the_document_has_it() {
    let block = "[[exception]]\nid = \"EX-1\"\ncontrol = \"L2.04\"\nsubject = \"acme/chat\"\nstages = [\"dev\"]\n\
                 owner = \"ml@acme.example\"\napproved_by = \"ciso@acme.example\"\nreason = \"signed again at ingest\"\n\
                 compensating = [\"scan\"]\ncreated = 2026-10-02T00:00:00Z\nexpires = 2026-12-31T00:00:00Z\n";
    assert_eq!(
        edited(POLICY, &exception(Excused::Control("L2.04".to_owned()))).unwrap(),
        format!("{POLICY}\n\n{block}")
    );
    // A requirement is excused by its own key, and only one that there is.
    let requirement = || Excused::Requirement("build".to_owned());
    assert_eq!(edited(POLICY, &exception(requirement())).unwrap_err().code, Code::Config);
    let demanded = edited(POLICY, &edits()[3].0).unwrap();
    let excused = read(&edited(&demanded, &exception(requirement())).unwrap()).unwrap();
    assert_eq!(excused.exceptions[0].excuses, requirement());
    let capped = read(&edited(POLICY, &exception(Excused::Ancestors)).unwrap()).unwrap();
    assert_eq!(capped.exceptions[0].excuses, Excused::Ancestors);
}

proptest! {
    /// Whatever stands in an edit and around it, the rest of the document has the values and bytes that it had.
    #[test]
    fn any_edit_leaves_the_rest_as_it_was(
        subject in ".{1,12}",
        reason in proptest::option::of(".{0,12}"),
        which in 0usize..3,
        crlf in any::<bool>(),
        order in any::<prop::sample::Index>(),
        comment in "[ -~]{0,12}",
    ) {
        let mut text = POLICY.replace("# after the first", &format!("#{comment}"));
        if crlf {
            // Some lines end otherwise than others.
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let at = order.index(lines.len());
            text = lines.iter().enumerate().map(|(line, one)| match line < at {
                true => one.replace('\n', "\r\n"),
                false => (*one).to_owned(),
            }).collect();
        }
        let edit = match which {
            0 => PolicyEdit::DenyIdentity { subject: subject.clone(), after: None, reason },
            1 => PolicyEdit::TrustIdentity(NewIdentity { subject: subject.clone(), ..identity("acme", "ca") }),
            _ => PolicyEdit::TrustIdentity(NewIdentity { subject: subject.clone(), ..identity("new", "ca") }),
        };
        // Some subjects no policy may hold.
        if let Ok(after) = edited(&text, &edit) {
            let mut was: toml::Table = text.parse().unwrap();
            let mut is: toml::Table = after.parse().unwrap();
            let written = is.to_string();
            let kind = if which == 0 { "deny_identity" } else { "publisher" };
            let said = |table: &toml::Table| match which {
                1 => table["publisher"][0]["identities"].as_array().unwrap().last().unwrap()["subject"].clone(),
                0 => table[kind].as_array().unwrap().last().unwrap()["subject"].clone(),
                _ => table[kind].as_array().unwrap().last().unwrap()["identities"][0]["subject"].clone(),
            };
            let written_subject = said(&is).as_str().unwrap().to_owned();
            prop_assert_eq!(written_subject, format!("exact:{subject}"), "{}", written);
            match which {
                0 => { is.remove(kind); }
                1 => { is["publisher"][0]["identities"].as_array_mut().unwrap().pop(); }
                _ => { is["publisher"].as_array_mut().unwrap().pop(); }
            }
            was.remove("deny_identity");
            prop_assert_eq!(was, is);
            // Every line is still there, in its order.
            let mut lines = after.split_inclusive('\n');
            for line in text.split_inclusive('\n') {
                let end = line.trim_end_matches(['\r', '\n']);
                let bare = end.replace(" # no comma", ", # no comma");
                let found = lines.any(|new| new == line || new.trim_end_matches(['\r', '\n']) == bare
                    || new.trim_end_matches(['\r', '\n']) == end && !line.ends_with('\n'));
                prop_assert!(found, "{:?} is gone from {}", line, after);
            }
        }
    }
}
