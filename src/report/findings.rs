//! What each finding of a scan means and what to do about it, as a table, and the page made from it. Who finds
//! something is not known here: tests hold the table against the codes in the source.

use std::fmt::Write as _;

/// A group of findings: its title, and for each code what it means and what to do.
type Group = (&'static str, &'static [(&'static str, &'static str, &'static str)]);

const REFETCH: &str = "fetch the model again";
const LOOK_AGAIN: &str = "fix the file, then run `touchmark scan`";
const FIX_BILL: &str = "correct the document, or ask who wrote it";
const NOT_LOOKED: &str = "what lies beyond the limit is not judged: split the model, or sign and verify it";

/// All of them.
pub(super) const GROUPS: &[Group] = &[
    (
        "Loading",
        &[
            (
                "F-LOAD-DANGEROUS",
                "Loading it runs code, or leaves the folder",
                "use weights in a format that is only data ([formats](formats.md))",
            ),
            (
                "F-LOAD-UNREADABLE",
                "Of no known kind, or not readable to its end: it may hold anything",
                "remove it, or convert it to a format that is only data",
            ),
            (
                "F-LOAD-SUSPICIOUS",
                "Nobody has said that it is harmless",
                "read what it imports and calls before you load it",
            ),
            (
                "F-FORMAT-NAME",
                "The content is of another kind than the file's name promises",
                "find out where the file comes from; name it by what it is",
            ),
            ("F-FORMAT-COUNT", "More files than are looked at", NOT_LOOKED),
        ],
    ),
    (
        "Weights and downloads",
        &[
            ("F-WEIGHTS-ABSENT", "Files of weights that an index or a header names are missing", REFETCH),
            ("F-WEIGHTS-HEADER", "The header of a file of weights cannot be read", REFETCH),
            ("F-WEIGHTS-TWICE", "Two tensors have one name", "ask the producer which one is meant"),
            (
                "F-LFS-POINTER",
                "A pointer of Git LFS lies where the file should be",
                "run `git lfs pull` in the repository",
            ),
            ("F-DOWNLOAD-PARTIAL", "A download did not finish", "finish it, or delete what is left of it"),
            ("F-FILE-SHORT", "Shorter than in the list of its repository", REFETCH),
            (
                "F-FILE-LINK",
                "A link that leaves the source or leads nowhere, or no regular file",
                "replace it by the file, or scan the folder that it leads to",
            ),
            ("F-FILE-UNREADABLE", "A file could not be read", "check its permissions"),
            ("F-HUB-MIXED", "Files of several commits of one repository lie together", "fetch one commit"),
        ],
    ),
    (
        "Folders and names",
        &[
            ("F-FOLDER-UNREADABLE", "A folder could not be read", "check its permissions"),
            ("F-FOLDER-COUNT", "A folder has more entries than are counted", NOT_LOOKED),
            ("F-FOLDER-DEPTH", "Folders deeper than are followed", "scan the folder further down"),
            (
                "F-FOLDER-LINK",
                "A link to a folder that leads out of the source, or nowhere",
                "scan the folder that it leads to",
            ),
            ("F-FOLDER-NAME", "A name that is not UTF-8, as names in a signed model must be", "rename it"),
            (
                "F-FOLDER-SET-ASIDE",
                "Another folder was chosen for this name",
                "nothing, if the choice is right; else change the `[[alias]]` in `touchmark.toml`",
            ),
            (
                "F-DUPLICATE-FOLDER",
                "Two folders come to one name",
                "choose one with `at` in an `[[alias]]`, or give one source a `prefix`",
            ),
            (
                "F-ALIAS-PLACE",
                "The folder that was chosen for a name holds no model",
                "correct `at` in the `[[alias]]`",
            ),
            (
                "F-SOURCE-EMPTY",
                "A source holds no model and no document",
                "correct its `path` in `touchmark.toml`",
            ),
            (
                "F-PIN-CHANGED",
                "A pinned card or descriptor is not as it was approved",
                "review the change with `touchmark diff`; `touchmark pin FILE` approves it ([agents](agents.md))",
            ),
        ],
    ),
    (
        "What models declare",
        &[
            ("F-CONFIG-JSON", "A configuration is not valid JSON", LOOK_AGAIN),
            ("F-CARD-YAML", "The front matter of a model card is not valid YAML", LOOK_AGAIN),
            ("F-CARD-TWICE", "A key of the front matter occurs twice; the last one counts", LOOK_AGAIN),
            ("F-CARD-LICENCE", "The licence is unknown and close to a known one", "correct its name"),
            (
                "F-CARD-RELATION",
                "An unknown relation to the base model",
                "write adapter, merge, quantized or finetune",
            ),
            ("F-MERGE-YAML", "The configuration of a merge is not valid YAML", LOOK_AGAIN),
            ("F-MLMODEL", "An `MLmodel` file of MLflow cannot be read", LOOK_AGAIN),
            ("F-SKILL", "A skill whose front matter lacks something or cannot be read", LOOK_AGAIN),
            ("F-AGENT-CARD", "An agent card that is not as it should be", LOOK_AGAIN),
            (
                "F-AGENT-KEYS",
                "A card brings keys or their address; they are neither fetched nor trusted",
                "put the publisher's key into the policy",
            ),
            ("F-MCP", "A descriptor of an MCP server that is not as it should be", LOOK_AGAIN),
            (
                "F-MCP-HIDDEN",
                "A name or description has characters that no screen shows, and that a model reads",
                "do not use the tool until you know why",
            ),
            (
                "F-MODEL-FACTS",
                "More facts about one model than are kept",
                "remove documents that repeat each other",
            ),
            (
                "F-CONFLICT",
                "Two sources say different things",
                "find out which one is right, and correct the other",
            ),
        ],
    ),
    (
        "Lineage",
        &[
            ("F-LINEAGE-CYCLE", "Models are said to derive from each other in a circle", FIX_BILL),
            (
                "F-LINEAGE-DANGLING",
                "A parent is not in the inventory",
                "add the source that has it; until then the chain is unknown",
            ),
            (
                "F-LINEAGE-CONFLICT",
                "Sources or claims disagree about parents",
                "find out which one is right; `touchmark lineage MODEL` shows each with its proof",
            ),
            ("F-LINEAGE-DATASETS", "Claims and documents name different datasets", FIX_BILL),
            (
                "F-LINEAGE-DOUBTFUL",
                "Child and parent do not go together: their shapes or formats differ",
                "ask the producer what it was made from",
            ),
            (
                "F-SAME-CONTENT",
                "Models with different names are said to have the same content",
                "nothing, if they are copies; else find out which name is right",
            ),
        ],
    ),
    (
        "Bills of materials",
        &[
            ("F-BOM-UNREADABLE", "The document cannot be read", "check its permissions and size"),
            ("F-BOM-JSON", "Not valid JSON", FIX_BILL),
            ("F-BOM-XML", "Not valid XML", FIX_BILL),
            ("F-BOM-YAML", "Not valid YAML", FIX_BILL),
            ("F-BOM-TAGS", "Not a valid tag-value document of SPDX", FIX_BILL),
            ("F-BOM-RDF", "SPDX as RDF is not read", "convert it to JSON"),
            (
                "F-BOM-FORMAT",
                "No bill of materials that is known",
                "CycloneDX 1.5 to 1.7, SPDX 2.2 to 3.0 and AITF are read",
            ),
            ("F-BOM-VERSION", "A version that is not read in full", "write it in a version that is"),
            ("F-BOM-DIALECT", "Not quite in the form of its standard; read all the same", FIX_BILL),
            ("F-BOM-EMPTY", "It names no model", "check that models are typed `machine-learning-model`"),
            (
                "F-BOM-COMPONENTS",
                "More components than are read, or one that is not an object",
                "split the document",
            ),
            (
                "F-BOM-COMPONENT-TYPE",
                "A component is described as a model and typed as something else",
                "type it `machine-learning-model`",
            ),
            ("F-BOM-PROVIDER", "A provider is typed as a model, and no model is named", FIX_BILL),
            ("F-BOM-NAME", "A component without a name; left out", FIX_BILL),
            ("F-BOM-TYPE", "A member has another type than the schema asks for", FIX_BILL),
            ("F-BOM-VALUE", "A member has a value that the schema does not know", FIX_BILL),
            ("F-BOM-MISSING", "A member that the schema requires is missing", FIX_BILL),
            ("F-BOM-DUPLICATE-KEY", "A key occurs twice; readers may disagree which one counts", FIX_BILL),
            ("F-BOM-DUPLICATE-ID", "An id is used twice; the second element is left out", FIX_BILL),
            ("F-BOM-REF", "It refers to something that is not in the document", FIX_BILL),
            ("F-BOM-LICENCE", "A licence without name, expression or text", FIX_BILL),
            ("F-BOM-HASH-ALGORITHM", "An unknown algorithm", FIX_BILL),
            ("F-BOM-HASH-LENGTH", "A hash of the wrong length for its algorithm", FIX_BILL),
            (
                "F-BOM-HASH-COMMIT",
                "A commit stands where a hash of the model belongs; not taken as one",
                FIX_BILL,
            ),
            (
                "F-BOM-DIGEST",
                "A property that should hold a root digest does not",
                "write 64 lower-case hexadecimal digits",
            ),
            (
                "F-BOM-DOMAIN",
                "A digest over something other than an OMS root; never compared with one",
                "nothing; it is told so that nobody compares them",
            ),
            (
                "F-BOM-CLAIM",
                "It says that a signature was verified, which is only declared",
                "run `touchmark verify`",
            ),
            (
                "F-BOM-SIGNATURE",
                "The document is signed, which is recognised and not verified here",
                "verify it with the tool that signed it",
            ),
        ],
    ),
    (
        "OCI layouts",
        &[
            ("F-OCI-INDEX", "An index cannot be read", REFETCH),
            ("F-OCI-MANIFEST", "A manifest cannot be read", REFETCH),
            ("F-OCI-CONFIG", "A configuration cannot be read", REFETCH),
            ("F-OCI-BLOB", "A blob cannot be read", REFETCH),
            ("F-OCI-MISSING", "A blob that is named is not in the layout", REFETCH),
            ("F-OCI-DIGEST", "The content of a blob is not what its name says", REFETCH),
            ("F-OCI-SIZE", "A blob has another size than its descriptor says", REFETCH),
            ("F-OCI-DEPTH", "Indexes deeper than are read", "name the manifest in the top index"),
            ("F-OCI-COUNT", "More manifests or layers than are read", "split the layout"),
            (
                "F-OCI-OTHER",
                "Manifests that are no models, such as container images",
                "nothing; they are not looked into",
            ),
            (
                "F-OCI-PACKED",
                "Layers are archives, which are not looked into",
                "unpack the model and scan its folder",
            ),
            (
                "F-OCI-SUBJECT",
                "A signature is attached to a manifest and is about another one",
                "sign the manifest again, or detach the signature",
            ),
        ],
    ),
    (
        "Stores of Ollama and Docker",
        &[
            ("F-OLLAMA-MANIFEST", "A manifest cannot be read", REFETCH),
            ("F-OLLAMA-MISSING", "A blob that is named is not in the store", REFETCH),
            ("F-OLLAMA-DIGEST", "The content of a blob is not what its name says", REFETCH),
            ("F-OLLAMA-SIZE", "A blob has another size than its manifest says", REFETCH),
            ("F-OLLAMA-BLOB", "A blob cannot be read", REFETCH),
            ("F-OLLAMA-COUNT", "More manifests or layers than are read", NOT_LOOKED),
            (
                "F-OLLAMA-FORMS",
                "One tag has two manifests, one in each form of the store; the newer form counts",
                "remove the older one",
            ),
            (
                "F-OLLAMA-TENSORS",
                "Tensors in layers of their own are not looked at",
                "nothing; they count as not examined",
            ),
            ("F-DOCKER-INDEX", "The index of the store cannot be read", REFETCH),
            ("F-DOCKER-MANIFEST", "A manifest cannot be read", REFETCH),
            ("F-DOCKER-MISSING", "A blob that is named is not in the store", REFETCH),
            ("F-DOCKER-DIGEST", "The content of a manifest or blob is not what its name says", REFETCH),
            ("F-DOCKER-SIZE", "A blob has another size than its manifest says", REFETCH),
            ("F-DOCKER-BLOB", "A blob cannot be read", REFETCH),
            ("F-DOCKER-COUNT", "More models or layers than are read", NOT_LOOKED),
        ],
    ),
];

/// `docs/findings.md`.
pub fn findings_page() -> String {
    let mut out = String::from(
        "# Findings\n\n\
         <!-- Made by `cargo run --example make-docs` from src/report/findings.rs; do not edit. -->\n\n\
         A finding is something that a source gets wrong or that a person should know before using a model. `touchmark\n\
         scan` lists them, `touchmark show MODEL` those of one model, and the filter `finding:CODE` finds the models. A\n\
         finding never stops a scan, and none of them is a verdict: [checks](checks.md) and [controls](controls.md) are.\n",
    );
    for (title, rows) in GROUPS {
        let _ = write!(out, "\n## {title}\n\n| code | what it means | what to do |\n|---|---|---|\n");
        for (code, means, act) in *rows {
            let _ = writeln!(out, "| `{code}` | {means} | {act} |");
        }
    }
    out
}
