//! For tests: certificates made at run time, a few nested DER values around a public key, signed.
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const UTF8_STRING: u8 = 0x0c;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const GENERALIZED_TIME: u8 = 0x18;
const CONTEXT: u8 = 0xa0;
const DNS_NAME: u8 = 0x82;
/// Whole DER values: ecPublicKey with P-256, ecdsa-with-SHA256, the names of the fields and extensions.
const KEY_TYPE: &[u8] =
    b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const SIGNED_WITH: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const COMMON_NAME: &[u8] = b"\x06\x03\x55\x04\x03";
const BASIC_CONSTRAINTS: &[u8] = b"\x06\x03\x55\x1d\x13";
const ALTERNATIVE_NAMES: &[u8] = b"\x06\x03\x55\x1d\x11";
const TRUE: &[u8] = b"\x01\x01\xff";

pub struct Issued {
    name: &'static str,
    pub certificate: Vec<u8>,
    pub key: Vec<u8>,
}

pub struct Request<'a> {
    pub name: &'static str,
    /// None = it signs itself.
    pub issuer: Option<&'a Issued>,
    pub is_authority: bool,
    /// "20010909000000Z"
    pub until: &'static str,
}

pub const FAR: &str = "20991231235959Z";

pub fn issue(request: &Request) -> Issued {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let key = document.as_ref().to_vec();
    let pair = |der: &[u8]| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der, &random).unwrap();
    let own = pair(&key);
    let (signer, issuer_name) = match request.issuer {
        Some(issuer) => (pair(&issuer.key), issuer.name),
        None => (pair(&key), request.name),
    };
    let basic = der(SEQUENCE, &[if request.is_authority { TRUE } else { b"" }]);
    let names = der(SEQUENCE, &[&der(DNS_NAME, &[request.name.as_bytes()])]);
    let extensions = der(
        SEQUENCE,
        &[
            &der(SEQUENCE, &[BASIC_CONSTRAINTS, TRUE, &der(OCTET_STRING, &[&basic])]),
            &der(SEQUENCE, &[ALTERNATIVE_NAMES, &der(OCTET_STRING, &[&names])]),
        ],
    );
    let validity =
        [der(GENERALIZED_TIME, &[b"20000101000000Z"]), der(GENERALIZED_TIME, &[request.until.as_bytes()])];
    let body = der(
        SEQUENCE,
        &[
            &der(CONTEXT, &[&der(INTEGER, &[&[2]])]),
            &der(INTEGER, &[&[1]]),
            SIGNED_WITH,
            &name_of(issuer_name),
            &der(SEQUENCE, &[&validity[0], &validity[1]]),
            &name_of(request.name),
            &der(SEQUENCE, &[KEY_TYPE, &der(BIT_STRING, &[&[0], own.public_key().as_ref()])]),
            &der(CONTEXT + 3, &[&extensions]),
        ],
    );
    let signature = signer.sign(&random, &body).unwrap();
    let certificate = der(SEQUENCE, &[&body, SIGNED_WITH, &der(BIT_STRING, &[&[0], signature.as_ref()])]);
    Issued { name: request.name, certificate, key }
}

impl Issued {
    pub fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.clone().into()]
    }

    pub fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.clone()).into()
    }

    pub fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    pub fn key_pem(&self) -> String {
        pem("PRIVATE KEY", &self.key)
    }
}

fn name_of(common_name: &str) -> Vec<u8> {
    let value = der(UTF8_STRING, &[common_name.as_bytes()]);
    der(SEQUENCE, &[&der(SET, &[&der(SEQUENCE, &[COMMON_NAME, &value])])])
}

/// Tag, length, contents.
fn der(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let content = contents.concat();
    let length = content.len();
    let head = match length {
        0..128 => vec![tag, length as u8],
        128..256 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, content].concat()
}

fn pem(kind: &str, bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let value = group >> (18 - 6 * digit) & 63;
            text.push(if digit > chunk.len() { '=' } else { DIGITS[value as usize] as char });
        }
    }
    format!("-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n")
}
