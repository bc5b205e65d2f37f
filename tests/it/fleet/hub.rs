//! A fleet over hubs: a repository at a revision is a model, judged by its bytes or by the hub's SHA-256 of large files;
//! and a hub's cache in a folder.

use super::made::{Place, parsed, records};
use super::oci::{ONE, of_files, only};
use super::served::{Asked, Reply, Served, decoded, reply};
use super::shop::Shop;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex};
use touchmark::Code;
use touchmark::decision::Decision;
use touchmark::fleet::{FleetRecord, Run, UnknownClass, WantedBasis};
use touchmark::remote::{Files, Folder, KeyFault, Location, Seen, open};
use touchmark::signing::{Outcome, sha256_hex};

/// What a fault answers instead; none where it leaves the answer to the mirror.
type Fault = Box<dyn Fn(&Asked) -> Option<Reply> + Send>;

/// Larger files are kept by LFS.
const LARGE: usize = 1 << 20;

#[derive(Default)]
pub struct Shelf {
    /// By revision: the commit.
    pub refs: BTreeMap<String, String>,
    pub files: BTreeMap<String, Vec<u8>>,
    /// Files of one page.
    pub page: Option<usize>,
    /// Where large files are kept, when they are kept elsewhere.
    pub elsewhere: Option<String>,
    pub fault: Option<Fault>,
}

/// A mirror with one repository, `acme/tiny`.
pub struct Mirror {
    pub served: Served,
    pub shelf: Arc<Mutex<Shelf>>,
}

pub const FIRST: &str = "1111111111111111111111111111111111111111";
pub const SECOND: &str = "2222222222222222222222222222222222222222";

pub fn oid(bytes: &[u8]) -> String {
    let whole = [format!("blob {}\0", bytes.len()).as_bytes(), bytes].concat();
    hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &whole))
}

pub fn entry(path: &str, bytes: &[u8]) -> Value {
    match bytes.len() > LARGE {
        true => json!({
            "type": "file", "path": path, "size": bytes.len(), "oid": oid(b"a pointer"),
            "lfs": { "oid": sha256_hex(bytes), "size": bytes.len(), "pointerSize": 134 },
        }),
        false => json!({ "type": "file", "path": path, "size": bytes.len(), "oid": oid(bytes) }),
    }
}

impl Mirror {
    /// With the signed model of a shop.
    pub fn of(shop: &Shop) -> Self {
        let shelf = Shelf::default();
        let mirror = Mirror::new(shelf);
        {
            let mut shelf = mirror.shelf.lock().unwrap();
            for (name, bytes) in &shop.files {
                shelf.files.insert((*name).to_owned(), bytes.clone());
            }
            shelf.files.insert("model.sig".to_owned(), shop.bundle());
            shelf.files.insert(".gitattributes".to_owned(), b"*.safetensors filter=lfs\n".to_vec());
            shelf.refs = [("main", FIRST), (FIRST, FIRST), ("refs/pr/1", SECOND), (SECOND, SECOND)]
                .map(|(name, commit)| (name.to_owned(), commit.to_owned()))
                .into();
        }
        mirror
    }

    pub fn new(shelf: Shelf) -> Self {
        let shelf = Arc::new(Mutex::new(shelf));
        let kept = shelf.clone();
        let served = Served::new(move |asked| {
            let shelf = kept.lock().unwrap();
            shelf.fault.as_ref().and_then(|fault| fault(asked)).unwrap_or_else(|| answer(asked, &shelf))
        });
        Mirror { served, shelf }
    }

    pub fn fault(&self, fault: impl Fn(&Asked) -> Option<Reply> + Send + 'static) {
        self.shelf.lock().unwrap().fault = Some(Box::new(fault));
    }

    pub fn place(&self, revision: &str) -> String {
        format!("hf-mirror://{}/acme/tiny{revision}", self.served.host())
    }

    pub fn source(&self, revision: &str) -> (Location, Place) {
        let location = Location::parse(&self.place(revision)).unwrap();
        let place = open(&location).unwrap();
        (location, place)
    }
}

fn answer(asked: &Asked, shelf: &Shelf) -> Reply {
    let is_known = |commit: &str| shelf.refs.values().any(|known| known == commit);
    if let Some(revision) = asked.path.strip_prefix("/api/models/acme/tiny/revision/") {
        let Some(commit) = shelf.refs.get(&decoded(revision)) else { return reply(404, "{}") };
        return reply(200, json!({ "id": "acme/tiny", "sha": commit, "siblings": [] }).to_string());
    }
    if let Some(commit) = asked.path.strip_prefix("/api/models/acme/tiny/tree/") {
        if !is_known(commit) || asked.query.get("recursive").map(String::as_str) != Some("true") {
            return reply(404, "{}");
        }
        let mut all: Vec<Value> = shelf.files.iter().map(|(path, bytes)| entry(path, bytes)).collect();
        all.push(json!({ "type": "directory", "path": "tokenizer", "size": 0, "oid": oid(b"") }));
        let from = asked.query.get("cursor").map_or(0, |cursor| cursor.parse().unwrap());
        let to = all.len().min(from + shelf.page.unwrap_or(1000));
        let answer = reply(200, Value::from(&all[from..to]).to_string());
        return match to < all.len() {
            true => answer.with(
                "Link",
                format!("<http://elsewhere.example/x?recursive=true&cursor={to}>; rel=\"next\""),
            ),
            false => answer,
        };
    }
    let resolved = asked.path.strip_prefix("/acme/tiny/resolve/").and_then(|rest| rest.split_once('/'));
    let stored = asked.path.strip_prefix("/stored/").map(|path| (FIRST, path));
    let Some((commit, path)) = resolved.or(stored) else { return reply(404, "") };
    let Some(bytes) = shelf.files.get(&decoded(path)).filter(|_| is_known(commit)) else {
        return reply(404, "");
    };
    match &shelf.elsewhere {
        Some(host) if bytes.len() > LARGE && resolved.is_some() => {
            reply(302, "").with("Location", format!("http://{host}/stored/{path}"))
        }
        _ => reply(200, bytes.clone()).with("X-Repo-Commit", commit).ranged(asked),
    }
}

/// Plans, works and seals one shard.
pub fn judged(shop: &Shop, mirror: &Mirror, revision: &str, basis: WantedBasis) -> (Run, Vec<FleetRecord>) {
    super::oci::forget(shop);
    let planned = shop.fleet.plan_by(vec![mirror.source(revision)], ONE, basis).unwrap();
    let run = shop.fleet.work_all(&planned);
    let sealed = shop.fleet.seal(&run).unwrap();
    let found = parsed(&records(&run, &sealed));
    (run, found)
}

#[test]
fn a_repository_is_a_model_that_comes_to_what_its_folder_comes_to() {
    let shop = Shop::new();
    let mirror = Mirror::of(&shop);
    mirror.shelf.lock().unwrap().page = Some(2);
    let record = only(judged(&shop, &mirror, "", WantedBasis::Recomputed).1);
    assert_eq!((record.model.raw(), record.source.raw()), ("acme/tiny", &*mirror.place("")));
    assert_eq!((record.outcome, record.decision), (Outcome::Pass, Decision::Admit), "{record:#?}");
    assert_eq!((record.digests.recomputed, record.digests.contradicted), (3, 0));
    assert_eq!(mirror.served.asked("/tree/").len(), 3, "pages");
    // Nobody is told where the next page is but by its query.
    let by_commit = only(judged(&shop, &mirror, &format!("@{FIRST}"), WantedBasis::Recomputed).1);
    let by_ref = only(judged(&shop, &mirror, "@refs/pr/1", WantedBasis::Recomputed).1);
    assert!(!mirror.served.asked("/revision/refs%2Fpr%2F1").is_empty());
    fs::copy(shop.path("tiny.sig"), shop.path("models/acme/tiny/model.sig")).unwrap();
    let planned = shop.fleet.plan(vec![shop.fleet.source()], 1);
    let run = shop.fleet.work_all(&planned);
    let folder = only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap())));
    assert!(record.root_digest.is_some());
    for other in [by_commit, by_ref] {
        assert_eq!((other.outcome, other.root_digest), (folder.outcome, folder.root_digest));
    }
    assert_eq!((folder.root_digest, folder.decision), (record.root_digest, record.decision));
    // One model, though nothing is signed and weights lie in several folders.
    {
        let mut shelf = mirror.shelf.lock().unwrap();
        shelf.files.remove("model.sig");
        shelf.files.insert("onnx/model.onnx".to_owned(), b"weights".to_vec());
    }
    let record = only(judged(&shop, &mirror, "", WantedBasis::Recomputed).1);
    assert_eq!((record.outcome, record.objects), (Outcome::Missing, 5), "{record:#?}");
    // Everything is listed as its state says.
    let (_, files) = mirror.source("");
    let mut keys = Vec::new();
    files
        .list(&mut |seen| {
            let Seen::Object(object) = seen else { panic!("{seen:?}") };
            assert_eq!(files.state(&object.key).unwrap(), object);
            assert_eq!(object.version.as_deref(), Some(FIRST));
            keys.push(object.key);
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    assert!(keys.is_sorted() && keys.len() == 5, "{keys:?}");
    for key in ["", "acme", "acme/tiny", "acme/tiny/", "acme/tiny/../x", "other/tiny/config.json"] {
        assert_eq!(files.state(key).unwrap_err().code, Code::NotFound, "{key}");
    }
    let weights = files.state("acme/tiny/model.safetensors").unwrap();
    assert_eq!(files.read(&weights, 3..9).unwrap(), shop.files[0].1[3..9]);
    assert_eq!(files.put_new("acme/tiny/x", b"x").unwrap_err().code, Code::Usage);
}

#[test]
fn by_the_hubs_sums_no_large_file_is_read_and_files_are_partial() {
    let shop = Shop::new();
    let mirror = Mirror::of(&shop);
    mirror.served.forget();
    let record = only(judged(&shop, &mirror, "", WantedBasis::ProviderChecksum).1);
    assert_eq!(of_files(&record), Outcome::Partial, "{record:#?}");
    assert_eq!((record.digests.recomputed, record.digests.provider_checksum), (2, 1));
    assert!(mirror.served.asked("model.safetensors").is_empty(), "nobody asked for the weights");
    // Planning and working each ask for revision and tree, and the worker for what is small.
    assert_eq!((mirror.served.asked("/revision/").len(), mirror.served.asked("/tree/").len()), (2, 2));
    assert_eq!(mirror.served.asked("/resolve/").len(), 4);
    // A hub that lists another sum of the weights than was signed: all bytes are read, and they say what is wrong.
    let mut other = shop.files[0].1.clone();
    *other.last_mut().unwrap() ^= 1;
    mirror.shelf.lock().unwrap().files.insert("model.safetensors".to_owned(), other);
    let record = only(judged(&shop, &mirror, "", WantedBasis::ProviderChecksum).1);
    assert_eq!((record.outcome, record.decision), (Outcome::Fail, Decision::Refuse), "{record:#?}");
    assert_eq!(record.digests.contradicted, 0, "the hub was right about its bytes");
}

#[test]
fn a_hub_that_gives_other_bytes_than_it_lists_contradicts() {
    let shop = Shop::new();
    let mirror = Mirror::of(&shop);
    let mut other = shop.files[0].1.clone();
    *other.last_mut().unwrap() ^= 1;
    mirror.fault(move |asked| {
        (asked.path.contains("/resolve/") && asked.path.ends_with("safetensors"))
            .then(|| reply(200, other.clone()).ranged(asked))
    });
    let seal = |basis, ppm| {
        super::oci::forget(&shop);
        let planned = shop.fleet.plan_rechecked(vec![mirror.source("")], ONE, basis, ppm).unwrap();
        let run = shop.fleet.work_all(&planned);
        only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap())))
    };
    // By its word alone nobody notices; a sample does, and so does whoever reads all bytes.
    let record = seal(WantedBasis::ProviderChecksum, None);
    assert_eq!((record.decision, record.digests.contradicted), (Decision::Admit, 0), "{record:#?}");
    let record = seal(WantedBasis::ProviderChecksum, Some(1_000_000));
    assert_eq!((record.outcome, record.decision), (Outcome::Fail, Decision::Refuse), "{record:#?}");
    assert_eq!((record.digests.rechecked, record.digests.contradicted), (1, 1));
    let record = seal(WantedBasis::Recomputed, None);
    assert_eq!((record.outcome, record.decision), (Outcome::Fail, Decision::Refuse), "{record:#?}");
    assert_eq!((record.digests.rechecked, record.digests.contradicted), (0, 1));
    assert!(record.checks.iter().any(|check| check.code == "FILES-CHANGED"), "{record:#?}");
    // Small files are pinned by git's name of them.
    let signature = shop.bundle();
    mirror.fault(move |asked| {
        let mut other = signature.clone();
        *other.last_mut().unwrap() ^= 1;
        asked.path.ends_with("/model.sig").then(|| reply(200, other))
    });
    assert_eq!(seal(WantedBasis::Recomputed, None).class, Some(UnknownClass::Changed));
}

#[test]
fn what_moves_after_it_was_planned_is_unknown() {
    let shop = Shop::new();
    let mirror = Mirror::of(&shop);
    let class = |revision: &str, then: &dyn Fn(&mut Shelf)| {
        super::oci::forget(&shop);
        let planned =
            shop.fleet.plan_by(vec![mirror.source(revision)], ONE, WantedBasis::Recomputed).unwrap();
        then(&mut mirror.shelf.lock().unwrap());
        let run = shop.fleet.work_all(&planned);
        only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap()))).class
    };
    // The branch moves; the commit does not.
    let moves = |shelf: &mut Shelf| drop(shelf.refs.insert("main".to_owned(), SECOND.to_owned()));
    assert_eq!(class("", &moves), Some(UnknownClass::Changed));
    assert_eq!(class(&format!("@{FIRST}"), &moves), None);
    // The repository is gone, or a file of the commit.
    let config = mirror.shelf.lock().unwrap().files["config.json"].clone();
    assert_eq!(class("", &|shelf| drop(shelf.files.remove("config.json"))), Some(UnknownClass::Changed));
    mirror.shelf.lock().unwrap().files.insert("config.json".to_owned(), config.clone());
    assert_eq!(class("", &|shelf| drop(shelf.refs.remove("main"))), Some(UnknownClass::Changed));
    mirror.shelf.lock().unwrap().refs.insert("main".to_owned(), FIRST.to_owned());
    // Longer, shorter.
    for other in [[&config[..], b" "].concat(), config[1..].to_vec(), Vec::new()] {
        let answer = other.clone();
        let class = class("", &|shelf| {
            let answer = answer.clone();
            let fault = move |asked: &Asked| {
                let is_it = asked.path.contains("/resolve/") && asked.path.ends_with("/config.json");
                is_it.then(|| reply(200, answer.clone()))
            };
            shelf.fault = Some(Box::new(fault));
        });
        assert_eq!(class, Some(UnknownClass::Changed), "{} bytes", other.len());
        mirror.shelf.lock().unwrap().fault = None;
    }
    // A mirror that gives a file of another commit says so.
    let answer = mirror.shelf.lock().unwrap().files["config.json"].clone();
    let class = class("", &|shelf| {
        let answer = answer.clone();
        let fault = move |asked: &Asked| {
            asked
                .path
                .ends_with("/config.json")
                .then(|| reply(200, answer.clone()).with("X-Repo-Commit", SECOND))
        };
        shelf.fault = Some(Box::new(fault));
    });
    assert_eq!(class, Some(UnknownClass::Changed));
}

#[cfg(unix)]
#[test]
fn the_links_of_a_hubs_cache_are_followed_to_its_blobs_and_no_others() {
    use std::os::unix::fs::symlink;
    let shop = Shop::new();
    let root = shop.path("cache");
    let (repository, outside) = (root.join("hub/models--acme--tiny"), shop.path("outside"));
    let snapshot = repository.join("snapshots").join(FIRST);
    for folder in
        [repository.join("blobs"), repository.join("refs"), snapshot.join("tokenizer"), outside.clone()]
    {
        fs::create_dir_all(folder).unwrap();
    }
    fs::create_dir_all(repository.join(".no_exist").join(FIRST)).unwrap();
    fs::write(repository.join(".no_exist").join(FIRST).join("adapter.safetensors"), "").unwrap();
    fs::write(repository.join("refs/main"), FIRST).unwrap();
    let mut files: Vec<(&str, Vec<u8>)> = shop.files.clone();
    files.push(("model.sig", shop.bundle()));
    for (name, bytes) in &files {
        let blob = sha256_hex(bytes);
        fs::write(repository.join("blobs").join(&blob), bytes).unwrap();
        let up = "../".repeat(name.split('/').count() + 1);
        symlink(format!("{up}blobs/{blob}"), snapshot.join(name)).unwrap();
    }
    let judge = |root: &Path| {
        super::oci::forget(&shop);
        let location = Location::parse(root.to_str().unwrap()).unwrap();
        let source = (location, Arc::new(Folder::new(root)) as Place);
        let planned = shop.fleet.plan_by(vec![source], ONE, WantedBasis::Recomputed).unwrap();
        let run = shop.fleet.work_all(&planned);
        only(parsed(&records(&run, &shop.fleet.seal(&run).unwrap())))
    };
    let record = judge(&root);
    assert_eq!(record.model.raw(), "acme/tiny@111111111111");
    assert_eq!((record.outcome, record.digests.recomputed), (Outcome::Pass, 3), "{record:#?}");
    // From the repository's folder nobody knows whose it is.
    let unnamed = judge(&repository);
    assert_eq!(unnamed.model.raw(), format!("snapshots/{FIRST}"));
    assert_eq!((unnamed.outcome, unnamed.root_digest), (Outcome::Missing, record.root_digest));
    // From the snapshot alone they lead out of the place.
    let faults = |place: &Folder| {
        let mut faults = Vec::new();
        place
            .list(&mut |seen| {
                if let Seen::Odd { key, fault } = seen {
                    faults.push((key, fault));
                }
                Ok(ControlFlow::Continue(()))
            })
            .unwrap();
        faults
    };
    assert_eq!(faults(&Folder::new(&snapshot)).len(), files.len());
    // A link that is changed between listing and reading gives other bytes to nobody.
    let place = Folder::new(&root);
    let key = format!("hub/models--acme--tiny/snapshots/{FIRST}/config.json");
    let object = place.state(&key).unwrap();
    assert_eq!(place.read(&object, 0..object.size).unwrap(), shop.files[2].1);
    let vocab = format!("../../blobs/{}", sha256_hex(&shop.files[1].1));
    fs::remove_file(snapshot.join("config.json")).unwrap();
    symlink(vocab, snapshot.join("config.json")).unwrap();
    assert_eq!(place.read(&object, 0..object.size).unwrap_err().code, Code::Changed);
    // Any other way out of the snapshot is a finding, and the model is unknown.
    fs::write(outside.join("secret"), "secret").unwrap();
    symlink(outside.join("secret"), repository.join("blobs/link")).unwrap();
    fs::create_dir(repository.join("blobs/folder")).unwrap();
    for target in [
        outside.join("secret").to_str().unwrap(),
        repository.join("blobs").join(sha256_hex(&files[2].1)).to_str().unwrap(),
        "../../blobs/link",
        "../../blobs/folder",
        "../../blobs/../../../../outside/secret",
        "../../blobs/.",
        "../../blobs/absent",
        "../../refs/main",
        "../../../blobs/x",
        "../blobs/x",
        "tokenizer/vocab.json",
        "..",
    ] {
        fs::remove_file(snapshot.join("config.json")).unwrap();
        symlink(target, snapshot.join("config.json")).unwrap();
        assert_eq!(judge(&root).class, Some(UnknownClass::Names), "{target}");
        assert!(faults(&place).contains(&(key.clone(), KeyFault::Link)), "{target}");
        assert!(place.small(&key, 100).is_err() && place.state(&key).is_err(), "{target}");
    }
    // A folder of blobs that is itself a link leads anywhere.
    fs::remove_file(snapshot.join("config.json")).unwrap();
    symlink(format!("../../blobs/{}", sha256_hex(&files[2].1)), snapshot.join("config.json")).unwrap();
    assert_eq!(judge(&root).outcome, Outcome::Pass);
    fs::rename(repository.join("blobs"), outside.join("blobs")).unwrap();
    symlink(outside.join("blobs"), repository.join("blobs")).unwrap();
    let found = faults(&place);
    let odd = found.iter().filter(|(key, fault)| key.contains("/snapshots/") && *fault == KeyFault::Link);
    assert_eq!(odd.count(), files.len(), "{found:?}");
    assert_eq!(place.read(&object, 0..object.size).unwrap_err().code, Code::Changed);
}
