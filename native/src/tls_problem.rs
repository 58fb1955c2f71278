//! Why a TLS connection has failed, in words for whoever has to see to it: what is wrong, and where to look.
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

const DAY_S: i64 = 86_400;
/// The addon's TLS is younger and stricter than that of Node.js.
const OTHER_TLS: &str = "the TLS of Node.js (hotLoop.sockets: node) may still take it";

pub fn text_of(error: &Error, in_handshake: bool) -> String {
    let what = match error {
        Error::InvalidCertificate(problem) => certificate_text(problem),
        Error::AlertReceived(alert) => alert_text(*alert),
        Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            format!("the peer speaks only TLS older than 1.2: {OTHER_TLS}")
        }
        Error::PeerIncompatible(PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig) => {
            "the peer speaks only a TLS older than our minVersion".to_string()
        }
        Error::PeerIncompatible(why) => {
            format!("we and the peer have nothing in common ({why:?}): {OTHER_TLS}")
        }
        Error::InvalidMessage(why) if in_handshake => {
            format!("what the peer says is no TLS: does it speak TLS on this port? ({why:?})")
        }
        Error::DecryptError => {
            "the peer's bytes cannot be decrypted: they were changed on their way".to_string()
        }
        other => other.to_string(),
    };
    format!("TLS: {what}")
}

fn certificate_text(problem: &CertificateError) -> String {
    match problem {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("a certificate of the peer has expired, on {}", date_of(*not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("a certificate of the peer is valid only from {} on", date_of(*not_before))
        }
        CertificateError::UnknownIssuer => {
            "the peer's certificate comes from an issuer that is none of our authorities, or a certificate between is \
             missing"
                .to_string()
        }
        CertificateError::BadSignature => {
            "a certificate of the peer is not signed by the one who is said to have issued it".to_string()
        }
        CertificateError::InvalidPurposeContext { .. } => {
            "the peer's certificate is not for servers (extended key usage)".to_string()
        }
        other if is_authority(&Error::InvalidCertificate(other.clone())) => {
            "the peer shows the certificate of an authority (CA:TRUE) that is none of ours: name it among the authorities, \
             if it is the peer's own"
                .to_string()
        }
        other => format!("the peer's certificate cannot be used ({other:?}): {OTHER_TLS}"),
    }
}

/// The peer has shown the certificate of an authority.
pub fn is_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    // rustls hands on the error of a crate that it does not export.
    format!("{other:?}").contains("CaUsedAsEndEntity")
}

fn alert_text(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::ProtocolVersion => {
            format!("the peer refuses our versions of TLS (minVersion and later): {OTHER_TLS}")
        }
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => format!(
            "the peer refuses the handshake ({alert:?}): no cipher or key exchange in common, or it wants a certificate of \
             ours: {OTHER_TLS}"
        ),
        AlertDescription::CertificateRequired => {
            "the peer wants to see a certificate of ours: give one (certificate and key)".to_string()
        }
        AlertDescription::UnknownCA => {
            "the peer refuses our certificate: it does not know the authority that has issued it (UnknownCA)"
                .to_string()
        }
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::AccessDenied => format!("the peer refuses our certificate ({alert:?})"),
        AlertDescription::UnrecognisedName => {
            "the peer does not know the name that we ask for (serverName)".to_string()
        }
        other => format!("the peer broke the connection off ({other:?})"),
    }
}

/// "2001-09-09", UTC.
fn date_of(time: UnixTime) -> String {
    let days = i64::try_from(time.as_secs()).unwrap_or(i64::MAX) / DAY_S;
    // Years that begin in March, from year 0 on, in cycles of 400: the leap day comes last.
    let shifted = days + 719_468;
    let (cycle, day_of_cycle) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day = day_of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day_of_month, from_january) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    let years = cycle * 400 + year + i64::from(from_january <= 2);
    format!("{years:04}-{from_january:02}-{day_of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::date_of;
    use rustls::pki_types::UnixTime;
    use std::time::Duration;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let cases = [
            (0, "1970-01-01"),
            (68_169_600, "1972-02-29"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_000_000_000, "2001-09-09"),
            (1_735_689_599, "2024-12-31"),
            (4_107_542_400, "2100-03-01"),
        ];
        for (seconds, date) in cases {
            assert_eq!(date_of(UnixTime::since_unix_epoch(Duration::from_secs(seconds))), date);
        }
    }
}
