//! CycloneDX 1.5 to 1.7 JSON: own lenient views; a schema violation is a finding, never a refusal.
