//! CycloneDX in XML: the same bill as its JSON form, and hostile XML.

use crate::inventory::{Bench, FactKey, has, model, values};
use touchmark::inventory::Model;

const NS: &str = "http://cyclonedx.org/schema/bom/1.6";

fn everything(model: &Model) -> String {
    let facts: Vec<_> =
        model.facts.iter().map(|f| format!("{:?} {} {}", f.key, f.value.raw(), f.place.raw())).collect();
    let parents: Vec<_> = model
        .parents
        .iter()
        .map(|p| format!("{} {:?} {:?} {}", p.id.raw(), p.relation, p.digest, p.place.raw()))
        .collect();
    let bundle = model.binding.as_ref().map(|binding| (&binding.root_digest, &binding.bundle_digest));
    format!("{} {} {:?} {facts:#?} {parents:#?} {bundle:?}", model.id.raw(), model.name.raw(), model.kind)
}

#[test]
fn a_bill_in_xml_says_the_same_as_its_json_form() {
    let digest = "ab".repeat(32);
    let json = Bench::new();
    json.bom(
        "a",
        &format!(
            r#"{{"type":"machine-learning-model","bom-ref":"m","supplier":{{"name":"Acme & Sons"}},"group":"Acme","name":"M","version":"2",
            "hashes":[{{"alg":"SHA-256","content":"{digest}"}},{{"alg":"SHA-256","content":"ab"}}],
            "licenses":[{{"license":{{"id":"MIT"}}}},{{"expression":"MIT OR Apache-2.0"}}],
            "purl":"pkg:huggingface/Acme/M@2",
            "modelCard":{{"modelParameters":{{"task":"chat","architectureFamily":"llama","datasets":[{{"ref":"d1"}},{{"type":"dataset","name":"org/inline"}}]}},
              "properties":[{{"name":"base_model","value":"x/y"}}]}},
            "pedigree":{{"ancestors":[{{"type":"machine-learning-model","name":"org/base","properties":[
               {{"name":"touchmark:pedigree:digest","value":"{digest}"}}]}}],"notes":"finetune of org/base"}},
            "externalReferences":[{{"type":"attestation","url":"model.sig","hashes":[{{"alg":"SHA-256","content":"{digest}"}}]}}],
            "properties":[{{"name":"touchmark:oms:rootDigest","value":"{digest}"}}]}},
            {{"type":"data","bom-ref":"d1","name":"org/set","data":[{{"type":"dataset","name":"set"}}]}}"#
        ),
    );
    let xml = Bench::new();
    xml.write(
        "boms/a.xml",
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment --><bom xmlns="{NS}" xmlns:other="urn:other" serialNumber="urn:uuid:1" version="1">
 <components>
  <component type="machine-learning-model" bom-ref="m">
   <supplier><name>Acme &amp; S&#111;ns</name><url>https://a.example</url><url>https://b.example</url></supplier>
   <group>Acme</group><name>M</name><other:name>Evil</other:name><version><![CDATA[2]]></version>
   <hashes><hash alg="SHA-256">{digest}</hash><hash alg="SHA-256">ab</hash></hashes>
   <licenses><license><id>MIT</id></license><expression bom-ref="e">MIT OR Apache-2.0</expression></licenses>
   <purl>pkg:huggingface/Acme/M@2</purl>
   <pedigree><ancestors><component type="machine-learning-model"><name>org/base</name><properties>
     <property name="touchmark:pedigree:digest">{digest}</property></properties></component></ancestors><notes>finetune of org/base</notes></pedigree>
   <externalReferences><reference type="attestation"><url>model.sig</url><hashes><hash alg="SHA-256">{digest}</hash></hashes></reference></externalReferences>
   <modelCard><modelParameters><task>chat</task><architectureFamily>llama</architectureFamily>
     <datasets><ref>d1</ref><dataset><type>dataset</type><name>org/inline</name></dataset></datasets></modelParameters><considerations/>
     <properties><property name="base_model">x/y</property></properties></modelCard>
   <properties><property name="touchmark:oms:rootDigest">{digest}</property></properties>
  </component>
  <component type="data" bom-ref="d1"><name>org/set</name><data><type>dataset</type><name>set</name></data></component>
 </components>
 <dependencies><dependency ref="m"><dependency ref="d1"/></dependency></dependencies>
 <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>
</bom>"#
        ),
    );
    let (json, xml) = (json.scan(), xml.scan());
    assert_eq!(json.models.len(), xml.models.len());
    for (one, other) in json.models.iter().zip(&xml.models) {
        assert_eq!(everything(one), everything(other));
    }
    assert!(has(&xml, "F-BOM-SIGNATURE"));
    let place = |scan: &touchmark::inventory::Scan| {
        scan.findings.iter().find(|f| f.code == "F-BOM-HASH-LENGTH").map(|f| f.place.raw().to_owned())
    };
    assert_eq!(place(&xml).as_deref(), Some("/components/0/hashes/1"));
    assert_eq!(place(&json), place(&xml));
}

#[test]
fn xml_that_expands_nests_or_ends_too_soon_is_a_finding_and_nothing_else() {
    let bench = Bench::new();
    let bom = |inside: &str| format!("<bom xmlns=\"{NS}\">{inside}</bom>");
    let many: String = (0..100).map(|index| format!(" a{index}=\"\"")).collect();
    let cases = [
        ("dtd", format!("<!DOCTYPE bom [<!ENTITY a \"b\">]>{}", bom("&a;")), "document type declaration"),
        (
            "external",
            format!("<!DOCTYPE bom SYSTEM \"file:///etc/passwd\">{}", bom("")),
            "document type declaration",
        ),
        ("entity", bom("<components>&lol;</components>"), "none of XML's own five"),
        ("attribute", bom("<x y=\"&lol;\"/>"), "none of XML's own five"),
        ("deep", bom(&"<a>".repeat(100_000)), "nested deeper"),
        (
            "foreign-deep",
            bom(&format!("<f:a xmlns:f=\"urn:x\">{}", "<f:a>".repeat(100_000))),
            "nested deeper",
        ),
        ("wide", bom(&format!("<x{many}/>")), "attributes"),
        ("open", format!("<bom xmlns=\"{NS}\"><components>"), "not valid XML"),
        ("crossed", bom("<a><b></a></b>"), "not valid XML"),
        ("twice", bom("<x a=\"1\" a=\"2\"/>"), "not valid XML"),
        ("bytes", format!("<bom xmlns=\"{NS}\">\u{0}</bom"), "not valid XML"),
    ];
    for (name, text, _) in &cases {
        bench.write(&format!("boms/{name}.xml"), text);
    }
    bench.write("boms/latin.xml", b"<bom>\xff</bom>");
    let scan = bench.scan();
    assert!(scan.models.is_empty());
    for (name, _, words) in &cases {
        let source = format!("boms/{name}.xml");
        let found: Vec<_> = scan.findings.iter().filter(|finding| finding.source.raw() == source).collect();
        assert_eq!(found.len(), 1, "{name}");
        assert!(found[0].code == "F-BOM-XML" && found[0].message.contains(words), "{name}: {found:?}");
    }
    assert_eq!(scan.findings.len(), cases.len() + 1);
}

#[test]
fn other_xml_is_no_bill_and_an_old_version_is_named() {
    let bench = Bench::new();
    bench.write("boms/a.xml", "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body/></html>");
    bench.write("boms/b.xml", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.2\"/>");
    bench.write(
        "boms/c.xml",
        format!("<c:bom xmlns:c=\"{NS}\"><c:components><c:component type=\"machine-learning-model\"><c:name>a/b</c:name>\
                 <c:name>a/c</c:name></c:component><c:component type=\"machine-learning-model\"><c:name>d/e</c:name>\
                 <c:version>1</c:version></c:component></c:components></c:bom>"),
    );
    let scan = bench.scan();
    let codes: Vec<_> = scan.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["F-BOM-FORMAT", "F-BOM-VERSION", "F-BOM-NAME"]);
    assert_eq!(values(model(&scan, "d/e"), FactKey::Version), ["1"]);
}
