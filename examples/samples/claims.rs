//! What is claimed of the samples, by whom and when: the table, and the statements that are signed and appended. It does
//! not know how a key signs.

use super::cast::{CAST, Signer};
use super::pages::GATE;
use super::signers::Signers;
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use touchmark::attest::{
    Attested, CardDraft, Comparator, ConfigDraft, DataDraft, DatasetDraft, Draft, EvaluationDraft, Input,
    InputRole, NamedDigest, PolicyNamed, PredicateKind, ProvenanceDraft, ResultOf, Subject, SummaryDraft,
    Transformation, append_claims,
};
use touchmark::signing::{RootDigest, sha256_hex};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// A claim about a model.
struct Claim {
    of: &'static str,
    by: Signer,
    at: &'static str,
    says: Says,
}

/// What it says.
enum Says {
    /// How the model was made; its inputs are those of its making.
    Made(Making),
    /// What this dataset is.
    Data(&'static str),
    /// The training configuration.
    Config,
    /// A word error rate in percent, which must not be over another one.
    Evaluation(&'static str, &'static str),
    /// Which file of its folder is its card.
    Card,
    /// That acme's gate verified it, and what it found.
    Summary(&'static [&'static str]),
}

/// How a model was made.
struct Making {
    how: Transformation,
    /// Models and data, each by its root digest.
    from: &'static [(InputRole, &'static str)],
    builder: &'static str,
    method: Option<&'static str>,
    /// When its inputs were verified, and the build began and ended.
    days: [&'static str; 3],
}

const NORTHWIND: &str = "https://ci.northwind.example/train";
const ACME: &str = "https://ml.acme.example/jobs";
const ORCHID: &str = "https://ci.orchid.example/orchid/speech/release.yml";

/// The commit that every build of the samples is from.
const COMMIT: &str = "7c9e6679f3b1a5d24e8b0c1d5a6f7e8091a2b3c4";

const fn claim(of: &'static str, by: Signer, at: &'static str, says: Says) -> Claim {
    Claim { of, by, at, says }
}

const CLAIMS: &[Claim] = &[
    // Level 2: a root and a fine-tune of it.
    claim(
        "northwind/harbour-7b",
        Signer::Northwind,
        "2026-08-03T10:00:00Z",
        Says::Made(Making {
            how: Transformation::Train,
            from: &[(InputRole::Dataset, "data/harbour-web-2025")],
            builder: NORTHWIND,
            method: None,
            days: ["2026-07-27T08:00:00Z", "2026-07-27T09:00:00Z", "2026-08-03T07:00:00Z"],
        }),
    ),
    claim(
        "northwind/harbour-7b-instruct",
        Signer::Northwind,
        "2026-09-14T10:00:00Z",
        Says::Made(Making {
            how: Transformation::Finetune,
            from: &[(InputRole::Base, "northwind/harbour-7b")],
            builder: NORTHWIND,
            method: Some("sft"),
            days: ["2026-09-13T08:00:00Z", "2026-09-13T09:00:00Z", "2026-09-14T07:00:00Z"],
        }),
    ),
    claim(
        "acme/form-filler",
        Signer::Acme,
        "2026-10-05T10:00:00Z",
        Says::Made(Making {
            how: Transformation::Finetune,
            from: &[(InputRole::Base, "northwind/harbour-1b")],
            builder: ACME,
            method: Some("sft"),
            days: ["2026-10-04T08:00:00Z", "2026-10-04T09:00:00Z", "2026-10-05T07:00:00Z"],
        }),
    ),
    // Capped: one of the parents of the merge is unsigned.
    claim(
        "acme/claims-sorter",
        Signer::Acme,
        "2026-10-19T10:00:00Z",
        Says::Made(Making {
            how: Transformation::Merge,
            from: &[
                (InputRole::Base, "northwind/harbour-7b-instruct"),
                (InputRole::Base, "vendor/claims-lora"),
            ],
            builder: ACME,
            method: Some("ties"),
            days: ["2026-10-18T08:00:00Z", "2026-10-18T09:00:00Z", "2026-10-18T09:30:00Z"],
        }),
    ),
    // Level 3: a root, and what was distilled from it.
    claim(
        "orchid/speech-1",
        Signer::Orchid,
        "2026-11-02T10:00:00Z",
        Says::Made(Making {
            how: Transformation::Train,
            from: &[(InputRole::Dataset, "data/calls-2025")],
            builder: ORCHID,
            method: None,
            days: ["2026-10-29T08:00:00Z", "2026-10-29T09:00:00Z", "2026-11-02T07:00:00Z"],
        }),
    ),
    claim("orchid/speech-1", Signer::Orchid, "2026-11-02T10:01:00Z", Says::Config),
    claim("orchid/speech-1", Signer::Orchid, "2026-11-02T10:02:00Z", Says::Card),
    claim("orchid/speech-1", Signer::DataOffice, "2026-11-02T12:00:00Z", Says::Data("data/calls-2025")),
    claim("orchid/speech-1", Signer::Earwitness, "2026-11-04T15:00:00Z", Says::Evaluation("7.2", "10")),
    claim(
        "orchid/speech-1",
        Signer::Gate,
        "2026-11-06T08:00:00Z",
        Says::Summary(&["COSAI_AIMM_LEVEL_2", "TOUCHMARK_PRODUCTION_ADMITTED"]),
    ),
    claim(
        "orchid/speech-1-distilled",
        Signer::OrchidStamped,
        "2026-11-16T10:00:00Z",
        Says::Made(Making {
            how: Transformation::Distil,
            from: &[(InputRole::Teacher, "orchid/speech-1"), (InputRole::Dataset, "data/calls-2025")],
            builder: ORCHID,
            method: None,
            days: ["2026-11-15T08:00:00Z", "2026-11-15T09:00:00Z", "2026-11-16T07:00:00Z"],
        }),
    ),
    claim("orchid/speech-1-distilled", Signer::OrchidStamped, "2026-11-16T10:01:00Z", Says::Config),
    claim("orchid/speech-1-distilled", Signer::OrchidStamped, "2026-11-16T10:02:00Z", Says::Card),
    claim(
        "orchid/speech-1-distilled",
        Signer::DataOffice,
        "2026-11-16T12:00:00Z",
        Says::Data("data/calls-2025"),
    ),
    claim(
        "orchid/speech-1-distilled",
        Signer::Earwitness,
        "2026-11-18T15:00:00Z",
        Says::Evaluation("8.9", "10"),
    ),
    claim(
        "orchid/speech-1-distilled",
        Signer::Gate,
        "2026-11-20T08:00:00Z",
        Says::Summary(&["COSAI_AIMM_LEVEL_2", "TOUCHMARK_PRODUCTION_ADMITTED"]),
    ),
];

/// Appends all claims to those of their models. `digests` are the root digests; the policy is written already.
pub fn write_claims(root: &Path, signers: &Signers, digests: &HashMap<&str, RootDigest>) -> Fallible<()> {
    let making = Stating { root, digests };
    for claim in CLAIMS {
        let (draft, kind) = making.draft(claim)?;
        let digest = *digests.get(claim.of).ok_or("a claim is about one of the cast")?;
        let payload = draft.check(&[kind])?.payload(&Subject { name: claim.of.into(), root: digest })?;
        let bundle = signers.say(&payload, claim.by, claim.at)?;
        append_claims(&making.folder(claim.of).join("claims.jsonl"), &[bundle])?;
    }
    Ok(())
}

/// What statements are about.
struct Stating<'a> {
    root: &'a Path,
    digests: &'a HashMap<&'a str, RootDigest>,
}

impl Stating<'_> {
    fn folder(&self, id: &str) -> std::path::PathBuf {
        self.root.join("models").join(id)
    }

    fn draft(&self, claim: &Claim) -> Fallible<(Draft, PredicateKind)> {
        Ok(match &claim.says {
            Says::Made(making) => (self.made(claim.of, making)?, PredicateKind::Provenance),
            Says::Data(dataset) => (self.data(dataset)?, PredicateKind::Data),
            Says::Config => (self.config(claim.of)?, PredicateKind::Config),
            Says::Evaluation(rate, most) => (evaluation(claim.at, rate, most)?, PredicateKind::Evaluation),
            Says::Card => (self.card(claim.of)?, PredicateKind::Card),
            Says::Summary(levels) => (self.summary(claim.of, claim.at, levels)?, PredicateKind::Summary),
        })
    }

    fn input(&self, role: InputRole, id: &str, verified: Option<&str>) -> Fallible<Input> {
        let digest = self.digests.get(id).ok_or("an input is one of the cast")?;
        let digests = vec![NamedDigest::sha256(digest.to_string())];
        let verified_at = verified.map(str::parse).transpose()?;
        Ok(Input { name: id.into(), role, digests, verified_at })
    }

    fn made(&self, of: &str, making: &Making) -> Fallible<Draft> {
        let [verified, started, finished] = making.days;
        let mut inputs = Vec::new();
        for (role, id) in making.from {
            inputs.push(self.input(*role, id, Some(verified))?);
        }
        if making.how != Transformation::Merge {
            inputs.extend([code(making.builder), self.configured(of)?]);
        }
        let parameters = making.method.map(|method| ("method".to_owned(), method.to_owned()));
        let draft = ProvenanceDraft {
            transformation: making.how,
            inputs,
            builder: making.builder.to_owned(),
            invocation: None,
            parameters: parameters.into_iter().collect(),
            started: Some(started.parse()?),
            finished: Some(finished.parse()?),
        };
        Ok(draft.draft()?)
    }

    /// The file of the configuration.
    fn configured(&self, of: &str) -> Fallible<Input> {
        let bytes = fs::read(self.folder(of).join("config.json"))?;
        let digests = vec![NamedDigest::sha256(sha256_hex(&bytes))];
        Ok(Input { name: "config.json".into(), role: InputRole::Config, digests, verified_at: None })
    }

    fn data(&self, dataset: &str) -> Fallible<Draft> {
        let text = |text: &str| Some(text.to_owned());
        let of = DatasetDraft {
            dataset: self.input(InputRole::Dataset, dataset, None)?,
            split: text("train"),
            source: text("recorded calls of a help desk"),
            collection: text("with consent, January to June 2025"),
            preprocessing: text("names and numbers replaced, resampled to 16 kHz"),
            licence: text("CC-BY-4.0"),
            personal_data: text("removed"),
            owner: text("data office"),
        };
        Ok(DataDraft { datasets: vec![of] }.draft())
    }

    fn config(&self, of: &str) -> Fallible<Draft> {
        let parameters = [("epochs", "40"), ("batch", "64"), ("learning_rate", "0.0003")];
        let draft = ConfigDraft {
            parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            config: Some(self.configured(of)?),
            code: Some(code(ORCHID)),
            frameworks: vec![("torch".to_owned(), Some("2.9".to_owned()))],
            seed: Some("7".to_owned()),
            hardware: Some(("H100".to_owned(), Some(8))),
        };
        Ok(draft.draft())
    }

    fn card(&self, of: &str) -> Fallible<Draft> {
        let bytes = fs::read(self.folder(of).join("README.md"))?;
        let version = CAST.iter().find(|spec| spec.id == of).map(|spec| spec.version.to_owned());
        Ok(CardDraft { model: of.to_owned(), version, ..CardDraft::of("README.md", &bytes) }.draft())
    }

    /// It rests on the signature and on the claims that are there so far.
    fn summary(&self, of: &str, at: &str, levels: &[&str]) -> Fallible<Draft> {
        let (folder, mut inputs) = (self.folder(of), Vec::new());
        let mut rests_on = |file: &str, bytes: &[u8]| {
            let uri = Some(format!("models/{of}/{file}"));
            inputs.push(Attested { uri, digest: sha256_hex(bytes) });
        };
        if let Ok(signature) = fs::read(folder.join("model.sig")) {
            rests_on("model.sig", &signature);
        }
        let claims = fs::read(folder.join("claims.jsonl")).unwrap_or_default();
        let lines = claims.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.for_each(|line| rests_on("claims.jsonl", line));
        let policy = fs::read(self.root.join("policies/samples.toml"))?;
        let draft = SummaryDraft {
            verifier: GATE.to_owned(),
            version: ("touchmark".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            at: at.parse()?,
            resource: format!("pkg:generic/{of}"),
            policy: PolicyNamed {
                uri: "urn:touchmark:policy:policies/samples.toml".to_owned(),
                digest: NamedDigest::sha256(sha256_hex(&policy)),
            },
            inputs,
            levels: Some(levels.iter().map(|level| (*level).to_owned()).collect()),
            dependencies: Vec::new(),
        };
        Ok(draft.draft())
    }
}

fn code(builder: &str) -> Input {
    let host = builder.split('/').nth(2).unwrap_or_default().replacen("ci.", "git.", 1);
    let digests = vec![NamedDigest::git_commit(COMMIT)];
    Input { name: format!("https://{host}/train").into(), role: InputRole::Code, digests, verified_at: None }
}

fn evaluation(at: &str, rate: &str, most: &str) -> Fallible<Draft> {
    let harness = sha256_hex(b"earwitness 4.1");
    let result = ResultOf {
        metric: "word-error-rate".to_owned(),
        value: rate.to_owned(),
        bar: Some((Comparator::AtMost, most.to_owned())),
    };
    let draft = EvaluationDraft {
        benchmark: "calls-held-back".to_owned(),
        benchmark_version: Some("2025.3".to_owned()),
        results: vec![result],
        samples: Some(1200),
        harness: Some(("earwitness".to_owned(), Some("4.1".to_owned()), Some(NamedDigest::sha256(harness)))),
        dataset: None,
        evaluator: Some("https://earwitness.example".to_owned()),
        assurance: Some("third_party".to_owned()),
        at: at.parse()?,
    };
    Ok(draft.draft())
}
