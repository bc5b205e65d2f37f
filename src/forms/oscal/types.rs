//! The parts that documents of OSCAL share. Values are one line that is not empty, and text that OSCAL reads as Markdown is
//! escaped.

use crate::forms::markdown;
use crate::forms::set::Exhibit;
use crate::forms::uuid::Uuid;
use crate::text::screen;
use jiff::Timestamp;
use serde::Serialize;

/// The version that is written: the newest that the programs that import it know.
const VERSION: &str = "1.2.1";
/// The namespace of our properties.
const NAMESPACE: &str = "urn:touchmark:oscal";

/// A value: one line without space around it, never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Line(String);

impl Line {
    /// Of any text.
    pub fn new(text: &str) -> Self {
        let line = screen(text);
        Line(match line.trim() {
            "" => "(empty)".to_owned(),
            line => line.to_owned(),
        })
    }
}

/// One line that is read as Markdown, in which any text stays text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Markup(String);

impl Markup {
    /// Of any text.
    pub fn new(text: &str) -> Self {
        Markup(markdown::escaped(&Line::new(text).0))
    }
}

/// A property.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Prop {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ns: Option<&'static str>,
    value: Line,
}

impl Prop {
    /// One of ours.
    pub fn new(name: &'static str, value: &str) -> Self {
        Prop { name, ns: Some(NAMESPACE), value: Line::new(value) }
    }

    /// One that OSCAL itself names.
    pub fn known(name: &'static str, value: &str) -> Self {
        Prop { name, ns: None, value: Line::new(value) }
    }

    /// One that is named in another namespace.
    pub fn elsewhere(ns: &'static str, name: &'static str, value: &str) -> Self {
        Prop { name, ns: Some(ns), value: Line::new(value) }
    }
}

/// What a document is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Metadata {
    pub title: Markup,
    pub last_modified: Timestamp,
    pub version: Line,
    pub oscal_version: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    pub remarks: Markup,
}

impl Metadata {
    /// Of a document as it is at a time.
    pub fn new(title: &str, at: Timestamp, version: &str, remarks: &str) -> Self {
        Metadata {
            title: Markup::new(title),
            last_modified: at,
            version: Line::new(version),
            oscal_version: VERSION,
            props: Vec::new(),
            roles: Vec::new(),
            remarks: Markup::new(remarks),
        }
    }
}

/// A role that people have.
#[derive(Debug, Serialize)]
pub(super) struct Role {
    pub id: &'static str,
    pub title: Markup,
}

/// Another document of the set.
#[derive(Debug, Serialize)]
pub(super) struct Href {
    pub href: &'static str,
}

/// A name of a thing of the same set.
#[derive(Debug, Serialize)]
pub(super) enum Named {
    /// A component.
    #[serde(rename = "component-uuid")]
    Component(Uuid),
    /// A risk.
    #[serde(rename = "risk-uuid")]
    Risk(Uuid),
    /// An observation.
    #[serde(rename = "observation-uuid")]
    Observation(Uuid),
}

/// A part of what is described.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Component {
    pub uuid: Uuid,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: Markup,
    pub description: Markup,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub props: Vec<Prop>,
    pub status: State,
}

/// A state of a component.
#[derive(Debug, Serialize)]
pub(super) struct State {
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Markup>,
}

/// What something is about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Subject {
    pub subject_uuid: Uuid,
    #[serde(rename = "type")]
    pub kind: &'static str,
}

impl Subject {
    /// A model.
    pub fn component(uuid: Uuid) -> Self {
        Subject { subject_uuid: uuid, kind: "component" }
    }
}

/// The controls that are looked at.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Reviewed {
    control_selections: [IncludeAll; 1],
}

/// All of them.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct IncludeAll {
    include_all: Nothing,
}

#[derive(Debug, Default, Serialize)]
struct Nothing {}

impl Reviewed {
    /// All controls of the profile.
    pub fn all() -> Self {
        Reviewed { control_selections: [IncludeAll::default()] }
    }
}

/// Where bytes are found, and their digest.
#[derive(Debug, Serialize)]
pub(super) struct Resource {
    uuid: Uuid,
    title: Markup,
    rlinks: [Rlink; 1],
}

#[derive(Debug, Serialize)]
struct Rlink {
    href: Line,
    hashes: [Hash; 1],
}

#[derive(Debug, Serialize)]
struct Hash {
    algorithm: &'static str,
    value: Line,
}

impl Resource {
    /// Of an exhibit.
    pub fn of(exhibit: &Exhibit) -> Self {
        let hash = Hash { algorithm: "SHA-256", value: Line::new(&exhibit.sha256) };
        Resource {
            uuid: exhibit.uuid,
            title: Markup::new(&exhibit.title),
            rlinks: [Rlink { href: Line::new(&exhibit.url), hashes: [hash] }],
        }
    }
}

/// The resources of a document.
#[derive(Debug, Serialize)]
pub(super) struct BackMatter<R> {
    pub resources: R,
}
