//! The two AIBOMs (CycloneDX 1.6): acme's own, with bindings taken from the real signatures, and a vendor's,
//! with what one finds in documents that somebody else wrote.

use super::cast::{Bom, CAST, Spec, Weights};
use super::files::write_json;
use super::signers::Signers;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use touchmark::signing::{HashAlgorithm, RootDigest, hash_bytes};

/// The root digest of a release that nobody has any more.
const STALE_DIGEST: &str = "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";

/// Writes both documents into `root/boms`. `digests` are the root digests as signed.
pub fn write_boms(
    root: &Path,
    signers: &Signers,
    digests: &HashMap<&str, RootDigest>,
) -> Result<(), Box<dyn Error>> {
    let boms = root.join("boms");
    fs::create_dir_all(&boms)?;
    let mut components = Vec::new();
    for spec in CAST.iter().filter(|spec| spec.bom != Bom::Absent) {
        components.push(component(root, spec, signers, digests)?);
    }
    let acme = document("acme model inventory", "2c4a2f6e-6f0e-4b5c-9d53-6f6f1f0a7a01", components);
    write_json(&boms.join("acme.cdx.json"), &acme)?;
    let vendor = document("vendor deliveries", "2c4a2f6e-6f0e-4b5c-9d53-6f6f1f0a7a02", vendor_components());
    write_json(&boms.join("vendor.cdx.json"), &vendor)
}

fn document(name: &str, serial: &str, components: Vec<Value>) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{serial}"),
        "version": 1,
        "metadata": {
            "timestamp": "2026-11-02T09:00:00Z",
            "component": { "type": "application", "name": name },
        },
        "components": components,
    })
}

fn component(
    root: &Path,
    spec: &Spec,
    signers: &Signers,
    digests: &HashMap<&str, RootDigest>,
) -> Result<Value, Box<dyn Error>> {
    let kind = if spec.weights == Weights::Dataset { "data" } else { "machine-learning-model" };
    let mut component = json!({
        "type": kind,
        "bom-ref": reference(spec.id, spec.version),
        "group": spec.owner(),
        "name": spec.name(),
        "version": spec.version,
        "purl": format!("pkg:generic/{}@{}", spec.id, spec.version),
        "licenses": [licence(spec.licence)],
    });
    let Some(fields) = component.as_object_mut() else { return Err("a component is an object".into()) };
    let ancestors: Vec<Value> = spec.base.iter().map(|base| ancestor(base, spec.relation, digests)).collect();
    if !ancestors.is_empty() {
        fields.insert("pedigree".into(), json!({ "ancestors": ancestors }));
    }
    if spec.weights != Weights::Dataset {
        let datasets: Vec<Value> =
            spec.datasets.iter().map(|name| json!({ "type": "dataset", "name": name })).collect();
        let parameters =
            json!({ "task": spec.task, "architectureFamily": spec.family, "datasets": datasets });
        fields.insert("modelCard".into(), json!({ "modelParameters": parameters }));
    }
    if spec.bom == Bom::Listed {
        return Ok(component);
    }
    let place = format!("models/{}/model.sig", spec.id);
    let written = fs::read(root.join(&place))?;
    let bundle = hex::encode(hash_bytes(HashAlgorithm::Sha256, &written));
    let digest = match spec.bom {
        Bom::Stale => STALE_DIGEST.to_owned(),
        // As an inventory tool would: from the bundle that lies there, whosever it is.
        _ => digests.get(spec.signature_of()).ok_or("a bound model is signed")?.to_string(),
    };
    let (subject, issuer) = signers.identity(spec.signer).ok_or("a bound model has a signer")?;
    let mut properties = vec![
        json!({ "name": "touchmark:oms:rootDigest", "value": digest }),
        json!({ "name": "touchmark:oms:identity", "value": subject }),
        json!({ "name": "touchmark:oms:bundleDigest", "value": bundle }),
    ];
    if let Some(issuer) = issuer {
        properties.push(json!({ "name": "touchmark:oms:issuer", "value": issuer }));
    }
    if let Some(entry) = log_entry(&written) {
        properties.push(json!({ "name": "touchmark:oms:logEntry", "value": entry }));
    }
    fields.insert("properties".into(), Value::from(properties));
    let attestation = json!({
        "type": "attestation",
        "url": place,
        "hashes": [{ "alg": "SHA-256", "content": bundle }],
        "comment": "OMS bundle",
    });
    fields.insert("externalReferences".into(), json!([attestation]));
    Ok(component)
}

/// `LOG ID/INDEX` of a bundle that has one.
fn log_entry(bundle: &[u8]) -> Option<String> {
    let bundle: Value = serde_json::from_slice(bundle).ok()?;
    let entry = bundle.pointer("/verificationMaterial/tlogEntries/0")?;
    Some(format!("{}/{}", entry.pointer("/logId/keyId")?.as_str()?, entry.get("logIndex")?.as_str()?))
}

/// An ancestor with how the model came from it, pinned by its root digest where that is known.
fn ancestor(id: &str, relation: &str, digests: &HashMap<&str, RootDigest>) -> Value {
    let (group, name) = id.split_once('/').unwrap_or(("", id));
    let mut properties = vec![json!({ "name": "touchmark:pedigree:relation", "value": relation })];
    if let Some(digest) = digests.get(id) {
        properties.push(json!({ "name": "touchmark:pedigree:digest", "value": digest.to_string() }));
    }
    let mut ancestor = json!({ "type": "machine-learning-model", "name": name, "properties": properties });
    if let Some(fields) = ancestor.as_object_mut()
        && !group.is_empty()
    {
        fields.insert("group".into(), group.into());
    }
    ancestor
}

fn licence(id: &str) -> Value {
    let spdx = match id {
        "apache-2.0" => "Apache-2.0",
        "mit" => "MIT",
        "bsd-3-clause" => "BSD-3-Clause",
        "cc-by-4.0" => "CC-BY-4.0",
        other => return json!({ "license": { "name": other } }),
    };
    json!({ "license": { "id": spdx } })
}

fn reference(id: &str, version: &str) -> String {
    format!("{id}@{version}")
}

/// Names that try to move the cursor, reorder text or forge a line; a hash of the wrong length; parents that
/// are nowhere; a parent in a property only.
fn vendor_components() -> Vec<Value> {
    let model = |name: &str, version: &str| {
        json!({
            "type": "machine-learning-model",
            "bom-ref": format!("vendor/{name}@{version}"),
            "group": "vendor",
            "name": name,
            "version": version,
        })
    };
    let with = |mut component: Value, key: &str, value: Value| {
        if let Some(fields) = component.as_object_mut() {
            fields.insert(key.into(), value);
        }
        component
    };
    let made_from = |id: &str| json!({ "ancestors": [ancestor(id, "finetune", &HashMap::new())] });
    vec![
        model("\u{1b}[2J\u{1b}[32m✓ pass\u{1b}[0m", "1"),
        model("invoice-\u{202e}gnp.exe", "1"),
        model("quiet-model\n✓ acme/support-bot-7b  pass  admit", "1"),
        with(
            with(model("ocr-large", "5"), "hashes", json!([{ "alg": "SHA-256", "content": "c0ffee" }])),
            "pedigree",
            made_from("lumen/iris-large"),
        ),
        with(model("ocr-tables", "5"), "pedigree", made_from("vendor/ocr-base-2023")),
        with(
            model("translate-mini", "0.2"),
            "modelCard",
            json!({ "properties": [{ "name": "base_model", "value": "northwind/harbour-1b" }] }),
        ),
    ]
}
