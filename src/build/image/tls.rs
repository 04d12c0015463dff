//! TLS for registries: rustls with the certificates of the system, and Graviola for the cryptography, which needs no C
//! compiler.

use std::sync::Arc;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::error::{ImageError, Result};

/// How connections are made.
pub(super) fn configuration() -> Result<TlsConfig> {
    if !can_encrypt() {
        // Graviola has no code for such processors, and would end the program.
        return Err(ImageError::unsupported("TLS on this processor, which lacks instructions for cryptography,"));
    }
    let found = rustls_native_certs::load_native_certs();
    let certificates: Vec<Certificate<'static>> =
        found.certs.iter().map(|certificate| Certificate::from_der(certificate.as_ref()).to_owned()).collect();
    if certificates.is_empty() {
        return Err(ImageError::missing(
            "the list of certificate authorities",
            "install the package ca-certificates, or set SSL_CERT_FILE",
        ));
    }
    Ok(TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls_graviola::default_provider()))
        .root_certs(RootCerts::new_with_certs(&certificates))
        .build())
}

/// What Graviola says that it needs.
#[cfg(target_arch = "x86_64")]
fn can_encrypt() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("aes")
        && has!("ssse3")
        && has!("avx")
        && has!("avx2")
        && has!("adx")
        && has!("bmi1")
        && has!("bmi2")
        && has!("pclmulqdq")
}

/// What Graviola says that it needs.
#[cfg(target_arch = "aarch64")]
fn can_encrypt() -> bool {
    use std::arch::is_aarch64_feature_detected as has;
    has!("aes") && has!("sha2") && has!("pmull") && has!("neon")
}
