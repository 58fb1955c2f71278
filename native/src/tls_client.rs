//! What we prove and whom we believe when we connect with TLS; made once for many connections. The chain of the peer's
//! certificate is judged here, its names by the owner of the connection, as with node:tls, before a byte is said
//! (`Channel::admit`).
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConnection, Resumption, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, CipherSuite, ClientConfig, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme, SupportedProtocolVersion, version,
};

use crate::certificate_dates::validity_of;
use crate::tls_channel::TlsChannel;
use crate::tls_problem::is_authority;

const OTHER_TLS: &str = "use the TLS of Node.js instead (hotLoop.sockets: node)";

/// As OpenSSL calls them.
const CIPHERS: [(&str, CipherSuite); 9] = [
    ("TLS_AES_256_GCM_SHA384", CipherSuite::TLS13_AES_256_GCM_SHA384),
    ("TLS_AES_128_GCM_SHA256", CipherSuite::TLS13_AES_128_GCM_SHA256),
    ("TLS_CHACHA20_POLY1305_SHA256", CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
    ("ECDHE-ECDSA-AES128-GCM-SHA256", CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
    ("ECDHE-RSA-AES256-GCM-SHA384", CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
    ("ECDHE-RSA-AES128-GCM-SHA256", CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
    ("ECDHE-RSA-CHACHA20-POLY1305", CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),
];

/// PEM all of it.
pub struct Wish {
    /// The name to ask for, or an address.
    pub name: String,
    pub authorities: String,
    /// Ours, then those that lead to its authority; empty = we show none.
    pub certificate: String,
    pub key: String,
    pub is_tls13_only: bool,
    /// OpenSSL's names; empty = all that there are.
    pub ciphers: Vec<String>,
}

pub struct Client {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Client {
    pub fn new(wish: &Wish) -> Result<Client, String> {
        let name = ServerName::try_from(wish.name.clone()).map_err(|_| {
            format!("\"{}\" is neither a DNS name nor an address: give the peer's (serverName)", wish.name)
        })?;
        let provider = Arc::new(provider_of(&wish.ciphers)?);
        let authorities = certificates_of(&wish.authorities)?;
        let verifier =
            ChainVerifier { roots: roots_of(&authorities)?, authorities, provider: provider.clone() };
        let versions: &[&SupportedProtocolVersion] =
            if wish.is_tls13_only { &[&version::TLS13] } else { &[&version::TLS13, &version::TLS12] };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(|_| "minVersion: none of the ciphers is for TLS 1.3".to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = if wish.certificate.is_empty() {
            builder.with_no_client_auth()
        } else {
            let key = PrivateKeyDer::from_pem_slice(wish.key.as_bytes());
            let key = key.map_err(|error| format!("the key cannot be read: {error}"))?;
            builder.with_client_auth_cert(certificates_of(&wish.certificate)?, key).map_err(|error| {
                format!("the addon cannot use the key and certificate ({error}): RSA of 2048 bits and more, ECDSA P-256 and \
                         P-384, Ed25519 do; or {OTHER_TLS}")
            })?
        };
        // Every connection is judged anew.
        config.resumption = Resumption::disabled();
        Ok(Client { config: Arc::new(config), name })
    }

    pub fn channel(&self) -> Result<TlsChannel, String> {
        let connection = ClientConnection::new(self.config.clone(), self.name.clone());
        connection.map(TlsChannel::new).map_err(|error| error.to_string())
    }
}

fn provider_of(ciphers: &[String]) -> Result<CryptoProvider, String> {
    let all = ring::default_provider();
    if ciphers.is_empty() {
        return Ok(all);
    }
    let mut chosen = Vec::new();
    for name in ciphers {
        let suite = CIPHERS
            .iter()
            .find(|(known, _)| known == name)
            .and_then(|(_, wanted)| all.cipher_suites.iter().find(|suite| suite.suite() == *wanted));
        match suite {
            Some(suite) => chosen.push(*suite),
            None => {
                let known: Vec<&str> = CIPHERS.iter().map(|(known, _)| *known).collect();
                return Err(format!(
                    "ciphers: the addon has no {name}; it has {}, each by its name; or {OTHER_TLS}",
                    known.join(", ")
                ));
            }
        }
    }
    Ok(CryptoProvider { cipher_suites: chosen, ..all })
}

/// What cannot be read is left out as long as one is left: the lists of systems are long and old.
fn roots_of(authorities: &[CertificateDer<'static>]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities.iter().cloned());
    if roots.is_empty() {
        return Err(format!("none of the authorities can be used by the addon: {OTHER_TLS}"));
    }
    Ok(roots)
}

fn certificates_of(pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    found.map_err(|error| format!("a certificate cannot be read: {error}"))
}

/// Issuers, signatures, dates, purpose; not the names.
#[derive(Debug)]
struct ChainVerifier {
    roots: RootCertStore,
    authorities: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ChainVerifier {
    /// A peer that shows the very certificate that we hold: issued by itself, an authority for no one else, as
    /// `openssl req -x509` makes them. rustls takes no authority's certificate for a peer's.
    fn verify_own_authority(
        &self,
        certificate: &CertificateDer<'_>,
        now: UnixTime,
        refusal: Error,
    ) -> Result<(), Error> {
        let is_held = self.authorities.iter().any(|authority| authority == certificate);
        let Some(validity) = validity_of(certificate).filter(|_| is_held) else { return Err(refusal) };
        if now < validity.not_before {
            let not_before = validity.not_before;
            return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
        }
        if now > validity.not_after {
            let not_after = validity.not_after;
            return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
        }
        Ok(())
    }
}

impl ServerCertVerifier for ChainVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        let roots = &self.roots;
        match verify_server_cert_signed_by_trust_anchor(&certificate, roots, intermediates, now, algorithms) {
            Err(refusal) if is_authority(&refusal) => self.verify_own_authority(end_entity, now, refusal)?,
            outcome => outcome?,
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
