//! What every code of a check means, what usually causes it and what to do, in one table. `docs/checks.md` is made
//! from it.

use crate::check::codes::CheckCode;

/// The words for one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeInfo {
    /// The code.
    pub code: CheckCode,
    /// What it means.
    pub meaning: &'static str,
    /// What usually causes it.
    pub cause: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// What is known of a code. None for a code that is only its stage's name.
pub fn code_info(code: CheckCode) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == code)
}

const fn row(code: CheckCode, meaning: &'static str, cause: &'static str, remedy: &'static str) -> CodeInfo {
    CodeInfo { code, meaning, cause, remedy }
}

/// All codes but those of the stages themselves, in the order of the stages.
pub const CODES: &[CodeInfo] = &[
    row(
        CheckCode::ParseAbsent,
        "There is no signature file.",
        "The model was never signed, or the signature has another name or was not downloaded.",
        "Look for a `.sig` file beside the model; ask the publisher to sign.",
    ),
    row(
        CheckCode::ParseEmpty,
        "The signature file is empty.",
        "A failed download, or a full disk.",
        "Get the signature again from the publisher.",
    ),
    row(
        CheckCode::ParseTruncated,
        "The signature file ends before its JSON does.",
        "An interrupted download, or a full disk.",
        "Get the signature again from the publisher.",
    ),
    row(
        CheckCode::ParseMalformed,
        "The file is not a Sigstore bundle as OMS asks for; the field at fault is named.",
        "Another file under the signature's name, an edited file, or a signing tool with a defect.",
        "Get the signature again; if it is as published, tell the publisher which field is at fault.",
    ),
    row(
        CheckCode::ParseTooLarge,
        "The file is larger, deeper or has more values than any signature.",
        "Another file under the signature's name, or an attempt to exhaust the verifier.",
        "Check the path; otherwise refuse the file.",
    ),
    row(
        CheckCode::ParseUnreadable,
        "The signature file exists but cannot be read.",
        "Permissions, a pipe or device in its place, a disk error.",
        "Make it a plain, readable file and verify again.",
    ),
    row(
        CheckCode::MethodMismatch,
        "The model was signed by a different method (key, certificate, sigstore) than the one you asked for.",
        "The command for another method was used, or the publisher changed how it signs.",
        "Verify by the method that the bundle names, with something to trust for it.",
    ),
    row(
        CheckCode::TrustNoAnchor,
        "There is no trust anchor for a signer of this kind.",
        "No key, CA or Sigstore root was given, or the policy has no anchor of that kind.",
        "Name the publisher's key, authority or root, from a source other than the model.",
    ),
    row(
        CheckCode::TrustUnknownKey,
        "The signing key is not a trusted key.",
        "Another publisher, a new key of the same publisher, or a forgery.",
        "Ask the publisher for its key through another channel.",
    ),
    row(
        CheckCode::TrustHint,
        "A trusted key made the signature, and the bundle names another key.",
        "A signing tool that computes the hint in its own way, or an edited bundle.",
        "Have the model signed again with a tool that writes the hint as OMS says.",
    ),
    row(
        CheckCode::TrustUnusable,
        "The trusted root cannot be used.",
        "A trusted root of a newer or older form, or a damaged one.",
        "Get the trusted root again.",
    ),
    row(
        CheckCode::SignatureInvalid,
        "The signature does not match the signed bytes.",
        "The statement or the signature was altered after signing.",
        "Refuse the model; get the signature again from the publisher.",
    ),
    row(
        CheckCode::SignatureKey,
        "The signer's key is of a kind that OMS does not allow.",
        "A key or certificate of RSA, Ed25519 or another curve.",
        "Have the model signed with a key on P-256, P-384 or P-521.",
    ),
    row(
        CheckCode::SignatureAlgorithm,
        "A signature in an agent card cannot count: its algorithm or its header is refused.",
        "An algorithm `none`, a shared secret (HS256), a header that cannot be read, or a payload of its own.",
        "Ask the publisher to sign the card with ES256, ES384, ES512 or EdDSA.",
    ),
    row(
        CheckCode::ChainUntrusted,
        "The signing certificate does not lead to a trusted authority.",
        "Another authority, a missing intermediate certificate, or another Sigstore instance.",
        "Trust the authority only if you have its certificate from an independent source.",
    ),
    row(
        CheckCode::ChainPartial,
        "The certificates lead to a trusted intermediate certificate whose own root is not trusted.",
        "Only the intermediate certificate was named as the authority.",
        "Trust the root's certificate as well, if you have it from an independent source.",
    ),
    row(
        CheckCode::ChainSignature,
        "A certificate was not signed by the authority that it names.",
        "An authority of the same name with another key, or a forged certificate.",
        "Refuse the model until its publisher explains the certificate.",
    ),
    row(
        CheckCode::ChainInvalid,
        "A certificate is damaged, or breaks a rule for certificate paths without a more specific code.",
        "A forged certificate, a faulty authority.",
        "Refuse the model until its publisher explains the certificate.",
    ),
    row(
        CheckCode::ChainExpired,
        "A certificate had expired at the signing time, or without a trusted one, at the time of the verification.",
        "Certificates expire, and there is no trusted signing time from before that.",
        "Have the model signed again; with a timestamp a signature outlives its certificate.",
    ),
    row(
        CheckCode::ChainNotYetValid,
        "A certificate was not valid yet at the signing time, or without a trusted one, at the time of the verification.",
        "A wrong clock, or a verification as of a time before the signature.",
        "Check the clock and the time of the verification.",
    ),
    row(
        CheckCode::ChainUsage,
        "The certificate was not issued for signing.",
        "A certificate for a server or for encryption was used.",
        "Have the model signed with a certificate for digital signatures or code signing.",
    ),
    row(
        CheckCode::ChainNotCa,
        "A certificate was issued by one that is not a CA.",
        "A signer that issues certificates with its own: an attack, or a faulty authority.",
        "Refuse the model until its publisher explains the certificate.",
    ),
    row(
        CheckCode::ChainPathLength,
        "There are more authorities in the path than one of them allows.",
        "An authority that made another one without being allowed to.",
        "Refuse the model until its publisher explains the certificate.",
    ),
    row(
        CheckCode::ChainNames,
        "A name is outside the name constraints of an authority above it, or cannot be judged by them.",
        "An authority that certifies names that are not its own, or a name that can be read in two ways.",
        "Refuse the model until its publisher explains the certificate.",
    ),
    row(
        CheckCode::ChainCritical,
        "A certificate has an unknown critical extension.",
        "A certificate for a special purpose.",
        "Ask for a certificate without it: an unknown critical extension must be refused.",
    ),
    row(
        CheckCode::ChainAlgorithm,
        "A certificate is signed with an algorithm that is not accepted, such as SHA-1.",
        "An outdated CA.",
        "Have the certificates reissued, and the model signed again.",
    ),
    row(
        CheckCode::ChainKey,
        "A certificate has a key that is not accepted, such as RSA of 1024 bits or one on secp256k1.",
        "An outdated CA, or one for another purpose.",
        "Have the certificates reissued with a stronger key, and the model signed again.",
    ),
    row(
        CheckCode::ChainLimit,
        "The certificates form more paths, or longer ones, than can be followed.",
        "Many certificates of the same name: an attempt to exhaust the verifier.",
        "Have the model signed with only the certificates that lead to the root.",
    ),
    row(
        CheckCode::ChainRevoked,
        "The authority revoked a certificate; the check shows date and reason.",
        "A stolen key, a publisher that left, a replaced certificate.",
        "Do not use the model; ask its publisher for a signature with another certificate.",
    ),
    row(
        CheckCode::ChainRevokedLater,
        "A certificate was revoked after the model was signed, according to a trusted timestamp. Not a failure by itself.",
        "A replaced certificate.",
        "Ask the publisher for a signature with another certificate.",
    ),
    row(
        CheckCode::ChainNotCovered,
        "Revocation lists were given, but no usable one covers the signing certificate. Not a failure by itself.",
        "A list that has expired, is of another authority, or was not signed by its issuer; the details say which.",
        "Get the authority's current revocation list.",
    ),
    row(
        CheckCode::ChainSct,
        "No trusted certificate log vouches for the keyless certificate.",
        "A forged certificate, or a trusted root older than the log's key.",
        "Refresh the trusted root; if that does not help, refuse the model.",
    ),
    row(
        CheckCode::TimeUntrusted,
        "There is no trusted signing time. Not a failure by itself.",
        "A signature by key or certificate without a timestamp, or without a trusted timestamp authority.",
        "Where the time matters, sign with a timestamp (`--tsa-url`), and name its authority when you verify.",
    ),
    row(
        CheckCode::TimeUnknownAuthority,
        "The timestamp is from an authority that is not trusted, so it does not count. Not a failure by itself.",
        "The publisher uses a timestamp authority that you did not name, or the trusted root is older than its timestamp authority.",
        "Trust the authority (`--tsa-certificate-chain`, `kind = \"tsa\"`) if you have its certificate from an independent source; for a keyless signature, refresh the trusted root.",
    ),
    row(
        CheckCode::TimeMalformed,
        "A timestamp in the bundle cannot be read.",
        "An altered bundle, or a token that is not DER or larger than 64 KiB.",
        "Get the bundle again from the publisher.",
    ),
    row(
        CheckCode::TimeOtherSignature,
        "A timestamp in the bundle belongs to another signature.",
        "A timestamp that was copied from another bundle, or a signature that was replaced.",
        "Treat the bundle as altered: get it again from the publisher.",
    ),
    row(
        CheckCode::TimeAlgorithm,
        "A timestamp uses an algorithm that is not accepted.",
        "An outdated authority that uses SHA-1, or one that signs with something other than RSA, ECDSA or Ed25519.",
        "Have the model signed again with a timestamp of another authority.",
    ),
    row(
        CheckCode::TimeAuthority,
        "A timestamp was made with a certificate that may not make timestamps.",
        "The certificate is not for timestamps alone, had expired by then, or is not the one that the timestamp names.",
        "Ask the timestamp authority; have the model signed again with a timestamp from another one.",
    ),
    row(
        CheckCode::TimeFuture,
        "A timestamp lies in the future.",
        "A clock that is wrong, here or at the authority, or a verification as of an earlier time.",
        "Check this machine's clock, and the time of the verification.",
    ),
    row(
        CheckCode::TimeAbsent,
        "A keyless signature without a trusted signing time: its certificate cannot be judged.",
        "A bundle without log promise or timestamp, or one of another instance.",
        "Ask the publisher for a bundle with a log entry or a timestamp.",
    ),
    row(
        CheckCode::TimeInvalid,
        "A timestamp in the bundle does not hold: its signature or its time was altered.",
        "An altered bundle.",
        "Get the bundle again from the publisher.",
    ),
    row(
        CheckCode::TimeRequired,
        "You required a trusted signing time, but there is none.",
        "Signed by key or certificate without a timestamp of a trusted authority.",
        "Ask for a signature with a timestamp or a keyless one, or drop the requirement.",
    ),
    row(
        CheckCode::LogPromise,
        "The log promised to include the signature. The bundle holds no proof that it did.",
        "A bundle of version 0.1.",
        "Ask the publisher for a bundle with an inclusion proof. A policy takes a promise only where it sets `log.accept_promise_only`.",
    ),
    row(
        CheckCode::LogUnknown,
        "The log that the bundle names is not in the trusted root.",
        "It was signed with another Sigstore instance (staging, private), or the root is older than the log.",
        "Refresh the trusted root, or add that of the instance that signed, if you trust it.",
    ),
    row(
        CheckCode::LogInvalid,
        "The proof of the log entry does not hold.",
        "An altered bundle, or a trusted root older than the log's key.",
        "Get the bundle again; refresh the trusted root.",
    ),
    row(
        CheckCode::LogUnsupported,
        "The log entry is of a kind that cannot be verified here.",
        "A bundle of an old or a future version.",
        "Ask for a bundle of version 0.3 with an entry of kind dsse or hashedrekord.",
    ),
    row(
        CheckCode::LogRequired,
        "You required a transparency log entry, but there is none.",
        "Signatures by key or certificate have none (OMS v1.0).",
        "Ask for a keyless signature, or drop the requirement.",
    ),
    row(
        CheckCode::IdentityMismatch,
        "The signer is proven, and is not the one expected. The part that differs is marked.",
        "A look-alike, a copy signed by another party, a renamed workflow, or a typing mistake in the rule.",
        "Refuse the model unless the publisher confirms the signer through another channel.",
    ),
    row(
        CheckCode::IdentityNotAsked,
        "No expected signer was named, and anyone can get a certificate of this kind.",
        "A keyless signature was verified without identity and provider.",
        "Name the identity and its provider, from a source other than the model.",
    ),
    row(
        CheckCode::IdentityNoPublisher,
        "The policy names no publisher for this model.",
        "A new model, or a `models` pattern that does not fit its name.",
        "Find out who signs through another channel; then add a publisher to the policy.",
    ),
    row(
        CheckCode::IdentityWrongPublisher,
        "The policy knows this signer, but for another publisher.",
        "A copy signed by another party.",
        "Find out where this copy comes from.",
    ),
    row(
        CheckCode::IdentityDenied,
        "The policy denies this signer.",
        "A revoked key or a compromised identity.",
        "Do not use the model; ask for a signature by another signer.",
    ),
    row(
        CheckCode::IdentityWindow,
        "The signature lies outside the time for which the policy trusts the publisher.",
        "A key that was replaced, or a grant that ended.",
        "Have it signed again inside the window, or extend the grant after a review.",
    ),
    row(
        CheckCode::IdentityRole,
        "The policy knows the signer, but gives it no role for this claim.",
        "A signer trusted for something else, such as a build service that signs an evaluation.",
        "Ask a signer with the right role for the claim, or add the role to the policy after a review.",
    ),
    row(
        CheckCode::StatementPayloadType,
        "What was signed does not say that it is an in-toto statement.",
        "A DSSE envelope of another use.",
        "Name the file that holds the model's signature.",
    ),
    row(
        CheckCode::StatementType,
        "The statement is of another type: it does not sign a model.",
        "A provenance statement, a bill of materials or another claim was used as the signature.",
        "Name the file that holds the model's signature.",
    ),
    row(
        CheckCode::StatementVersion,
        "The model was signed by a version of OMS that is not known here.",
        "A signing tool that is newer than this program.",
        "Get a newer Touchmark, or ask the publisher for a signature of OMS v1.",
    ),
    row(
        CheckCode::StatementMalformed,
        "The statement is not a manifest as OMS asks for; the field at fault is named.",
        "A signing tool with a defect, or an attempt to make readers disagree.",
        "Refuse the signature and tell the publisher which field is at fault.",
    ),
    row(
        CheckCode::StatementTooLarge,
        "The statement is too deep or has too many values.",
        "An attempt to exhaust the verifier, or a model of millions of files.",
        "Have the model signed in fewer, larger files.",
    ),
    row(
        CheckCode::StatementLegacy,
        "A statement of the reference's version 0.2.0, from before OMS: no root digest, no recorded rules.",
        "An old signature.",
        "Ask the publisher to sign again with a current tool.",
    ),
    row(
        CheckCode::SubjectDigest,
        "The statement contradicts itself: its root digest is not that of the files it lists.",
        "A signing tool with a defect, or a manifest that was put together by hand.",
        "Refuse the signature and tell the publisher.",
    ),
    row(
        CheckCode::SubjectArtifact,
        "The bundle is about another artifact than the one that was given.",
        "Another file, a changed one, or another file's bundle.",
        "Get the artifact and its bundle again, together.",
    ),
    row(
        CheckCode::FilesChanged,
        "Files differ from the signed ones. The check explains each difference as far as it can.",
        "A replaced or edited file, a download cut short, a Git LFS pointer, converted line ends.",
        "Do not load the model; get the files again from the publisher.",
    ),
    row(
        CheckCode::FilesMissing,
        "Signed files are missing.",
        "An incomplete download, moved files, or names that a file system changed.",
        "Get the files again, or restore their names.",
    ),
    row(
        CheckCode::FilesExtra,
        "There are unsigned files. Code among them may run when the model is loaded.",
        "Files added after signing: caches, converted weights, or an attack.",
        "Remove them, or have the model signed with them. Claims that others made: `touchmark claims append MODEL FILE` \
         adds them to the model's claims; then remove their files.",
    ),
    row(
        CheckCode::FilesOtherModel,
        "The signature belongs to another model.",
        "A signature copied from one model to another, as when a model is uploaded again.",
        "Refuse the signature; get the one that was made for this model.",
    ),
    row(
        CheckCode::FilesBlobName,
        "The signed files are here, and a blob of the hub cache that holds one is not what its name, a SHA-256, says.",
        "A cache that was damaged or written to by hand.",
        "Delete that blob from the cache and download the model again.",
    ),
    row(
        CheckCode::FilesLink,
        "The model holds a symbolic link that the signature does not allow.",
        "A link added after signing, or a cache that links its files.",
        "Replace the link by the file.",
    ),
    row(
        CheckCode::FilesOdd,
        "The model holds something that cannot have been signed: a pipe, a device, a link out of it.",
        "Something that does not belong in a model.",
        "Remove it from the model.",
    ),
    row(
        CheckCode::FilesCached,
        "The verification used cached digests, and the stage does not accept them.",
        "A verification at a stage with `cached_digests_max_hours`, looked at from one without, or too long ago.",
        "Verify in full: `touchmark verify MODEL --in-full`.",
    ),
    row(
        CheckCode::FilesUnreadable,
        "Files could not be read, or changed while they were read.",
        "Permissions, a disk error, or a program that writes to the model.",
        "Make the files readable and still, and verify again.",
    ),
    row(
        CheckCode::FilesTooMany,
        "The model has too many files, or folders that are too deep.",
        "Another folder than the model's was named.",
        "Check the path.",
    ),
    row(
        CheckCode::FilesUnsignedAllowed,
        "All signed files match; unsigned files were ignored, as requested.",
        "`--ignore-unsigned-files` was given.",
        "Verify without it before the unsigned files are loaded.",
    ),
    row(
        CheckCode::FilesEmptyCode,
        "All signed files match; unsigned empty files have names of code files.",
        "The model was signed in shards, which leave empty files out: anyone can add one, and its name can hide a module.",
        "Remove them, or have the model signed with whole files.",
    ),
    row(
        CheckCode::FilesRegistry,
        "The registry's manifest lists every signed file with its signed digest; the files were not read.",
        "The model lies in an OCI layout, and its manifest was compared instead of its bytes.",
        "Verify in full before you load it: `touchmark verify MODEL --in-full`. `gate` always reads the files.",
    ),
    row(
        CheckCode::FilesPart,
        "Only part of the signed files was verified, as requested; it matches. Nothing is said of the rest.",
        "`--only` was given. Where the outcome is `missing`, a pattern fits no signed file.",
        "Load nothing but that part, or verify the whole model. A policy takes a part only where its stage says `on_partial`.",
    ),
    row(
        CheckCode::FilesCard,
        "The agent card that is shown is not the card that was signed; the check names the members that differ.",
        "The card was changed after signing, or the signed statement was put beside another card.",
        "Do not use the card; get it again from its publisher.",
    ),
    row(
        CheckCode::FilesCardPart,
        "The agent card is as signed; empty members of it, or other files, are not covered. Not a failure by itself.",
        "The signer left empty members out, or the card's folder holds more than the card.",
        "Sign the whole folder to cover everything in it.",
    ),
    row(
        CheckCode::PredicatesUnreadable,
        "The file of further claims cannot be read. Nothing in it counts.",
        "A damaged `claims.jsonl`.",
        "Look at the file; get it again.",
    ),
    row(
        CheckCode::PredicatesNotCounted,
        "Some of the further claims do not count: they are about another model, not verified, or no claims at all.",
        "A copied claims file, a signer that is not trusted here, or an appended line.",
        "Nothing for this model: they prove nothing and contradict nothing. `touchmark claims list` shows each.",
    ),
    row(
        CheckCode::PolicyFormat,
        "The policy bans a format that the model holds.",
        "Weights as pickle, which runs code when it is loaded.",
        "Ask for the weights in a format that the policy allows.",
    ),
    row(
        CheckCode::PolicyHash,
        "The policy does not allow the hash that was recorded.",
        "The publisher signs with another hash than the policy lists.",
        "Have the model signed with an allowed hash.",
    ),
    row(
        CheckCode::PolicyAnchorAge,
        "The trust anchor is older than the policy allows.",
        "The file was not refreshed for longer than `max_age_days`.",
        "Get the anchor again from its source, compare, and replace the file.",
    ),
    row(
        CheckCode::PolicyKey,
        "The policy does not allow keys of the kind that signed.",
        "The publisher signs with another curve than the policy lists.",
        "Have the model signed with an allowed key.",
    ),
    row(
        CheckCode::PolicySymlinks,
        "The signature follows symbolic links, and the policy does not allow that.",
        "The model was signed where its files are links, as in a download cache.",
        "Have the model signed with files in place of the links.",
    ),
    row(
        CheckCode::PolicyIgnored,
        "Files that count are left out of the signature, hidden where other tools do not look, or referred to there.",
        "A wide `ignore_paths` in the signature; weights or code in `.git`; an index that names unsigned files.",
        "Remove these files, or have the model signed with them.",
    ),
    row(
        CheckCode::PolicyLog,
        "The policy requires a transparency log entry, but there is none.",
        "A signature by key or certificate.",
        "Have the model signed with a log entry.",
    ),
    row(
        CheckCode::PolicyExpired,
        "The policy has expired, so it cannot admit anything.",
        "It was not reviewed in time.",
        "Review the policy, then extend `expires`.",
    ),
    row(
        CheckCode::PolicyDataset,
        "The policy denies a dataset that a document or claim names as an input of the model.",
        "`dataset_deny` lists it; a bill of materials, a model card or a claim names it.",
        "Use a model that was made without it. If the statement is wrong, ask its author to correct it.",
    ),
    row(
        CheckCode::PolicyLicence,
        "The policy denies the licence that a document or claim states for the model.",
        "`license_deny` lists it; a bill of materials, a model card or a claim names it.",
        "Use a model under another licence, or ask the producer for one.",
    ),
    row(
        CheckCode::PolicyPin,
        "A descriptor differs from its pin; the check names what changed.",
        "A tool, description or schema changed after approval (a rug pull), or an unreviewed update.",
        "Do not use it until the change is reviewed; then pin it again: `touchmark pin FILE`.",
    ),
];
