//! Reads `[[test]]`: a closed vocabulary, with a fault for each word that is not in it.

use super::demands::{is_control, predicate_uri};
use super::document::AnchorSource;
use super::keys;
use super::names::{EVIDENCE_PROFILES, FORMATS, HASHES, KEYS, STATES};
use super::stage_rules::DigestBasis;
use super::trial::{
    Around, Expected, Given, GivenClaim, GivenGlass, GivenLedger, GivenLogged, GivenSigner, PolicyTest,
    State, Wanted,
};
use crate::inventory::Format;
use crate::signing::{AnchorKind, CheckCode, HashAlgorithm, KeyKind, RootDigest, sha256_hex};
use crate::tables::{At, Faults, Hints, Section, Table, quote, values};
use crate::text::nearest;

const LIMIT_TESTS: usize = 1000;
/// So many models in one test.
const LIMIT_MODELS: usize = 200;
/// So many generations of parents.
const LIMIT_DEPTH: usize = 16;
const DIGEST: &str = "sha256:";

/// Codes of reasons that are neither controls nor requirements nor checks.
const REASONS: [&str; 12] = [
    "BREAK-GLASS",
    "CAP",
    "DIGEST-BASIS",
    "LAST-PASS",
    "LEDGER-CONTRADICTED",
    "LEDGER-UNANCHORED",
    "LEVEL",
    "PARTIAL",
    "PROMOTION",
    "REVIEW-REJECTED",
    "STAGE",
    "SURFACE",
];

const TEST_HINTS: Hints = &[("expected", "write `expect`"), ("stages", "write one [[test]] for each stage")];
/// What can be said of the model that the gate is asked about.
const AROUND_KEYS: [&str; 6] = ["rejected", "admitted_at", "refused_at", "glass", "logged", "ledger"];
const GIVEN_HINTS: Hints = &[
    ("subject", "write `signer = { anchor = \"…\", subject = \"…\" }`"),
    ("anchor", "write `signer = { anchor = \"…\", subject = \"…\" }`"),
    ("method", "it follows from the anchor of `signer`"),
    ("publisher", "it follows from `model`; or write `assume_publisher = true`"),
    ("licences", "write `licenses`"),
];
const PARENT_HINTS: Hints = &[
    ("rejected", "it can only be said of the model itself"),
    ("admitted_at", "it can only be said of the model itself"),
    ("refused_at", "it can only be said of the model itself"),
    ("glass", "it can only be said of the model itself"),
    ("logged", "it can only be said of the model itself"),
    ("ledger", "it can only be said of the model itself"),
];
const CLAIM_HINTS: Hints = &[("body", "write `states`"), ("values", "write `states`")];

/// What the policy has that a test can name.
pub(super) struct Known<'p> {
    pub trust: &'p [AnchorSource],
    pub stages: &'p [&'p str],
    pub requirements: &'p [&'p str],
}

/// The tests of a policy.
pub(super) fn tests(faults: &mut Faults<'_>, top: Section<'_>, known: Known<'_>) -> Vec<PolicyTest> {
    let tables = faults.tables(top, "test");
    if let Some(first) = tables.get(LIMIT_TESTS) {
        faults.add(Some(first.at), format!("more than {LIMIT_TESTS} [[test]]"), "");
        return Vec::new();
    }
    let mut reading = Reading { faults, known };
    let mut tests: Vec<PolicyTest> = Vec::new();
    for table in tables {
        let Some(test) = reading.test(table) else { continue };
        if tests.iter().any(|other| other.name == test.name) {
            let message = format!("two tests have the name `{}`", quote(&test.name));
            reading.faults.add(Some(table.at), message, "rename one");
        }
        tests.push(test);
    }
    tests
}

/// How many models are given: it and its ancestors.
fn models(given: &Given) -> usize {
    1 + given.parents.iter().map(models).sum::<usize>()
}

struct Reading<'f, 't, 'p> {
    faults: &'f mut Faults<'t>,
    known: Known<'p>,
}

impl Reading<'_, '_, '_> {
    fn test(&mut self, table: Table<'_>) -> Option<PolicyTest> {
        let section = keys::TEST.open(self.faults, table, TEST_HINTS);
        let name = self.faults.required(section, "name").map(|name| name.value);
        let stage = self.faults.required(section, "stage");
        self.stages(stage.iter());
        let at = self.faults.moment(section, "at").map(|at| at.value);
        let given = self.needed(section, "given").and_then(|table| {
            let section = keys::GIVEN.open(self.faults, table, GIVEN_HINTS);
            let around = self.around(section);
            Some((self.model(section, 0)?, around))
        });
        let expect = self.needed(section, "expect").and_then(|expect| self.expected(expect));
        let (given, around) = given?;
        if models(&given) > LIMIT_MODELS {
            self.faults.add(Some(table.at), format!("more than {LIMIT_MODELS} models in one test"), "");
        }
        Some(PolicyTest { name: name?, stage: stage?.value, at, given, around, expect: expect? })
    }

    /// A fault for each that the policy does not have.
    fn stages<'s>(&mut self, named: impl Iterator<Item = &'s At<String>>) {
        let stages = self.known.stages;
        for stage in named.filter(|stage| !stages.contains(&stage.value.as_str())) {
            let message = format!("there is no stage `{}`", quote(&stage.value));
            self.faults.add(Some(stage.at), message, format!("valid stages: {}", stages.join(", ")));
        }
    }

    fn needed<'a>(&mut self, section: Section<'a>, key: &str) -> Option<Table<'a>> {
        if section.table.get(key).is_none() {
            let message = format!("{} has no `{key}`", section.label);
            self.faults.add(Some(section.table.at), message, format!("add `{key} = {{ … }}`"));
        }
        self.faults.table(section, key)
    }

    fn expected(&mut self, table: Table<'_>) -> Option<Expected> {
        let section = keys::EXPECT.open(self.faults, table, &[]);
        let decision = self.faults.required(section, "decision");
        let decision = decision.and_then(|word| self.faults.one_of("decision", &word, &Wanted::WORDS));
        let level = self.faults.number(section, "effective_level", 0, 3);
        let reasons = self.faults.texts(section, "reasons");
        reasons.iter().flatten().for_each(|code| self.reason(code));
        let effective_level = level.and_then(|level| u8::try_from(level).ok());
        Some(Expected { decision: decision?, effective_level, reasons: values(reasons) })
    }

    /// A misspelt code would fail for ever, and nobody would see why.
    fn reason(&mut self, code: &At<String>) {
        let checks = CheckCode::ALL.iter().map(|code| code.as_str());
        let mut all: Vec<&'static str> = checks.collect();
        all.extend(REASONS);
        let word = code.value.as_str();
        if is_control(word) || self.known.requirements.contains(&word) || all.contains(&word) {
            return;
        }
        let near = nearest(word, &all).map(|near| format!(" — did you mean `{near}`?")).unwrap_or_default();
        let message = format!("`{}` is not the code of a reason{near}", quote(word));
        let help = "write the id of a control or requirement, or the code of a check (docs/checks.md)";
        self.faults.add(Some(code.at), message, help);
    }

    fn around(&mut self, section: Section<'_>) -> Around {
        let rejected = self.flag(section, "rejected");
        let admitted = self.faults.texts(section, "admitted_at");
        let refused = self.faults.texts(section, "refused_at");
        self.stages(admitted.iter().chain(&refused).flatten());
        let glass = self.faults.table(section, "glass").and_then(|table| {
            let section = keys::GIVEN_GLASS.open(self.faults, table, &[]);
            let by = values(self.faults.texts(section, "by"));
            let hours = self.faults.number(section, "hours", 1, 8760);
            if section.table.get("hours").is_none() {
                self.faults.add(Some(table.at), "`glass` has no `hours`", "add `hours = 4`");
            }
            Some(GivenGlass { by, hours: hours? })
        });
        let logged = self.faults.table(section, "logged").and_then(|table| {
            let section = keys::GIVEN_LOGGED.open(self.faults, table, &[]);
            let profiles = self.faults.words(section, "profiles", &EVIDENCE_PROFILES, &[], true);
            let days = self.faults.number(section, "days", 1, 36_500);
            if section.table.get("days").is_none() {
                self.faults.add(Some(table.at), "`logged` has no `days`", "add `days = 365`");
            }
            Some(GivenLogged { profiles, days: days? })
        });
        let ledger = self.faults.table(section, "ledger").map(|table| {
            let section = keys::GIVEN_LEDGER.open(self.faults, table, &[]);
            let mut number = |key| self.faults.number(section, key, 0, u32::MAX).unwrap_or(0);
            GivenLedger {
                unanchored_records: number("unanchored_records"),
                unanchored_days: number("unanchored_days").min(36_500),
            }
        });
        Around { rejected, admitted_at: values(admitted), refused_at: values(refused), glass, logged, ledger }
    }

    fn model(&mut self, section: Section<'_>, depth: usize) -> Option<Given> {
        if depth == LIMIT_DEPTH {
            let message = format!("more than {LIMIT_DEPTH} generations of parents");
            self.faults.add(Some(section.table.at), message, "");
            return None;
        }
        let model = self.faults.required(section, "model").map(|model| model.value);
        let state = self.faults.text(section, "state");
        let state = state.and_then(|word| self.faults.one_of("state", &word, &STATES)).unwrap_or_default();
        let is_signed = !matches!(state, State::Unsigned | State::Unverified);
        if is_signed != section.table.get("signer").is_some() {
            let (message, help) = match is_signed {
                true => ("a signed model has no `signer`", "add `signer`, or write state = \"unsigned\""),
                false => ("there is a `signer` where no signature was seen", "remove `signer` or `state`"),
            };
            self.faults.add(Some(section.table.at), message, help);
        }
        let signer = self.signer(section);
        let signed_at = self.faults.moment(section, "signed_at").map(|at| at.value);
        let key = self.word(section, "key", &KEYS, KeyKind::P256);
        let hash = self.word(section, "hash", &HASHES, HashAlgorithm::Sha256);
        let formats = self.faults.words(section, "formats", &FORMATS, &[Format::Safetensors], true);
        let claims = self.faults.tables(section, "claims");
        let claims = claims.into_iter().filter_map(|claim| self.claim(claim)).collect();
        let mut model_keys = keys::GIVEN.names();
        model_keys.retain(|key| !AROUND_KEYS.contains(key));
        let parents = self.faults.tables(section, "parents").into_iter().filter_map(|table| {
            let section = self.faults.open(table, "`parents`", &model_keys, PARENT_HINTS);
            self.model(section, depth + 1)
        });
        let parents = parents.collect();
        let digest = self.digest(section);
        let digest_basis = self.word(section, "digest_basis", &DigestBasis::WORDS, DigestBasis::Recomputed);
        let mut number = |key, most| self.faults.number(section, key, 0, most);
        let (age, ahead) = (number("age_days", 36_500), number("ahead_seconds", 864_000));
        let cached_hours = number("cached_hours", 8760);
        // Whatever is wrong with the rest is told, too.
        let has_model = model.is_some();
        let given = Given {
            model: model.unwrap_or_default(),
            state,
            signer,
            signed_at,
            log: self.faults.flag(section, "log").map(|log| log.value),
            bound: self.faults.flag(section, "bound").is_none_or(|bound| bound.value),
            assume_publisher: self.flag(section, "assume_publisher"),
            key,
            hash,
            age_days: age.unwrap_or(0),
            ahead_seconds: ahead.unwrap_or(0),
            cached_hours,
            partial: self.flag(section, "partial"),
            digest_basis,
            symlinks: self.flag(section, "symlinks"),
            ignored: values(self.faults.texts(section, "ignored")),
            formats,
            datasets: values(self.faults.texts(section, "datasets")),
            licenses: values(self.faults.texts(section, "licenses")),
            digest,
            claims,
            parents,
        };
        has_model.then_some(given)
    }

    fn flag(&mut self, section: Section<'_>, key: &str) -> bool {
        self.faults.flag(section, key).is_some_and(|flag| flag.value)
    }

    fn word<T: Copy>(
        &mut self,
        section: Section<'_>,
        key: &str,
        words: &[(&'static str, T)],
        default: T,
    ) -> T {
        let written = self.faults.text(section, key);
        written.and_then(|word| self.faults.one_of(key, &word, words)).unwrap_or(default)
    }

    fn digest(&mut self, section: Section<'_>) -> Option<RootDigest> {
        let written = self.faults.text(section, "digest")?;
        let digest = written.value.strip_prefix(DIGEST).and_then(|digest| digest.parse().ok());
        if digest.is_none() {
            let message = format!("`{}` is not a root digest", quote(&written.value));
            self.faults.add(Some(written.at), message, "write sha256: and 64 hex digits");
        }
        digest
    }

    fn signer(&mut self, of: Section<'_>) -> Option<GivenSigner> {
        let table = self.faults.table(of, "signer")?;
        let section = keys::GIVEN_SIGNER.open(self.faults, table, &[]);
        let anchor = self.faults.required(section, "anchor");
        let subject = self.faults.text(section, "subject").map(|subject| subject.value);
        let issuer = self.faults.text(section, "issuer").map(|issuer| issuer.value);
        let At { value: anchor, at } = anchor?;
        let signs = |source: &&AnchorSource| source.kind != AnchorKind::Tsa;
        let Some(source) = self.known.trust.iter().filter(signs).find(|source| source.name == anchor) else {
            let message = format!("there is no anchor `{}` that proves a signer", quote(&anchor));
            let all = self.known.trust.iter().filter(signs).map(|source| source.name.as_str());
            let all: Vec<&str> = all.collect();
            self.faults.add(Some(at), message, format!("valid anchors: {}", all.join(", ")));
            return None;
        };
        let is_key = source.kind == AnchorKind::Key;
        for key in ["subject", "issuer"].into_iter().filter(|_| !is_key) {
            if section.table.get(key).is_none() {
                let message = format!("`signer` has no `{key}`");
                self.faults.add(Some(table.at), message, format!("add `{key} = \"…\"`"));
            }
        }
        // The subject of a bare key is its fingerprint.
        let subject =
            subject.or_else(|| is_key.then(|| format!("{DIGEST}{}", sha256_hex(anchor.as_bytes()))));
        Some(GivenSigner { anchor, kind: source.kind, subject: subject?, issuer })
    }

    fn claim(&mut self, table: Table<'_>) -> Option<GivenClaim> {
        let section = keys::GIVEN_CLAIM.open(self.faults, table, CLAIM_HINTS);
        let predicate = predicate_uri(self.faults, section);
        self.needed(section, "signer");
        let signer = self.signer(section);
        let signed_at = self.faults.moment(section, "signed_at").map(|at| at.value);
        self.faults.table(section, "states");
        let states = section.table.get("states");
        let written = states.map_or_else(|| Some("{}".to_owned()), |states| states.json());
        if let Some(states) = states.filter(|_| written.is_none()) {
            let message = "`states` has a number that JSON does not have";
            self.faults.add(Some(states.at()), message, "write a finite decimal number");
        }
        Some(GivenClaim { predicate: predicate?, signer: signer?, signed_at, states: written? })
    }
}
