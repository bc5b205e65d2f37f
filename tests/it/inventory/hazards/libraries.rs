//! What well-known libraries write: joblib's arrays between the opcodes, estimators of scikit-learn, the arguments of a
//! trainer. Quiet as they are, and an alarm as soon as something else is in them.

use super::*;

fn text(word: &str) -> Vec<u8> {
    [&[0x8c, word.len() as u8], word.as_bytes()].concat()
}

/// NumPy's type of this name, with the flags of its state.
fn kind(name: &str, flags: u8) -> Vec<u8> {
    let size: &[u8] = b"J\xff\xff\xff\xff";
    let head =
        [b"cnumpy\ndtype\n".as_slice(), &text(name), b"\x89\x88\x87R(K\x03", &text("<"), b"NNN"].concat();
    [&head, size, size, b"K", &[flags], b"tb"].concat()
}

/// How joblib begins an array of these sizes; its state is still open.
fn open_array(kind: &[u8], sizes: &[u8]) -> Vec<u8> {
    let shape: Vec<u8> = sizes.iter().flat_map(|size| [b'K', *size]).collect();
    [
        b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(".as_slice(),
        &text("subclass"),
        b"cnumpy\nndarray\n",
        &text("shape"),
        b"(",
        &shape,
        b"t",
        &text("order"),
        &text("C"),
        &text("dtype"),
        kind,
        &text("allow_mmap"),
        b"\x88",
    ]
    .concat()
}

/// An array as joblib writes it, behind three bytes of nothing.
fn array(sizes: &[u8], data: &[u8]) -> Vec<u8> {
    let open = open_array(&kind("u1", 0), sizes);
    [open.as_slice(), &text("numpy_array_alignment_bytes"), b"K\x10ub", b"\x03\xff\xff\xff", data].concat()
}

fn pickle(parts: &[&[u8]]) -> Vec<u8> {
    [b"\x80\x04".as_slice(), &parts.concat(), b"."].concat()
}

/// Nothing that is not known to be data, or of a known library.
fn is_quiet(name: &str, bytes: &[u8]) -> bool {
    tiers(name, bytes).iter().all(|tier| *tier >= Tier::Noted)
}

#[test]
fn arrays_between_the_opcodes_are_stepped_over_and_what_follows_them_is_judged() {
    let one = array(&[2, 3], b"123456");
    let other = array(&[], b"x");
    for name in ["m.joblib", "m.pkl", "m.bin", "m.sav"] {
        assert_eq!(tiers(name, &pickle(&[b"](", &one, &other, b"e"])), [Tier::Safe], "{name}");
        let evil = pickle(&[b"](", &one, b"cos\nsystem\n", &text("id"), b"\x85R", &other, b"e"]);
        assert_eq!(told(name, &evil), dangerous("os.system"), "{name}");
    }
    // An array that is cut off, and one whose data are longer than it says.
    for data in [b"12345".as_slice(), b"1234567"] {
        assert!(!is_quiet("m.joblib", &pickle(&[&array(&[2, 3], data)])));
    }
}

#[test]
fn opcodes_among_the_numbers_are_found_for_who_loads_it_without_joblib() {
    let data = b"0cos\nsystem\n(S'id'\ntR.";
    let open = open_array(&kind("u1", 0), &[data.len() as u8]);
    let bare = pickle(&[&open, b"ub", data]);
    assert_eq!(told("m.joblib", &bare), dangerous("os.system"));
}

#[test]
fn an_array_that_is_made_otherwise_than_joblib_does_hides_nothing() {
    let evil = b"cos\nsystem\n(S'id'\ntR.";
    let size = evil.len() as u8;
    let open = |kind: &[u8], sizes: &[u8]| open_array(kind, sizes);
    let plain = open(&kind("u1", 0), &[size]);
    let ways: Vec<(&str, Vec<u8>)> = vec![
        // joblib reads the array from behind the frame: the opcodes in the frame run.
        ("in a frame", {
            let body = [plain.as_slice(), b"ub", evil].concat();
            [b"\x95".as_slice(), &(body.len() as u64).to_le_bytes(), &body, &[b'.'; 64]].concat()
        }),
        // By its flags it holds objects: joblib unpickles what lies there.
        ("flags", [&open(&kind("u1", 1), &[size]), b"ub".as_slice(), evil].concat()),
        ("objects without the flag", [&open(&kind("O8", 0), &[1]), b"ub".as_slice(), evil].concat()),
        ("a type of another size", [&open(&kind("V9", 0), &[size]), b"ub".as_slice(), evil].concat()),
        ("one more field", [&plain, &text("read")[..], b"N", b"ub", evil].concat()),
        ("a size that is none", {
            let open = open(&kind("u1", 0), &[]);
            let at = open.windows(2).position(|two| two == b"(t").unwrap();
            [&open[..at], b"(J\xff\xff\xff\xfft", &open[at + 2..], b"ub", evil].concat()
        }),
        ("filled again", [&plain, b"ub".as_slice(), evil, b"0h\0}b"].concat()),
        ("made by a call", {
            let at = plain.windows(2).position(|two| two == b")\x81").unwrap();
            [&plain[..at], b")R", &plain[at + 2..], b"ub", evil].concat()
        }),
        (
            "its class in a tuple",
            [b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n\x85".as_slice(), &plain, b"ub", evil].concat(),
        ),
        ("a state that is no dictionary", {
            let at = plain.windows(3).position(|two| two == b"\x81}(").unwrap();
            [&plain[..at + 1], b"Nb", evil].concat()
        }),
    ];
    for (way, bytes) in ways {
        assert!(
            !is_quiet("m.joblib", &pickle(&[&bytes])),
            "{way}: {:?}",
            told("m.joblib", &pickle(&[&bytes]))
        );
    }
}

#[test]
fn an_array_of_objects_is_a_pickle_of_its_own() {
    let of = |inner: &[u8]| {
        let open = open_array(&kind("O8", 63), &[1]);
        pickle(&[b"](", &open, b"ub", inner, &array(&[1], b"x"), b"e"])
    };
    assert_eq!(tiers("m.joblib", &of(b"\x80\x02]K\x01a.")), [Tier::Safe]);
    assert_eq!(told("m.joblib", &of(b"\x80\x02cos\nsystem\n(S'id'\ntR.")), dangerous("os.system"));
    // Its frame reaches over what comes behind it.
    let framed = [b"\x80\x04\x95\x40\0\0\0\0\0\0\0N.".as_slice()].concat();
    assert!(!is_quiet("m.joblib", &of(&framed)));
}

#[test]
fn estimators_and_arguments_of_a_trainer_are_told_and_no_alarm() {
    let of = |module: &str, name: &str| {
        let class = format!("c{module}\n{name}\n)").into_bytes();
        [class.as_slice(), b"\x81}", &text("alpha"), b"K\x01sb"].concat()
    };
    for (file, module, name) in [
        ("m.joblib", "sklearn.linear_model._logistic", "LogisticRegression"),
        ("m.pkl", "sklearn.ensemble.forest", "RandomForestClassifier"),
        ("m.sav", "sklearn.pipeline", "Pipeline"),
        ("training_args.bin", "transformers.training_args", "TrainingArguments"),
        ("training_args.bin", "trl.trainer.sft_config", "SFTConfig"),
    ] {
        let bytes = pickle(&[&of(module, name)]);
        assert_eq!(tiers(file, &bytes), [Tier::Noted], "{module}.{name}");
        let model = folder(&[(file, &bytes)]);
        assert_eq!(model.formats, [Format::Pickle]);
        // Another name beside it stays an alarm.
        let more = pickle(&[b"](", &of(module, name), &of("acme.models", "Better"), b"e"]);
        assert_eq!(told(file, &more)[0], (Tier::Suspicious, "acme.models.Better".to_owned()));
        let evil = pickle(&[b"](", &of(module, name), b"cposix\nsystem\n", &text("id"), b"\x85Re"]);
        assert_eq!(told(file, &evil)[0], (Tier::Dangerous, "posix.system".to_owned()), "{name}");
        // What is called gets what the file says; only words and tables of numbers may.
        let called = pickle(&[format!("c{module}\n{name}\n").as_bytes(), &text("x"), b"\x85R"]);
        assert_eq!(tiers(file, &called), [Tier::Suspicious], "{name} called");
    }
    let word = pickle(&[b"ctransformers.trainer_utils\nIntervalStrategy\n", &text("no"), b"\x85R"]);
    assert_eq!(tiers("training_args.bin", &word), [Tier::Noted]);
    for (module, name) in [
        ("sklearn.externals.joblib", "Pipeline"),
        ("sklearnx.pipeline", "Pipeline"),
        ("sklearn.datasets", "Bunch"),
        ("sklearn.utils", "estimator_html_repr"),
        ("transformers.training_argsx", "TrainingArguments"),
        ("sklearn.pipeline", "Pipeline.fit"),
    ] {
        let found = tiers("m.joblib", &pickle(&[format!("c{module}\n{name}\n").as_bytes()]));
        assert!(found[0] <= Tier::Suspicious, "{module}.{name}: {found:?}");
    }
    // Names by which a pickle of nothing else can import whatever it likes.
    for (module, name) in [
        ("numpy.core", "_ufunc_reconstruct"),
        ("numpy._core", "_ufunc_reconstruct"),
        ("joblib", "load"),
        ("joblib.parallel", "BatchedCalls"),
        ("transformers", "pipeline"),
        ("sklearn.utils._testing", "assert_run_python_script"),
    ] {
        let called = pickle(&[format!("c{module}\n{name}\n").as_bytes(), &text("x"), b"\x85R"]);
        assert!(tiers("m.joblib", &called)[0] <= Tier::Suspicious, "{module}.{name}");
    }
}
