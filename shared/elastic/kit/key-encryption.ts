/**
 * A script that encrypts the private key in place: one of the two, by the system of the host. It creates the passphrase
 * file if there is none, changes nothing if the key is already encrypted, and can be run again at any time.
 */
export interface KeyEncryption {
  /** Linux and macOS, for `sudo sh`. */
  readonly shell?: string;
  /** Windows, for an elevated PowerShell. */
  readonly powershell?: string;
}
