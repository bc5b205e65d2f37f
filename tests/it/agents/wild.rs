//! Cards and descriptors by somebody who means harm: harmless, and told.

use super::*;
use crate::before_signing::Desk;
use touchmark::signing::signed_card;

#[test]
fn cards_that_readers_disagree_about_fail_and_say_so() {
    let key = Key::new("ES256");
    let one = key.sign(CARD, json!({})).to_string();
    let head = CARD.strip_suffix('}').unwrap();
    for (text, says) in [
        (format!(r#"{head},"name":"Other","signatures":[{one}]}}"#), "occurs twice"),
        (format!(r#"{head},"limit":9007199254740993,"signatures":[{one}]}}"#), "number"),
        (format!(r#"{head},"x":{}{},"signatures":[{one}]}}"#, "[".repeat(100), "]".repeat(100)), "deep"),
        (format!(r#"{head},"signatures":[{}]}}"#, vec![one.as_str(); 17].join(",")), "signatures"),
    ] {
        let done = verified_text(&text, &[key.anchor()]);
        assert_eq!(done.outcome(), Outcome::Fail, "{says}");
        let (code, _, check) = check(&done, Stage::Parse);
        assert_eq!(code, "PARSE-MALFORMED");
        let found = check.words().found.unwrap().raw().to_lowercase();
        assert!(found.contains(says), "{says}: {found}");
    }
}

#[test]
fn whatever_is_in_a_card_nothing_of_it_reaches_the_terminal_raw() {
    let desk = Desk::new(&[]);
    let key = Key::new("ES256");
    let mut card = signed(&[key.sign(CARD, json!({"kid": "\u{1b}[2J", "jku": "https://x/\u{202e}gpj"}))]);
    card["name"] = "\u{1b}]0;x\u{7} \u{202e}tnega".into();
    card["skills"][0]["name"] = "a\u{200b}\u{e0041}b".into();
    desk.file("agent-card.json", &card.to_string());
    desk.file("pub.jwk", &key.jwk);
    for line in ["inspect agent-card.json", "verify key agent-card.json --public-key pub.jwk --explain"] {
        let done = desk.run(line);
        let text = crate::support::out(&done) + &crate::support::err(&done);
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{200b}']), "{line}: {text:?}");
    }
}

#[test]
fn anything_may_be_a_card_and_nothing_of_it_stops_the_reader() {
    let key = Key::new("ES256");
    let whole = signed(&[key.sign(CARD, json!({}))]).to_string();
    for end in 0..whole.len() {
        if let Some(part) = whole.get(..end) {
            assert!(signed_card(part.as_bytes()).is_none());
        }
    }
    for text in [
        r#"{"skills":[],"url":1,"signatures":[null,1,"x",[],{},{"protected":1},{"protected":"e30","signature":"%"}]}"#,
        r#"{"agentCard":{},"attestations":{"signatureBundle":{}}}"#,
        r#"{"agentCard":{"a":1e999},"attestations":{"signatureBundle":{}}}"#,
        r#"{"agentCard":[],"attestations":{"signatureBundle":[]}}"#,
        r#"{"agentCard":{},"verificationMaterial":{"signatureBundle":{"signature":"{}"}}}"#,
    ] {
        let done = verified_text(text, &[key.anchor()]);
        assert_ne!(done.outcome(), Outcome::Pass, "{text}");
    }
}
