//! Descriptors of MCP servers: the entry of a registry (`server.json`), what a client is configured with (`mcp.json`),
//! and the list of tools as a server gives it. Nothing that they name is called or started.

use serde_json::{Map, Value};
use std::path::Path;

use super::descriptor;
use super::document::text;
use crate::inventory::model::descriptor::Descriptor;
use crate::inventory::model::facts::{Basis, FactKey};
use crate::inventory::model::record::Record;
use crate::text::Untrusted;

/// Names of descriptors; what is in them has to fit, too.
const NAMES: [&str; 7] = [
    ".mcp.json",
    "claude_desktop_config.json",
    "mcp-tools.json",
    "mcp.json",
    "mcp_tools.json",
    "server.json",
    "tools.json",
];
const MAX_TOOLS: usize = 64;
const MAX_SERVERS: usize = 32;
/// Characters of a description.
const MAX_DESCRIPTION: usize = 240;
const FINDING: &str = "F-MCP";
const FACTS: [(&str, FactKey); 4] = [
    ("name", FactKey::Name),
    ("version", FactKey::Version),
    ("websiteUrl", FactKey::Endpoint),
    ("description", FactKey::Description),
];

/// What kind of descriptor it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The entry of a registry.
    Server,
    /// What a client is configured with.
    Client,
    /// A list of tools.
    Tools,
}

impl Form {
    /// The words shown.
    pub(super) fn words(self) -> &'static str {
        match self {
            Form::Server => "descriptor of an MCP server",
            Form::Client => "configuration of MCP servers",
            Form::Tools => "list of the tools of an MCP server",
        }
    }

    /// By what a document holds.
    pub(super) fn of(document: &Map<String, Value>) -> Option<Self> {
        let list = |key: &str| document.get(key).and_then(Value::as_array);
        let says_schema = document
            .get("$schema")
            .and_then(Value::as_str)
            .is_some_and(|schema| schema.contains("modelcontextprotocol"));
        let is_named = document.get("name").is_some_and(Value::is_string);
        if is_named && (says_schema || list("packages").or(list("remotes")).is_some()) {
            return Some(Form::Server);
        }
        let is_server =
            |server: &Value| server.get("command").or(server.get("url")).is_some_and(Value::is_string);
        if servers(document).is_some_and(|servers| !servers.is_empty() && servers.values().all(is_server)) {
            return Some(Form::Client);
        }
        let is_tool = |tool: &Value| {
            tool.get("name").is_some_and(Value::is_string)
                && tool.get("inputSchema").is_some_and(Value::is_object)
        };
        let tools = tools(document);
        (!tools.is_empty() && tools.iter().all(is_tool)).then_some(Form::Tools)
    }
}

fn servers(document: &Map<String, Value>) -> Option<&Map<String, Value>> {
    document.get("mcpServers").or_else(|| document.get("servers"))?.as_object()
}

fn tools(document: &Map<String, Value>) -> &[Value] {
    document.get("tools").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// An answer to `tools/list` holds the list in `result`.
fn unwrapped(document: &Map<String, Value>) -> &Map<String, Value> {
    let is_answer = document.contains_key("jsonrpc");
    match document.get("result") {
        Some(Value::Object(result)) if is_answer => result,
        _ => document,
    }
}

/// Whether a file may be a descriptor, by its name.
pub(super) fn is_named_like_one(name: &str) -> bool {
    NAMES.contains(&name)
}

/// What kind of descriptor a file is, by what it holds.
pub(super) fn form(path: &Path) -> Option<Form> {
    Form::of(unwrapped(&descriptor::read(path).ok()?.document))
}

/// Whether a file is a descriptor: by its name and by what it holds.
pub(super) fn is_descriptor(path: &Path, name: &str) -> bool {
    is_named_like_one(name) && form(path).is_some()
}

/// What a descriptor declares; `file` is its name below the model.
pub(super) fn tell(path: &Path, file: &str, source: &Untrusted, record: &mut Record) {
    let read = match descriptor::read(path) {
        Ok(read) => read,
        Err(problem) => return record.found(FINDING, source, "", problem),
    };
    let document = unwrapped(&read.document);
    let Some(form) = Form::of(document) else { return };
    read.tell_duplicates(FINDING, source, record);
    let content = read.content_of(document, &[]);
    record.model.descriptors.push(Descriptor { file: file.into(), content });
    for (key, fact) in FACTS {
        let Some(value) = document.get(key).and_then(Value::as_str).filter(|_| form == Form::Server) else {
            continue;
        };
        let value: String = value.chars().take(MAX_DESCRIPTION).collect();
        record.fact(fact, &value, Basis::Declared, source, &format!("/{key}"));
    }
    tell_places(document, form, source, record);
    for (index, tool) in tools(document).iter().take(MAX_TOOLS).enumerate() {
        let place = format!("/tools/{index}");
        record.fact(FactKey::Tool, &text(tool, "name"), Basis::Declared, source, &place);
        hidden(tool, &place, source, record);
    }
    let more = tools(document).len().saturating_sub(MAX_TOOLS);
    if more > 0 {
        record.found(FINDING, source, "/tools", format!("{more} more tools are not listed"));
    }
}

/// Where servers run or answer.
fn tell_places(document: &Map<String, Value>, form: Form, source: &Untrusted, record: &mut Record) {
    let list = |key: &str| document.get(key).and_then(Value::as_array).into_iter().flatten();
    for (index, remote) in list("remotes").take(MAX_SERVERS).enumerate() {
        let place = format!("/remotes/{index}");
        record.fact(FactKey::Endpoint, &text(remote, "url"), Basis::Declared, source, &place);
    }
    for (index, package) in list("packages").take(MAX_SERVERS).enumerate() {
        let (registry, name) = (text(package, "registryType"), text(package, "identifier"));
        let value = format!("{registry} {name} {}", text(package, "version"));
        record.fact(FactKey::Library, value.trim(), Basis::Declared, source, &format!("/packages/{index}"));
    }
    for (name, server) in
        servers(document).into_iter().flatten().take(MAX_SERVERS).filter(|_| form == Form::Client)
    {
        let runs = match server.get("command").and_then(Value::as_str) {
            Some(command) => {
                let words = server.get("args").and_then(Value::as_array).into_iter().flatten();
                let words: Vec<&str> = words.filter_map(Value::as_str).take(MAX_SERVERS).collect();
                format!("{name}: runs {command} {}", words.join(" "))
            }
            None => format!("{name}: {}", text(server, "url")),
        };
        let runs: String = runs.trim().chars().take(MAX_DESCRIPTION).collect();
        record.fact(FactKey::Endpoint, &runs, Basis::Declared, source, "/servers");
    }
}

/// A description that holds what a person does not see may say something else to a model.
fn hidden(tool: &Value, place: &str, source: &Untrusted, record: &mut Record) {
    for key in ["name", "title", "description"] {
        let said = text(tool, key).replace(['\n', '\r', '\t'], " ");
        if Untrusted::new(said).is_hostile() {
            let what = format!("the {key} of a tool holds characters that are not shown: a model reads them");
            record.found("F-MCP-HIDDEN", source, &format!("{place}/{key}"), what);
        }
    }
}
