//! Judges certificates with rustls-webpki: a line of `../protocol.md` in, a verdict out.

use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::io::BufRead;
use std::time::Duration;
use webpki::{anchor_from_trusted_cert, EndEntityCert, KeyUsage, ALL_VERIFICATION_ALGS};

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let field: Vec<&str> = line.split('\t').collect();
        match judge(field[1], field[2], field[3], field[4], field[5]) {
            Ok(()) => println!("{}\taccept", field[0]),
            Err(error) => println!("{}\trefuse\t{error:?}", field[0]),
        }
    }
}

fn judge(purpose: &str, name: &str, seconds: &str, root: &str, chain: &str) -> Result<(), webpki::Error> {
    let root = read(root);
    let chain: Vec<CertificateDer> = chain.split(',').map(read).collect();
    let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds.parse().expect("seconds")));
    let usage = match purpose {
        "server" => KeyUsage::server_auth(),
        _ => KeyUsage::client_auth(),
    };
    let leaf = EndEntityCert::try_from(&chain[0])?;
    let anchors = [anchor_from_trusted_cert(&root)?];
    leaf.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &chain[1..], at, usage, None, None)?;
    match name {
        "-" => Ok(()),
        _ => leaf.verify_is_valid_for_subject_name(&ServerName::try_from(name).expect("a name")),
    }
}

fn read(file: &str) -> CertificateDer<'static> {
    std::fs::read(file).expect("a certificate").into()
}
