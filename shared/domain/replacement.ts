import type { CertificateRecord } from './certificate-record.ts';
import type { Instant } from './instant.ts';
import type { ProfileName } from './profile.ts';

/** Which certificates are meant: those that every given part fits. */
export interface ReplacementSelector {
  readonly issuerId?: string;
  readonly profile?: ProfileName;
  /** Those whose `notAfter` is earlier. */
  readonly notAfterBefore?: Instant;
}

/** An administrator's request that certificates be renewed earlier than they would be. */
export interface Replacement {
  /** 16 characters of base62. */
  readonly id: string;
  readonly selector: ReplacementSelector;
  /** Certificates reserved later are not meant: they are replacements already. */
  readonly createdAt: Instant;
  /** ARN of the IAM principal. */
  readonly createdBy: string;
  /** When all of them shall have been renewed. */
  readonly by: Instant;
  /** How many live certificates it selected when it was made. */
  readonly certificates: number;
}

/** What a selector looks at. */
export type Selectable = Pick<CertificateRecord, 'issuerId' | 'profile' | 'validity' | 'reservedAt'>;

/** Whether the certificate is to be replaced. */
export function isSelected(record: Selectable, { selector, createdAt }: Replacement): boolean {
  const { issuerId, profile, notAfterBefore } = selector;
  return (
    record.reservedAt <= createdAt &&
    (issuerId === undefined || issuerId === record.issuerId) &&
    (profile === undefined || profile === record.profile) &&
    (notAfterBefore === undefined || record.validity.notAfter < notAfterBefore)
  );
}
