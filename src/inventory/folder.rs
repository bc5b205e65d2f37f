//! Model folders: what is a model, its bundle, README front matter, `config.json`, formats by content.
