import type { KeyObject } from 'node:crypto';
import type { KeyKind } from '../../shared/domain/key-kind.ts';
import { makeKey } from '../support/csr.ts';
import { History } from './history.ts';
import type { Issued, Window } from './service.ts';

/** A certificate with its private key: both are replaced at once, as by a rename. */
export interface Pair extends Issued {
  readonly key: KeyObject;
}

/** What a host keeps on its disk, so that a crash does not lose it; and what was ever on it, for the audit. */
export class Disk {
  /** What it presents, undefined while it has nothing. */
  readonly presented = new History<Issued | undefined>();
  readonly bundles = new History<string | undefined>();
  /** From when on it would renew each certificate, by serial number. */
  readonly renewals = new Map<string, number>();
  /** The bootstrap token, until it has enrolled. */
  token: string | undefined;
  /** Serial number of the certificate that the current one replaced, until that is confirmed. */
  unconfirmed: string | undefined;
  #pair: Pair | undefined;
  #bundle: string | undefined;
  #pending: KeyObject | undefined;
  #renewAt: number | undefined;
  readonly #keyKind: KeyKind;
  readonly #now: () => number;

  constructor(keyKind: KeyKind, now: () => number) {
    this.#keyKind = keyKind;
    this.#now = now;
  }

  get pair(): Pair | undefined {
    return this.#pair;
  }

  get bundle(): string {
    return this.#bundle ?? '';
  }

  /** When it means to renew, in seconds since 1970: drawn from the window that the service suggested. */
  get renewAt(): number {
    return this.#renewAt ?? this.#now();
  }

  /** A new installation. */
  wipe(token: string): void {
    Object.assign(this, { token, unconfirmed: undefined });
    this.#pair = undefined;
    this.#pending = undefined;
    this.#renewAt = undefined;
    this.#setBundle(undefined);
    this.presented.set(this.#now(), undefined);
  }

  /** The key to ask with: written before it is sent, so that a lost answer is asked for again with the same key. */
  pendingKey(): KeyObject {
    this.#pending ??= makeKey(this.#keyKind);
    return this.#pending;
  }

  losePendingKey(): void {
    this.#pending = undefined;
  }

  install(issued: Issued, key: KeyObject): void {
    this.#pair = { ...issued, key };
    this.#pending = undefined;
    this.#renewAt = undefined;
    this.token = undefined;
    this.presented.set(this.#now(), issued);
    this.#setBundle(issued.bundle);
  }

  refreshBundle(bundle: string): void {
    if (bundle !== this.#bundle) this.#setBundle(bundle);
  }

  /** Draws a moment of the window, evenly (RFC 9773 section 4.2), unless the one drawn before is still in it. */
  planRenewal({ serialNumber }: Issued, { start, end }: Window, random: () => number): void {
    const before = this.#renewAt;
    const kept = before !== undefined && before >= start && before <= end;
    this.#renewAt = kept ? before : start + random() * (end - start);
    this.renewals.set(serialNumber, this.#renewAt);
  }

  #setBundle(bundle: string | undefined): void {
    this.#bundle = bundle;
    this.bundles.set(this.#now(), bundle);
  }
}
