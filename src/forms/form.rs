//! The forms, each once: its word on the command line, its key in the workbench, how its files end.

/// A form in which something is let out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// Comma-separated values.
    Csv,
    /// A JSON document with a schema.
    Json,
    /// One HTML page without scripts.
    Html,
    /// A picture.
    Svg,
    /// A graph for Graphviz.
    Dot,
    /// A graph for Mermaid.
    Mermaid,
    /// PDF.
    Pdf,
    /// SARIF, for code scanning.
    Sarif,
    /// JUnit XML, for pipelines.
    Junit,
    /// CycloneDX attestations.
    CycloneDx,
    /// A folder of OSCAL documents.
    Oscal,
}

/// A row of the table of forms.
#[derive(Debug)]
pub struct FormRow {
    /// Which.
    pub form: Form,
    /// Its word on the command line.
    pub word: &'static str,
    /// Its key in the workbench; none where it is not offered there.
    pub key: Option<char>,
    /// Its name for people.
    pub name: &'static str,
    /// How its files end; empty where it is a folder.
    pub extension: &'static str,
}

const fn row(
    form: Form,
    word: &'static str,
    key: Option<char>,
    name: &'static str,
    extension: &'static str,
) -> FormRow {
    FormRow { form, word, key, name, extension }
}

/// All forms.
pub const FORMS: [FormRow; 13] = [
    row(Form::Text, "text", None, "plain text", "txt"),
    row(Form::Markdown, "markdown", Some('m'), "Markdown", "md"),
    row(Form::Csv, "csv", Some('c'), "CSV", "csv"),
    row(Form::Json, "json", Some('j'), "JSON", "json"),
    row(Form::Html, "html", Some('h'), "HTML", "html"),
    row(Form::Svg, "svg", Some('s'), "SVG", "svg"),
    row(Form::Dot, "dot", Some('d'), "Graphviz", "dot"),
    row(Form::Mermaid, "mermaid", Some('r'), "Mermaid", "mmd"),
    row(Form::Pdf, "pdf", None, "PDF", "pdf"),
    row(Form::Sarif, "sarif", None, "SARIF", "sarif"),
    row(Form::Junit, "junit", None, "JUnit", "xml"),
    row(Form::CycloneDx, "cdxa", None, "CycloneDX attestations", "cdx.json"),
    row(Form::Oscal, "oscal", None, "OSCAL", ""),
];

impl Form {
    /// Its row.
    pub fn row(self) -> Option<&'static FormRow> {
        FORMS.iter().find(|row| row.form == self)
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// How its files end.
    pub fn extension(self) -> &'static str {
        self.row().map_or("", |row| row.extension)
    }

    /// Whether it is several files in a folder.
    pub fn is_folder(self) -> bool {
        self.extension().is_empty()
    }

    /// The form of a word.
    pub fn of_word(word: &str) -> Option<Form> {
        FORMS.iter().find(|row| row.word == word).map(|row| row.form)
    }

    /// The form of files that end so, without the dot.
    pub fn of_extension(extension: &str) -> Option<Form> {
        let extension = extension.to_ascii_lowercase();
        let extension = if extension == "htm" { "html" } else { extension.as_str() };
        FORMS.iter().find(|row| !row.form.is_folder() && row.extension == extension).map(|row| row.form)
    }

    /// The form of a file, by how its name ends: the longest ending decides.
    pub fn of_name(name: &str) -> Option<Form> {
        let dots = name.match_indices('.');
        dots.filter_map(|(dot, _)| Form::of_extension(name.get(dot + 1..)?)).next()
    }

    /// Whether a file of this form may be called as those of another: all that are JSON end so.
    pub fn may_end_as(self, other: Form) -> bool {
        self == other || self.extension().ends_with(&format!(".{}", other.extension()))
    }

    /// The form of a key.
    pub fn of_key(key: char) -> Option<Form> {
        FORMS.iter().find(|row| row.key == Some(key)).map(|row| row.form)
    }
}
