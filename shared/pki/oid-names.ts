import { describeOid } from './oids.ts';

/** Names that only messages about what others wrote need: certificates of this service have none of these. */
const MORE_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.4': 'surname',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'countryName (C)',
  '2.5.4.7': 'localityName (L)',
  '2.5.4.8': 'stateOrProvinceName (ST)',
  '2.5.4.10': 'organizationName (O)',
  '2.5.4.11': 'organizationalUnitName (OU)',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '0.9.2342.19200300.100.1.25': 'domainComponent (DC)',
  '0.9.2342.19200300.100.1.1': 'userId (UID)',
  '2.5.29.18': 'issuerAltName',
  '2.5.29.36': 'policyConstraints',
  '2.5.29.54': 'inhibitAnyPolicy',
  '1.3.6.1.5.5.7.1.24': 'tlsFeature (OCSP must-staple)',
  '1.3.6.1.4.1.11129.2.4.3': 'precertificate poison',
  '2.16.840.1.113730.1.1': 'netscapeCertType',
  '2.16.840.1.113730.1.13': 'netscapeComment',
  '1.3.6.1.4.1.311.13.2.1': 'Microsoft enrollment name-value pair',
  '1.2.840.113549.1.9.8': 'unstructuredAddress',
  '1.2.840.113549.1.9.15': 'S/MIME capabilities',
  '1.3.6.1.4.1.311.2.1.14': 'Microsoft certificate extensions',
  '1.3.6.1.4.1.311.13.1': 'Microsoft renewal certificate',
  '1.3.6.1.4.1.311.21.13': 'Microsoft archived key',
  '1.3.6.1.4.1.311.20.2': 'Microsoft certificate template name',
  '1.3.6.1.4.1.311.21.7': 'Microsoft certificate template',
  '1.3.6.1.4.1.311.21.10': 'Microsoft application policies',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '2.5.29.37.0': 'anyExtendedKeyUsage',
};

/** The same as `describeOid`, with the names of what is in requests and in certificates of other CAs. */
export function describeAnyOid(oid: string): string {
  const name = MORE_NAMES[oid];
  return name === undefined ? describeOid(oid) : `${name} (${oid})`;
}
