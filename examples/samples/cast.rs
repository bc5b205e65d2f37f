//! Who plays in the samples: every model with its weights, parents, signer and the one thing that is wrong
//! with it. Data only; it does not know how files, signatures or documents are written.

/// What lies in a model's folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// safetensors in this many files.
    Safetensors(u8),
    /// One GGUF file with this quantisation.
    Gguf(&'static str),
    /// A low-rank adapter in safetensors.
    Adapter,
    /// A Python pickle that holds the list `[1, 2, 3]`.
    Pickle,
    /// JSON Lines.
    Dataset,
}

/// Who signs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// Certificate, P-384.
    Northwind,
    /// Certificate, P-384, that ended in 2021.
    NorthwindExpired,
    /// The same, with a timestamp from before its end.
    NorthwindStamped,
    /// Certificate, P-256.
    Acme,
    /// Bare key, P-521.
    Lumen,
    /// Bare key, P-256.
    Ternlab,
    /// Bare key, P-384.
    DataOffice,
    /// Bare key, P-256.
    Vendor,
    /// Keyless, in the name of a release workflow; Rekor v1.
    Orchid,
    /// The same, with Rekor v2 and a timestamp.
    OrchidStamped,
    /// Keyless, in the name of the same workflow on a branch.
    OrchidBranch,
    /// Bare key, P-256: evaluates speech models for others.
    Earwitness,
    /// Certificate, P-256: acme's gate, which sums up what it verified.
    Gate,
    /// Bare key, P-384: signs the policy.
    Governance,
    /// Nobody.
    Nobody,
}

/// The one thing that is wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// There is no signature.
    Unsigned,
    /// One byte of this file was changed after signing.
    Tampered(&'static str),
    /// This file was added after signing.
    Added(&'static str),
    /// This file was removed after signing.
    Removed(&'static str),
    /// The certificate had ended.
    Expired,
    /// A known signer, but not this publisher's.
    WrongPublisher,
    /// A signer whom nobody named.
    OtherSigner,
    /// The bundle was copied from this model.
    CopiedFrom(&'static str),
    /// The bundle ends in the middle.
    Truncated,
    /// Signed as it should be, and the weights are a pickle.
    Pickle,
}

/// What `boms/acme.cdx.json` says of a model.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bom {
    /// Not a word.
    Absent,
    /// Listed, without a binding to its signature.
    Listed,
    /// Listed, with the binding that its bundle proves.
    Bound,
    /// Listed, with the root digest of another release.
    Stale,
}

/// One model.
#[derive(Clone, Copy)]
pub struct Spec {
    /// `owner/name`.
    pub id: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What lies in its folder.
    pub weights: Weights,
    /// Layers of its weights; those of a model and of what comes from it are as many.
    pub layers: u8,
    /// Its base models, as written.
    pub base: &'static [&'static str],
    /// `base_model_relation`.
    pub relation: &'static str,
    /// The datasets it was trained on.
    pub datasets: &'static [&'static str],
    /// Its licence.
    pub licence: &'static str,
    /// `pipeline_tag`.
    pub task: &'static str,
    /// `model_type`.
    pub family: &'static str,
    /// Who signs.
    pub signer: Signer,
    /// When, as a trusted time says; none where nothing says it.
    pub signed: Option<&'static str>,
    /// Bytes of a shard, where files are signed in shards.
    pub shard: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
    /// What the AIBOM says.
    pub bom: Bom,
    /// What it shows, for the README.
    pub shows: &'static str,
}

impl Spec {
    /// The part before the slash.
    pub fn owner(&self) -> &'static str {
        self.id.split_once('/').map_or("", |(owner, _)| owner)
    }

    /// The part after the slash.
    pub fn name(&self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(_, name)| name)
    }

    /// The model that its bundle is about.
    pub fn signature_of(&self) -> &'static str {
        if let Fault::CopiedFrom(other) = self.fault { other } else { self.id }
    }
}

/// So small that each file of the samples has several.
const SHARD: u64 = 512;

const HARBOUR: Spec = Spec {
    id: "",
    version: "1.0",
    weights: Weights::Safetensors(1),
    layers: 4,
    base: &[],
    relation: "",
    datasets: &[],
    licence: "apache-2.0",
    task: "text-generation",
    family: "harbour",
    signer: Signer::Northwind,
    signed: None,
    shard: None,
    fault: Fault::None,
    bom: Bom::Bound,
    shows: "",
};
const IRIS: Spec = Spec { family: "iris", task: "image-to-text", signer: Signer::Lumen, ..HARBOUR };
const TERN: Spec =
    Spec { family: "tern", task: "automatic-speech-recognition", signer: Signer::Ternlab, ..HARBOUR };

const ORCHID: Spec = Spec {
    licence: "mit",
    task: "automatic-speech-recognition",
    family: "orchid",
    signer: Signer::Orchid,
    ..HARBOUR
};
const DATA: Spec = Spec {
    weights: Weights::Dataset,
    licence: "cc-by-4.0",
    task: "",
    family: "",
    signer: Signer::DataOffice,
    ..HARBOUR
};

/// All of them. A model stands after the models that it is made from, but for the cycle.
pub const CAST: &[Spec] = &[
    Spec { id: "data/harbour-web-2025", version: "2025.2", shows: "A signed dataset (P-384 key).", ..DATA },
    Spec { id: "data/claims-2025", version: "2025.1", shows: "A signed dataset.", ..DATA },
    Spec { id: "data/receipts-2024", version: "2024.4", shows: "A signed dataset.", ..DATA },
    Spec { id: "data/calls-2025", version: "2025.3", shows: "A signed dataset.", ..DATA },
    // The harbour family: language models.
    Spec {
        id: "northwind/harbour-7b",
        weights: Weights::Safetensors(4),
        datasets: &["data/harbour-web-2025"],
        signed: Some("2026-08-03T09:00:00Z"),
        shows: "The root of the harbour family, signed with a certificate (P-384) and a timestamp; a claim says that it is a root.",
        ..HARBOUR
    },
    Spec {
        id: "northwind/harbour-7b-instruct",
        version: "1.1",
        weights: Weights::Safetensors(4),
        base: &["northwind/harbour-7b"],
        relation: "finetune",
        signed: Some("2026-09-14T09:00:00Z"),
        shows: "A fine-tune, and a claim that says of what; the parent of most of acme's models.",
        ..HARBOUR
    },
    Spec {
        id: "northwind/harbour-7b-instruct-q4",
        version: "1.1",
        weights: Weights::Gguf("Q4_0"),
        base: &["northwind/harbour-7b-instruct"],
        relation: "quantized",
        signed: Some("2026-10-12T09:00:00Z"),
        shows: "A quantisation in GGUF; the parent is named in the file's own metadata too.",
        ..HARBOUR
    },
    Spec {
        id: "northwind/harbour-1b",
        datasets: &["data/harbour-web-2025"],
        signed: Some("2026-07-20T09:00:00Z"),
        shows: "A small root model.",
        ..HARBOUR
    },
    Spec {
        id: "northwind/harbour-legacy-1b",
        version: "0.4",
        signer: Signer::NorthwindExpired,
        fault: Fault::Expired,
        shows: "Signed in 2020 with a certificate that ended in 2021, and no trusted time says when.",
        ..HARBOUR
    },
    Spec {
        id: "northwind/harbour-legacy-3b",
        version: "0.5",
        signer: Signer::NorthwindStamped,
        signed: Some(super::signers::IN_2020),
        shows: "The same certificate, with a timestamp of 2020: the signature outlives it.",
        ..HARBOUR
    },
    Spec {
        id: "acme/support-bot-7b",
        version: "2.1",
        weights: Weights::Safetensors(4),
        base: &["northwind/harbour-7b-instruct"],
        relation: "finetune",
        signer: Signer::Acme,
        shard: Some(SHARD),
        fault: Fault::Tampered("model-00003-of-00004.safetensors"),
        shows: "One byte of one weights file was changed after signing; signed in shards, so that the tensor is known.",
        ..HARBOUR
    },
    Spec {
        id: "acme/support-bot-voice",
        version: "2.1",
        weights: Weights::Adapter,
        base: &["acme/support-bot-7b"],
        relation: "adapter",
        signer: Signer::Acme,
        shows: "Good by itself, but made from a model whose bytes contradict its signature: tainted.",
        ..HARBOUR
    },
    Spec {
        id: "vendor/claims-lora",
        version: "0.9",
        weights: Weights::Adapter,
        base: &["northwind/harbour-7b-instruct"],
        relation: "adapter",
        datasets: &["data/claims-2025"],
        signer: Signer::Nobody,
        fault: Fault::Unsigned,
        bom: Bom::Absent,
        shows: "Unsigned: nothing contradicts, and nothing proves.",
        ..HARBOUR
    },
    Spec {
        id: "acme/claims-sorter",
        version: "1.3",
        weights: Weights::Safetensors(2),
        base: &["northwind/harbour-7b-instruct", "vendor/claims-lora"],
        relation: "merge",
        datasets: &["data/claims-2025"],
        signer: Signer::Acme,
        shows: "A merge, good by itself, and a claim that says of what; an unsigned ancestor caps what it can reach.",
        ..HARBOUR
    },
    Spec {
        id: "acme/claims-sorter-q8",
        version: "1.3",
        weights: Weights::Gguf("Q8_0"),
        base: &["acme/claims-sorter"],
        relation: "quantized",
        signer: Signer::Acme,
        shows: "The merge in fewer bits; the cap is inherited.",
        ..HARBOUR
    },
    Spec {
        id: "acme/policy-writer",
        base: &["northwind/harbour-7b-instruct"],
        relation: "finetune",
        signer: Signer::Acme,
        fault: Fault::Added("tokenizer_extra.py"),
        shows: "A Python file was put beside the weights after signing.",
        ..HARBOUR
    },
    Spec {
        id: "acme/mail-triage",
        version: "1.2",
        weights: Weights::Adapter,
        base: &["northwind/harbour-7b-instruct"],
        relation: "adapter",
        signer: Signer::Acme,
        fault: Fault::Removed("tokenizer_config.json"),
        shows: "A signed file is gone.",
        ..HARBOUR
    },
    Spec {
        id: "acme/summary-lora",
        version: "1.4",
        weights: Weights::Adapter,
        base: &["northwind/harbour-7b-instruct"],
        relation: "adapter",
        signer: Signer::Acme,
        shows: "A good adapter; the AIBOM pins its parent by digest.",
        ..HARBOUR
    },
    Spec {
        id: "acme/form-filler",
        version: "3.0",
        base: &["northwind/harbour-1b"],
        relation: "finetune",
        signer: Signer::Acme,
        bom: Bom::Stale,
        shows: "The signature is good; the AIBOM still names the root digest of an earlier release.",
        ..HARBOUR
    },
    // The iris family: document images.
    Spec {
        id: "lumen/iris-base",
        version: "2.0",
        licence: "mit",
        datasets: &["data/receipts-2024"],
        shows: "The root of the iris family, signed with a bare key (P-521).",
        ..IRIS
    },
    Spec {
        id: "lumen/iris-large",
        version: "2.0",
        licence: "mit",
        weights: Weights::Safetensors(3),
        base: &["lumen/iris-base"],
        relation: "finetune",
        shows: "A good fine-tune.",
        ..IRIS
    },
    Spec {
        id: "lumen/iris-ocr",
        version: "2.1",
        licence: "mit",
        base: &["lumen/iris-base"],
        relation: "finetune",
        datasets: &["data/receipts-2024"],
        shows: "A good fine-tune.",
        ..IRIS
    },
    Spec {
        id: "acme/receipt-reader",
        version: "1.0",
        base: &["lumen/iris-ocr"],
        relation: "finetune",
        datasets: &["data/receipts-2024"],
        signer: Signer::Acme,
        shows: "A good fine-tune across two publishers.",
        ..IRIS
    },
    Spec {
        id: "acme/invoice-reader",
        version: "1.0",
        base: &["lumen/iris-ocr"],
        relation: "finetune",
        signer: Signer::Acme,
        fault: Fault::CopiedFrom("acme/receipt-reader"),
        shows: "Its signature is genuine, and is that of `acme/receipt-reader`.",
        ..IRIS
    },
    Spec {
        id: "acme/badge-check",
        version: "0.7",
        base: &["lumen/iris-large"],
        relation: "finetune",
        signer: Signer::Northwind,
        fault: Fault::WrongPublisher,
        shows: "A valid signature under a known authority, by northwind instead of acme.",
        ..IRIS
    },
    Spec {
        id: "vendor/ocr-large",
        version: "5",
        weights: Weights::Safetensors(2),
        layers: 2,
        base: &["lumen/iris-large"],
        relation: "finetune",
        licence: "proprietary",
        signer: Signer::Nobody,
        fault: Fault::Unsigned,
        bom: Bom::Absent,
        shows: "Unsigned; the vendor's AIBOM states a hash of the wrong length, and it has fewer layers than its base.",
        ..IRIS
    },
    Spec {
        id: "vendor/iris-quick",
        version: "1",
        weights: Weights::Pickle,
        base: &["lumen/iris-base"],
        relation: "finetune",
        licence: "proprietary",
        signer: Signer::Vendor,
        fault: Fault::Pickle,
        shows: "Signed as it should be; the weights are a pickle, which the policy bans.",
        ..IRIS
    },
    // The tern family: speech.
    Spec {
        id: "ternlab/tern-small",
        licence: "bsd-3-clause",
        datasets: &["data/calls-2025"],
        shows: "The root of the tern family, signed with a bare key (P-256).",
        ..TERN
    },
    Spec {
        id: "ternlab/tern-medium",
        licence: "bsd-3-clause",
        weights: Weights::Safetensors(2),
        datasets: &["data/calls-2025"],
        shows: "A second root.",
        ..TERN
    },
    Spec {
        id: "ternlab/tern-blend",
        licence: "bsd-3-clause",
        base: &["ternlab/tern-small", "ternlab/tern-medium"],
        relation: "merge",
        shows: "A merge of two good parents.",
        ..TERN
    },
    Spec {
        id: "orchid/speech-1",
        version: "1.0",
        signer: Signer::Orchid,
        signed: Some("2026-11-02T09:00:00Z"),
        shows: "Signed keyless by a release workflow; the transparency log says when. Claims take it to level 3.",
        ..ORCHID
    },
    Spec {
        id: "orchid/speech-1-distilled",
        version: "1.1",
        base: &["orchid/speech-1"],
        relation: "distilled",
        signer: Signer::OrchidStamped,
        signed: Some("2026-11-16T09:00:00Z"),
        shows: "Keyless with a newer log, which leaves the time to a timestamp authority. Distilled; level 3, too.",
        ..ORCHID
    },
    Spec {
        id: "orchid/speech-1-nightly",
        version: "1.2",
        base: &["orchid/speech-1"],
        relation: "finetune",
        signer: Signer::OrchidBranch,
        signed: Some("2026-11-17T09:00:00Z"),
        fault: Fault::OtherSigner,
        shows: "Keyless by the same workflow, on a branch instead of a release: another identity.",
        ..ORCHID
    },
    Spec {
        id: "acme/call-transcriber",
        version: "1.1",
        base: &["ternlab/tern-medium"],
        relation: "finetune",
        datasets: &["data/calls-2025"],
        signer: Signer::Acme,
        fault: Fault::Truncated,
        shows: "The bundle ends in the middle, as after a full disk.",
        ..TERN
    },
    Spec {
        id: "acme/call-notes",
        version: "0.3",
        base: &["ternlab/tern-xl"],
        relation: "finetune",
        signer: Signer::Acme,
        shows: "Signed and good; its parent `ternlab/tern-xl` is nowhere in the inventory.",
        ..TERN
    },
    Spec {
        id: "vendor/voice-tts",
        version: "2",
        base: &["tern-classic"],
        relation: "finetune",
        licence: "proprietary",
        task: "text-to-speech",
        signer: Signer::Vendor,
        bom: Bom::Listed,
        shows: "Signed; its parent is known by name only.",
        ..TERN
    },
    Spec {
        id: "vendor/echo-a",
        base: &["vendor/echo-b"],
        relation: "finetune",
        licence: "proprietary",
        signer: Signer::Vendor,
        bom: Bom::Absent,
        shows: "Signed; says that it was made from `vendor/echo-b`.",
        ..TERN
    },
    Spec {
        id: "vendor/echo-b",
        base: &["vendor/echo-a"],
        relation: "finetune",
        licence: "proprietary",
        signer: Signer::Vendor,
        bom: Bom::Absent,
        shows: "Signed; says that it was made from `vendor/echo-a`: a cycle.",
        ..TERN
    },
];
