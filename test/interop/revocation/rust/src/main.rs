//! Judges certificates by revocation lists with rustls-webpki: a line of `../protocol.md` in, a verdict out.

use rustls_pki_types::{CertificateDer, UnixTime};
use std::io::BufRead;
use webpki::{
    anchor_from_trusted_cert, CertRevocationList, EndEntityCert, Error, ExpirationPolicy, KeyUsage,
    OwnedCertRevocationList, RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy,
    ALL_VERIFICATION_ALGS,
};

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let field: Vec<&str> = line.split('\t').collect();
        match judge(field[2], field[3], field[4], field[5]) {
            Ok(()) => println!("{}\tgood", field[0]),
            Err(Error::CertRevoked) => println!("{}\trevoked", field[0]),
            Err(error) => println!("{}\tunknown\t{error:?}", field[0]),
        }
    }
}

fn judge(lists: &str, root: &str, issuer: &str, leaf: &str) -> Result<(), Error> {
    let lists: Vec<CertRevocationList> = lists
        .split(',')
        .map(|file| Ok(OwnedCertRevocationList::from_der(&read(file))?.into()))
        .collect::<Result<_, Error>>()?;
    let lists: Vec<&CertRevocationList> = lists.iter().collect();
    let revocation = RevocationOptionsBuilder::new(&lists)
        .expect("a list")
        .with_depth(RevocationCheckDepth::Chain)
        .with_status_policy(UnknownStatusPolicy::Deny)
        .with_expiration_policy(ExpirationPolicy::Enforce)
        .build();
    let (root, issuer, leaf) = (certificate(root), certificate(issuer), certificate(leaf));
    let anchors = [anchor_from_trusted_cert(&root)?];
    EndEntityCert::try_from(&leaf)?.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        &anchors,
        &[issuer],
        UnixTime::now(),
        KeyUsage::client_auth(),
        Some(revocation),
        None,
    )?;
    Ok(())
}

fn certificate(file: &str) -> CertificateDer<'static> {
    read(file).into()
}

fn read(file: &str) -> Vec<u8> {
    std::fs::read(file).expect("a file")
}
