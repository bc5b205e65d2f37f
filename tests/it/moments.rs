//! When a judgement may change by itself: between two moments it never does, and at its moments it does.

use crate::bench::Bench;
use crate::chain_drafts::{Draft, Keys, Random};
use crate::pki::*;
use crate::tokens::{Tsa, time};
use jiff::{SignedDuration, Timestamp};
use touchmark::signing::{
    Anchor, AnchorUse, Bundle, Check, Envelope, Material, Outcome, RevocationList, Stage, TimeSource, Trust,
    TrustMoments, VerifyOptions, bundle_moments, next_change, pae, verify_claim,
};

const HOUR: i64 = 60 * 60;

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap()
}

/// The last nanosecond before.
fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_nanos(1)).unwrap()
}

/// A bundle by certificate that holds its own signature.
fn bundle(chain: Vec<Vec<u8>>, key: &Key, tokens: impl FnOnce(&[u8]) -> Vec<Vec<u8>>) -> Bundle {
    let (payload_type, payload) = ("text/plain".to_owned(), b"signed".to_vec());
    let signature = key.sign(key.algorithm(), &pae(&payload_type, &payload));
    Bundle {
        media_type: "application/vnd.dev.sigstore.bundle.v0.3+json".to_owned(),
        material: Material::Certificate { chain },
        timestamps: tokens(&signature),
        envelope: Envelope { payload_type, payload, signature },
        log_entries: 0,
        raw: Vec::new(),
        digest: String::new(),
    }
}

type Judged = (Vec<Check>, Option<AnchorUse>, Option<(Timestamp, TimeSource)>);

/// Everything that is judged, facts included.
fn judge(bundle: &Bundle, trust: &Trust, at: Timestamp) -> Judged {
    let found = verify_claim(bundle, trust, &VerifyOptions::at(at));
    (found.checks, found.anchor, found.signed_at)
}

/// A bundle and what is trusted, in which most times are drawn.
fn draw(keys: &Keys, random: &mut Random) -> (Bundle, Trust) {
    let mut moment = |spread: i64| NOW - spread * DAY + random.below(2 * spread as usize * 24) as i64 * HOUR;
    let times: Vec<(i64, i64)> = (0..4).map(|_| (moment(200), moment(200))).collect();
    let (stamped, made, list) = (moment(150), moment(3), (moment(100), moment(100), moment(100)));
    let tsa_time = (moment(300), moment(300));
    let mut draft = Draft::new(keys, 1, random);
    let own = draft.levels[0].key;
    for (level, (a, b)) in times.iter().take(3).enumerate() {
        if random.below(3) > 0 {
            (draft.spec(level).from, draft.spec(level).to) = (*a.min(b), *a.max(b));
        }
    }
    let (chain, anchors) = draft.issue(random);
    let mut anchor = Anchor::ca("authority", "test", &anchors[0], None).unwrap();
    // Not in all: an age brings a moment every day.
    if random.below(4) == 0 {
        anchor.made = Some(second(made));
    }
    if random.below(2) == 0 {
        let issuing = &draft.levels[1];
        let mut revoking = List { from: list.0, to: Some(list.1), ..List::of(&issuing.spec.subject) };
        if random.below(2) == 0 {
            revoking.revoked.push((draft.levels[0].spec.serial, list.2, None, None));
        }
        let der = revoking.issue(&keys.0[issuing.key]);
        anchor.crls = RevocationList::from_bytes("test.crl", &der).unwrap();
    }
    let mut trust = Trust::new(vec![anchor]);
    let mut tsa = Tsa::new(Kind::P256);
    (tsa.leaf.from, tsa.leaf.to) = (tsa_time.0.min(tsa_time.1), tsa_time.0.max(tsa_time.1));
    let is_stamped = random.below(2) == 0;
    if random.below(4) > 0 {
        let root = pem("CERTIFICATE", &tsa.root_der());
        trust.anchors.push(Anchor::tsa("stamps", "test", root.as_bytes(), None).unwrap());
    }
    let bundle = bundle(chain, &keys.0[own], |signature| {
        let token = tsa.token(signature).with(|token| token.at = time(stamped).replace('Z', ".25Z"));
        if is_stamped { vec![token.make()] } else { Vec::new() }
    });
    (bundle, trust)
}

#[test]
fn between_two_moments_no_judgement_changes() {
    let keys = Keys::new();
    let mut random = Random(20_261_126);
    let (mut steps, mut changes) = (0, 0);
    for round in 0..60 {
        let (bundle, trust) = draw(&keys, &mut random);
        let (moments, own) = (TrustMoments::of(&trust), bundle_moments(&bundle));
        let mut now = second(NOW - 400 * DAY);
        // Where an anchor has an age there are many.
        for _ in 0..40 {
            let judged = judge(&bundle, &trust, now);
            let next = moments.next_change(Some(bundle.method()), &own, now);
            assert_eq!(next, next_change(&trust, Some(&bundle), now), "#{round}");
            let until = next.unwrap_or(second(NOW + 2000 * DAY));
            assert!(until > now, "#{round}: {now} {until}");
            let length = until.as_second() - now.as_second();
            let inside = second(now.as_second() + 1 + random.below(length.max(1) as usize) as i64);
            for at in [inside.min(just_before(until)), just_before(until)] {
                if at > now {
                    assert_eq!(judge(&bundle, &trust, at), judged, "#{round}: {now} and {at}");
                }
            }
            steps += 1;
            let Some(next) = next else { break };
            changes += usize::from(judge(&bundle, &trust, next) != judged);
            now = next;
        }
    }
    // Most moments are no false alarm.
    assert!(steps > 300 && changes > 150, "{changes} changes in {steps} steps");
}

/// The root, the leaf and the key of a chain of two, valid for long.
fn two() -> (Key, Spec, Key, Spec) {
    (
        Key::new(Kind::P256),
        Spec::ca("CN=root", "CN=root"),
        Key::new(Kind::P256),
        Spec::leaf("CN=ci", "CN=root"),
    )
}

fn outcome(bundle: &Bundle, trust: &Trust, at: Timestamp, stage: Stage) -> Outcome {
    verify_claim(bundle, trust, &VerifyOptions::at(at)).outcome_of(stage)
}

#[test]
fn a_certificate_changes_the_judgement_in_its_first_second_and_in_the_one_after_its_last() {
    let (root_key, root, key, mut leaf) = two();
    (leaf.from, leaf.to) = (NOW + 10, NOW + 20);
    let signed = bundle(vec![leaf.issue(&key, &root_key)], &key, |_| Vec::new());
    let root = root.issue(&root_key, &root_key);
    let trust = Trust::new(vec![Anchor::ca("root", "test", &root, None).unwrap()]);
    let chain = |at| outcome(&signed, &trust, at, Stage::Chain);
    assert_eq!(next_change(&trust, Some(&signed), second(NOW)), Some(second(NOW + 10)));
    assert_eq!(
        (chain(just_before(second(NOW + 10))), chain(second(NOW + 10))),
        (Outcome::Fail, Outcome::Pass)
    );
    assert_eq!(next_change(&trust, Some(&signed), second(NOW + 10)), Some(second(NOW + 21)));
    assert_eq!(
        (chain(just_before(second(NOW + 21))), chain(second(NOW + 21))),
        (Outcome::Pass, Outcome::Fail)
    );
}

#[test]
fn a_revocation_list_changes_the_judgement_when_it_begins_and_when_it_has_ended() {
    let (root_key, root, key, leaf) = two();
    let list = List { from: NOW + 5, to: Some(NOW + 8), ..List::of("CN=root") };
    let signed = bundle(vec![leaf.issue(&key, &root_key)], &key, |_| Vec::new());
    let mut anchor = Anchor::ca("root", "test", &root.issue(&root_key, &root_key), None).unwrap();
    anchor.crls = RevocationList::from_bytes("test.crl", &list.issue(&root_key)).unwrap();
    let trust = Trust::new(vec![anchor]);
    let chain = |at: i64| outcome(&signed, &trust, second(at), Stage::Chain);
    assert_eq!(next_change(&trust, Some(&signed), second(NOW)), Some(second(NOW + 5)));
    assert_eq!(next_change(&trust, Some(&signed), second(NOW + 5)), Some(second(NOW + 9)));
    assert_eq!(
        [NOW + 4, NOW + 5, NOW + 8, NOW + 9].map(chain),
        [Outcome::Partial, Outcome::Pass, Outcome::Pass, Outcome::Partial]
    );
}

#[test]
fn a_timestamp_of_a_later_time_holds_once_it_is_five_minutes_away() {
    let tsa = Tsa::new(Kind::P256);
    let (root_key, root, key, leaf) = two();
    let signed = bundle(vec![leaf.issue(&key, &root_key)], &key, |signature| {
        vec![tsa.token(signature).with(|token| token.at = time(NOW + 400)).make()]
    });
    let root = root.issue(&root_key, &root_key);
    let stamps = pem("CERTIFICATE", &tsa.root_der());
    let trust = Trust::new(vec![
        Anchor::ca("root", "test", &root, None).unwrap(),
        Anchor::tsa("stamps", "test", stamps.as_bytes(), None).unwrap(),
    ]);
    let at = second(NOW + 100);
    assert_eq!(next_change(&trust, Some(&signed), second(NOW)), Some(at));
    let time = |at| outcome(&signed, &trust, at, Stage::Time);
    assert_eq!((time(just_before(at)), time(at)), (Outcome::Fail, Outcome::Pass));
}

#[test]
fn an_anchor_grows_a_day_older_each_day_and_has_no_age_before_it_was_made() {
    let mut bench = Bench::new();
    let signed = Bundle::read(&bench.bundle()).unwrap();
    assert_eq!(next_change(&bench.trust, Some(&signed), second(NOW)), None);
    bench.trust.anchors[0].made = Some(second(NOW + 5 * HOUR));
    let age = |at: Timestamp| judge(&signed, &bench.trust, at).1.unwrap().age_days;
    let mut now = second(NOW);
    let mut ages = vec![(NOW, age(now))];
    for _ in 0..3 {
        let next = next_change(&bench.trust, Some(&signed), now).unwrap();
        assert_eq!(age(just_before(next)), age(now));
        now = next;
        ages.push((now.as_second(), age(now)));
    }
    let made = NOW + 5 * HOUR;
    assert_eq!(ages, [(NOW, None), (made, Some(0)), (made + DAY, Some(1)), (made + 2 * DAY, Some(2))]);
    // Anchors of another kind do not concern it.
    bench.trust.anchors[0].made = None;
    bench.trust.anchors.push(Anchor { made: Some(second(NOW)), ..Anchor::public_good() });
    assert_eq!(next_change(&bench.trust, Some(&signed), second(NOW)), None);
    assert_eq!(next_change(&bench.trust, None, second(NOW + DAY - 1)), Some(second(NOW + DAY)));
}

#[test]
fn each_method_waits_for_what_is_trusted_for_it_and_for_the_times_in_its_own_bundle() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let mut bench = Bench::new();
    let by_key = Bundle::read(&bench.bundle()).unwrap();
    bench.sign_keyless(&crate::bench::Authority::new("root"), "AAAA");
    let keyless = Bundle::read(&bench.bundle()).unwrap();
    // Its leaf begins, its log entry was made, its leaf has ended.
    let own = [at("2025-01-01T00:00:00Z"), second(1_780_000_000), at("2030-01-01T00:00:01Z")];
    assert_eq!(bundle_moments(&keyless), own);
    bench.edit_bundle(|bundle| {
        bundle["verificationMaterial"]["tlogEntries"][0]["integratedTime"] = 1_780_000_001.into();
    });
    assert!(bundle_moments(&Bundle::read(&bench.bundle()).unwrap()).contains(&second(1_780_000_001)));
    assert_eq!(bundle_moments(&by_key), []);
    // An authority that ends, with a list of what it revoked.
    let (root_key, mut root, key, leaf) = two();
    root.to = NOW + 5;
    let mut ca = Anchor::ca("root", "test", &root.issue(&root_key, &root_key), None).unwrap();
    let list = List { from: NOW + 2, to: Some(NOW + 8), ..List::of("CN=root") };
    ca.crls = RevocationList::from_bytes("test.crl", &list.issue(&root_key)).unwrap();
    let certified = bundle(vec![leaf.issue(&key, &root_key)], &key, |_| Vec::new());
    let next = |anchors: &[Anchor], bundle: &Bundle, now: Timestamp| {
        next_change(&Trust::new(anchors.to_vec()), Some(bundle), now)
    };
    let anchors = [ca, Anchor { made: None, ..Anchor::public_good() }];
    assert_eq!(next(&anchors, &certified, second(NOW)), Some(second(NOW + 2)));
    assert_eq!(next(&anchors, &certified, second(NOW + 2)), Some(second(NOW + 6)));
    assert_eq!(next(&anchors, &certified, second(NOW + 6)), Some(second(NOW + 9)));
    assert_eq!(next(&anchors, &by_key, second(NOW)), None);
    // The public-good instance's authorities end after the leaf, and concern nobody else.
    let after = at("2030-06-01T00:00:00Z");
    assert!(next(&anchors, &keyless, after).is_some());
    assert_eq!(next(&anchors[..1], &keyless, after), None);
    assert_eq!(next(&anchors[..1], &keyless, second(NOW)), Some(own[2]));
    assert_eq!(next(&anchors, &by_key, after), None);
}
