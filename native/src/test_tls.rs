//! For tests: a venue, us and their authority, and a server of rustls that plays the venue.
use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion, version};

use crate::test_certificates::{FAR, Issued, Request, issue};
use crate::tls_client::Wish;

pub struct Certificates {
    pub authority: Issued,
    pub venue: Issued,
    pub engine: Issued,
}

pub fn certificates() -> Certificates {
    let root = Request { name: "authority", issuer: None, is_authority: true, until: FAR };
    let authority = issue(&root);
    let leaf = |name| issue(&Request { name, issuer: Some(&authority), is_authority: false, until: FAR });
    let (venue, engine) = (leaf("venue.example"), leaf("engine.example"));
    Certificates { authority, venue, engine }
}

pub fn wish(authority: &Issued) -> Wish {
    Wish {
        name: "venue.example".to_string(),
        authorities: authority.certificate_pem(),
        certificate: String::new(),
        key: String::new(),
        is_tls13_only: false,
        ciphers: Vec::new(),
    }
}

pub fn with_own(authority: &Issued, own: &Issued) -> Wish {
    Wish { certificate: own.certificate_pem(), key: own.key_pem(), ..wish(authority) }
}

pub fn server_of(
    own: &Issued,
    client_authority: Option<&Issued>,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConnection {
    let provider = Arc::new(default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions).unwrap();
    let builder = match client_authority {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from(authority.certificate.clone())).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    ServerConnection::new(Arc::new(builder.with_single_cert(own.chain(), own.private_key()).unwrap()))
        .unwrap()
}

pub const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];
pub const OLD: &[&SupportedProtocolVersion] = &[&version::TLS12];
