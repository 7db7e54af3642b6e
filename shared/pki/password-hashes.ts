/**
 * What bundles have in the place of @noble/hashes, with which pkijs makes keys of passwords for PKCS#12 (makePKCS12B2Key)
 * and nothing else: all other hashes are Web Crypto's. Nothing here reads or writes PKCS#12; a use would fail at once.
 */
function absent(): never {
  throw new Error('bundles have no hashes for the passwords of PKCS#12');
}

export { absent as sha1, absent as sha256, absent as sha384, absent as sha512 };
