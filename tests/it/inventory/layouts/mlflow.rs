//! MLflow runs and their models.

use super::*;

const MLMODEL: &str = "artifact_path: model
flavors:
  python_function: {loader_module: mlflow.sklearn}
  transformers: {transformers_version: 4.44.0, source_model_name: Org/Base, task: text-generation}
model_uuid: 0123456789abcdef
run_id: fedcba9876543210
";

#[test]
fn a_run_is_found_with_its_flavours_origin_and_metrics() {
    let bench = Bench::new();
    let run = "mlruns/0/fedcba9876543210";
    bench.write(&format!("{run}/meta.yaml"), "run_id: fedcba9876543210\n");
    bench.write(&format!("{run}/metrics/accuracy"), "1700000000000 0.5 0\n1700000000001 0.93 1\n");
    bench.write(&format!("{run}/metrics/odd"), "\u{0}\n");
    bench.write(&format!("{run}/artifacts/model/MLmodel"), MLMODEL);
    bench.write(&format!("{run}/artifacts/model/model.pkl"), b"\x80\x04N.");
    // One name, wherever the source begins.
    let id = "0/fedcba9876543210/artifacts/model";
    for path in ["mlruns", run] {
        let scan = scan_path(&bench, &bench.path(path));
        assert!(codes(&scan).is_empty(), "{:?}", scan.findings);
        let found = model(&scan, id);
        assert_eq!(values(found, FactKey::Library), ["python_function", "transformers 4.44.0"]);
        assert_eq!(told(found, FactKey::Metric), [("accuracy 0.93", Basis::Declared)]);
        assert_eq!(told(found, FactKey::Task), [("text-generation", Basis::Declared)]);
        assert_eq!(parents(found), [("org/base", Relation::Unspecified)]);
        assert_eq!(found.formats, [Format::Pickle]);
    }
    // Metrics beside what is scanned are none of its business.
    let scan = scan_path(&bench, &bench.path(&format!("{run}/artifacts/model")));
    assert!(values(model(&scan, id), FactKey::Metric).is_empty());
}

#[test]
fn an_mlmodel_that_is_none_is_a_finding() {
    for text in ["- a\n- b\n", "a: [\n", "a: &a {b: *a}\n"] {
        let bench = Bench::new();
        bench.write("models/m/MLmodel", text);
        assert_eq!(codes(&bench.scan()), ["F-MLMODEL"], "{text}");
    }
}
