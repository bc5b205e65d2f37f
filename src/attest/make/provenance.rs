//! The draft of how a model was made: SLSA provenance v1, by one of the documented types of builds.

use super::super::build_types::{BuildType, Parameter};
use super::super::exact::unchanged;
use super::super::field::FieldType;
use super::super::said::{Input, InputRole, Transformation};
use super::draft::{Draft, invalid};
use super::parts::{dependency, put, time, typed};
use crate::error::{Code, Error, Result};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// How a model was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenanceDraft {
    /// What was done.
    pub transformation: Transformation,
    /// What went in, each by its digest.
    pub inputs: Vec<Input>,
    /// Who built it, as a URI.
    pub builder: String,
    /// The builder's name for the run that built it.
    pub invocation: Option<String>,
    /// Further parameters, as they were typed.
    pub parameters: Vec<(String, String)>,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When the build finished.
    pub finished: Option<Timestamp>,
}

impl ProvenanceDraft {
    /// The type of the predicate.
    pub const TYPE: &'static str = "https://slsa.dev/provenance/v1";

    /// The predicate.
    ///
    /// # Errors
    /// `E-USAGE` when inputs or parameters are missing that this type of build has, or are given that it has not, and
    /// when it was done before it began.
    pub fn draft(&self) -> Result<Draft> {
        let build = BuildType::bundled()
            .iter()
            .find(|build| build.transformation == self.transformation)
            .ok_or_else(|| Error::new(Code::Internal, "no build type has this transformation"))?;
        self.fits(build)?;
        let mut external = Map::new();
        for parameter in &build.parameters {
            let value = match parameter.role {
                Some(role) => self.named(build, parameter, role)?,
                None => self.value(parameter)?,
            };
            put(&mut external, &parameter.name, value);
        }
        for (name, value) in &self.parameters {
            if !external.contains_key(name) {
                external.insert(name.clone(), typed(value));
            }
        }
        if let Some(missing) =
            build.parameters.iter().find(|known| known.required && !external.contains_key(&known.name))
        {
            return Err(lacking(build, missing));
        }
        let external = Value::from(external);
        let mut faults = build.check(&external);
        if !faults.is_empty() {
            for fault in &mut faults {
                fault.path = format!("buildDefinition.externalParameters.{}", fault.path.raw()).into();
            }
            return Err(invalid(&build.uri, &faults));
        }
        let mut metadata = Map::new();
        put(&mut metadata, "invocationId", self.invocation.as_deref());
        put(&mut metadata, "startedOn", self.started.map(time));
        put(&mut metadata, "finishedOn", self.finished.map(time));
        let mut run = json!({ "builder": { "id": self.builder } });
        if let (false, Value::Object(members)) = (metadata.is_empty(), &mut run) {
            members.insert("metadata".to_owned(), metadata.into());
        }
        let predicate = json!({
            "buildDefinition": {
                "buildType": build.uri,
                "externalParameters": external,
                "resolvedDependencies": self.inputs.iter().map(dependency).collect::<Vec<_>>(),
            },
            "runDetails": run,
        });
        Ok(Draft { predicate_type: Self::TYPE.to_owned(), predicate })
    }

    fn fits(&self, build: &BuildType) -> Result<()> {
        let title = &build.title;
        let has = |role: InputRole| self.inputs.iter().any(|input| input.role == role);
        let takes = |role: InputRole| build.parameters.iter().any(|parameter| parameter.role == Some(role));
        for (role, flag) in [
            (InputRole::Base, "--base"),
            (InputRole::Teacher, "--teacher"),
            (InputRole::Adapter, "--adapter"),
        ] {
            if has(role) && !takes(role) {
                let what = format!("{title} takes no {}", role.word());
                return Err(Error::new(Code::Usage, what)
                    .at(flag)
                    .help(format!("leave out {flag}, or name another type with --build")));
            }
        }
        if let (Some(started), Some(finished)) = (self.started, self.finished)
            && finished < started
        {
            return Err(Error::new(Code::Usage, "the build finished before it started")
                .at("--finished")
                .help(format!("it started at {started}; give a later time")));
        }
        Ok(())
    }

    /// The names of the inputs of a role, where the build has a parameter that names them.
    fn named(&self, build: &BuildType, parameter: &Parameter, role: InputRole) -> Result<Option<Value>> {
        let names: Vec<&str> =
            self.inputs.iter().filter(|input| input.role == role).map(|input| input.name.raw()).collect();
        match (parameter.kind, names.as_slice()) {
            (_, []) => Ok(None),
            (FieldType::Texts, names) => Ok(Some(names.into())),
            (_, [one]) => Ok(Some((*one).into())),
            (_, names) => Err(Error::new(
                Code::Usage,
                format!("{} has one {}, and {} are named", build.title, role.word(), names.len()),
            )
            .at(format!("--{}", role.word()))
            .help("name one; a merge takes several")),
        }
    }

    /// Converts a typed parameter to the type that the build type declares.
    fn value(&self, parameter: &Parameter) -> Result<Option<Value>> {
        let given = self.parameters.iter().find(|(name, _)| *name == parameter.name);
        let Some((name, text)) = given else { return Ok(None) };
        Ok(Some(match parameter.kind {
            FieldType::Text | FieldType::Decimal => text.as_str().into(),
            FieldType::Object | FieldType::Any => {
                let read = text.starts_with(['{', '[']).then(|| crate::json::parse(text.as_bytes(), 16).ok());
                match read.flatten() {
                    None => typed(text),
                    Some(read) => {
                        unchanged(text.as_bytes(), format!("externalParameters.{name}"))?;
                        read
                    }
                }
            }
            _ => typed(text),
        }))
    }
}

fn lacking(build: &BuildType, missing: &Parameter) -> Error {
    let what = format!("{} needs `{}`: {}", build.title, missing.name, missing.about);
    let help = match missing.role {
        Some(role) => format!("give --{} MODEL, or its digest as NAME@sha256:HEX", role.word()),
        None => format!("give --parameter {}=VALUE", missing.name),
    };
    Error::new(Code::Usage, what).at(format!("externalParameters.{}", missing.name)).help(help)
}
