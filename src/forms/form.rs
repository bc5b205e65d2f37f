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
    /// How its files end.
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
pub const FORMS: [FormRow; 8] = [
    row(Form::Text, "text", None, "plain text", "txt"),
    row(Form::Markdown, "markdown", Some('m'), "Markdown", "md"),
    row(Form::Csv, "csv", Some('c'), "CSV", "csv"),
    row(Form::Json, "json", Some('j'), "JSON", "json"),
    row(Form::Html, "html", Some('h'), "HTML", "html"),
    row(Form::Svg, "svg", Some('s'), "SVG", "svg"),
    row(Form::Dot, "dot", Some('d'), "Graphviz", "dot"),
    row(Form::Mermaid, "mermaid", Some('r'), "Mermaid", "mmd"),
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

    /// The form of a word.
    pub fn of_word(word: &str) -> Option<Form> {
        FORMS.iter().find(|row| row.word == word).map(|row| row.form)
    }

    /// The form of files that end so, without the dot.
    pub fn of_extension(extension: &str) -> Option<Form> {
        let extension = extension.to_ascii_lowercase();
        let extension = if extension == "htm" { "html" } else { extension.as_str() };
        FORMS.iter().find(|row| row.extension == extension).map(|row| row.form)
    }

    /// The form of a key.
    pub fn of_key(key: char) -> Option<Form> {
        FORMS.iter().find(|row| row.key == Some(key)).map(|row| row.form)
    }
}
