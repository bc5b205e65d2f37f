//! A timestamp authority (RFC 3161): a CMS-signed token over a digest, written in DER by hand.

use super::http::{Reply, Request};
use super::{Clock, Fault, sha256};
use crate::tokens::{SHA256, attribute, int, octets, oid, seq, tlv as der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use der::{Decode, Encode};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

pub struct Authority {
    root: Vec<u8>,
    leaf: Vec<u8>,
    key: EcdsaKeyPair,
    other: EcdsaKeyPair,
    clock: Clock,
}

impl Authority {
    pub fn new(clock: Clock) -> Self {
        let named = |name: &str| {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::CommonName, name);
            params.not_before = rcgen::date_time_ymd(2024, 1, 1);
            params.not_after = rcgen::date_time_ymd(2045, 1, 1);
            params
        };
        let mut root = named("stamps root");
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let mut leaf = named("stamps");
        leaf.is_ca = IsCa::ExplicitNoCa;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.use_authority_key_identifier_extension = true;
        // RFC 3161, 2.3: the purpose is time stamping alone, and critical.
        let mut purpose =
            CustomExtension::from_oid_content(&[2, 5, 29, 37], seq(&[oid("1.3.6.1.5.5.7.3.8")]));
        purpose.set_criticality(true);
        leaf.custom_extensions = vec![purpose];
        let (root_key, leaf_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let issuer = Issuer::from_params(&root, &root_key);
        Authority {
            leaf: leaf.signed_by(&leaf_key, &issuer).unwrap().der().to_vec(),
            root: root.self_signed(&root_key).unwrap().der().to_vec(),
            key: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &leaf_key.serialize_der())
                .unwrap(),
            other: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            clock,
        }
    }

    pub fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.leaf.clone(), self.root.clone()]
    }

    pub fn stamp(&self, request: &Request, fault: Option<Fault>) -> Reply {
        // TimeStampReq ::= { version, messageImprint, [reqPolicy], [nonce], certReq … }
        let query: Vec<der::Any> = Decode::from_der(&request.body).unwrap();
        let nonce = query.iter().skip(2).find(|field| der::Tagged::tag(*field) == der::Tag::Integer);
        let algorithm = seq(&[oid(SHA256), vec![5, 0]]);
        let at = crate::tokens::time(self.clock.now());
        let imprint = if fault == Some(Fault::WrongBody) {
            seq(&[algorithm.clone(), octets(&sha256(b"x"))])
        } else {
            query[1].to_der().unwrap()
        };
        let info = seq(&[
            int(1),
            oid("1.2.3.4"),
            imprint,
            int(7),
            der(0x18, &[at.into_bytes()]),
            match fault {
                Some(Fault::WrongNonce) => int(9),
                _ => nonce.map(|nonce| nonce.to_der().unwrap()).unwrap_or_default(),
            },
        ]);
        let info_type = "1.2.840.113549.1.9.16.1.4";
        let certificate = seq(&[seq(&[seq(&[octets(&sha256(&self.leaf))])])]);
        let mut attributes = vec![
            attribute("1.2.840.113549.1.9.3", oid(info_type)),
            attribute("1.2.840.113549.1.9.4", octets(&sha256(&info))),
            attribute("1.2.840.113549.1.9.16.2.47", certificate),
        ];
        attributes.sort();
        let key = if fault == Some(Fault::OtherKey) { &self.other } else { &self.key };
        let signature = key.sign(&SystemRandom::new(), &der(0x31, &attributes)).unwrap();
        let leaf = x509_cert::Certificate::from_der(&self.leaf).unwrap().tbs_certificate;
        let signer = seq(&[
            int(1),
            seq(&[leaf.issuer.to_der().unwrap(), leaf.serial_number.to_der().unwrap()]),
            algorithm.clone(),
            der(0xa0, &attributes),
            seq(&[oid("1.2.840.10045.4.3.2")]),
            octets(signature.as_ref()),
        ]);
        let signed = seq(&[
            int(3),
            der(0x31, &[algorithm]),
            seq(&[oid(info_type), der(0xa0, &[octets(&info)])]),
            der(0xa0, std::slice::from_ref(&self.leaf)),
            der(0x31, &[signer]),
        ]);
        let token = seq(&[oid("1.2.840.113549.1.7.2"), der(0xa0, &[signed])]);
        Reply::bytes("application/timestamp-reply", seq(&[seq(&[int(0)]), token]))
    }
}
