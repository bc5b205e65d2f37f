//! Agent cards and skill folders.

use super::*;

const CARD: &str = r#"{"protocolVersion":"0.3.0","name":"Claims agent","version":"2.1","url":"https://agents.example/a2a",
"provider":{"organization":"Acme"},"additionalInterfaces":[{"url":"https://agents.example/rest","transport":"HTTP+JSON"}],
"skills":[{"id":"triage","name":"Triage"},{"id":"pay","name":"Pay"}],"signatures":[{"protected":"e30","signature":"AA"}]}"#;

#[test]
fn an_agent_card_is_a_model_of_kind_agent_and_its_signature_is_told_not_verified() {
    let bench = Bench::new();
    bench.write("site/.well-known/agent-card.json", CARD);
    bench.write("other/agent.json", r#"{"skills":"none","url":1}"#);
    for (path, id) in [(".", "site/.well-known"), ("site", ".well-known")] {
        let scan = scan_path(&bench, &bench.path(path));
        assert!(codes(&scan).is_empty(), "{:?}", scan.findings);
        assert_eq!(scan.models.len(), 1);
        let found = model(&scan, id);
        assert_eq!(found.kind, Kind::Agent);
        assert_eq!(told(found, FactKey::Name), [("Claims agent", Basis::Declared)]);
        assert_eq!(
            values(found, FactKey::Endpoint),
            ["https://agents.example/a2a", "https://agents.example/rest"]
        );
        assert_eq!(values(found, FactKey::Skill), ["triage: Triage", "pay: Pay"]);
        let (line, basis) = told(found, FactKey::Signature)[0];
        assert!(line.contains("not verified") && basis == Basis::Observed);
    }
}

#[test]
fn each_skill_folder_is_a_model_of_kind_skill() {
    let bench = Bench::new();
    let skill = "---\nname: pdf-forms\ndescription: Fills in forms.\nlicense: MIT\nallowed-tools: [Bash, Read]\nmetadata:\n  version: '1.2'\n---\n# Forms\n";
    bench.write("skills/pdf-forms/SKILL.md", skill);
    bench.write("skills/pdf-forms/scripts/fill.py", "print()");
    bench.write("skills/bare/SKILL.md", "# no front matter\n");
    for path in ["skills", "."] {
        let scan = scan_path(&bench, &bench.path(path));
        assert_eq!(codes(&scan), ["F-SKILL"]);
        let id = if path == "." { "skills/pdf-forms" } else { "pdf-forms" };
        let found = model(&scan, id);
        assert_eq!((found.kind, found.files), (Kind::Skill, 2));
        assert_eq!(values(found, FactKey::Version), ["1.2"]);
        assert_eq!(values(found, FactKey::Skill), ["may use Bash", "may use Read"]);
    }
}
