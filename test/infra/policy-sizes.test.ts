import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../../infra/settings/settings.ts';
import { synthesized } from './synthesized.ts';

/*
 * IAM takes at most 10,240 characters of inline policies for a role, white space not counted, all policies together (IAM user
 * guide, "IAM and AWS STS quotas"). The keys of all CAs stand in one statement that cannot be divided: a Deny with
 * NotResource denies what another one leaves out.
 */

const LIMIT = 10_240;

const issuers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `issuer-${index + 1}`,
    keySpec: 'ECC_NIST_P256',
    lifetimeYears: 5,
  }));

/** The most of everything that the settings permit. */
function largest(): object {
  const successorRoots = Array.from({ length: 9 }, (_, index) => ({
    id: `root-${index + 2}`,
    keySpec: 'ECC_NIST_P384',
    lifetimeYears: 20 + index,
  }));
  const accepted = (count: number) => {
    try {
      return readSettings({ authority: 'fleet', successorRoots, issuers: issuers(count) });
    } catch {
      return undefined;
    }
  };
  let count = 1;
  while (accepted(count + 1) !== undefined) count += 1;
  return { successorRoots, issuers: issuers(count) };
}

const { authority, service } = synthesized(largest());

/** What the longest Region makes of a reference. */
function longest(reference: unknown): string {
  const name = JSON.stringify(reference);
  if (name.includes('AWS::Partition')) return 'aws-us-gov';
  if (name.includes('AWS::Region')) return 'ap-southeast-1';
  if (name.includes('AWS::AccountId')) return '1'.repeat(12);
  const isKey = /"(Issuer|Root|Responder)\w*Key\w*"|"\w*Key[0-9A-F]{8}"/i.test(name);
  return 'x'.repeat(isKey ? 'arn:aws-us-gov:kms:us-gov-west-1:111111111111:key/'.length + 36 : 130);
}

/** A policy as CloudFormation writes it, without white space. */
function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, inner] = [], ...others] = Object.entries(value);
  if (others.length === 0 && name === 'Fn::Join' && Array.isArray(inner))
    return [inner[1]].flat().map(written).join(String(inner[0]));
  if (others.length === 0 && (name === 'Ref' || name?.startsWith('Fn::') === true)) return longest(value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, written(one)]));
}

/** Characters of all inline policies by role. */
function sizes(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const template of [authority, service]) {
    const add = (role: string, document: unknown) =>
      found.set(role, (found.get(role) ?? 0) + JSON.stringify(written(document)).length);
    for (const [id, { Properties }] of Object.entries(template.findResources('AWS::IAM::Role')))
      for (const { PolicyDocument } of Properties.Policies ?? []) add(id, PolicyDocument);
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy')))
      for (const role of Properties.Roles) add(nameOf(role), Properties.PolicyDocument);
  }
  return found;
}

/** The logical id of a role, also where the other stack imports it. */
function nameOf(role: { readonly Ref?: string; readonly 'Fn::ImportValue'?: string }): string {
  return role.Ref ?? /Ref(\w+Role[0-9A-F]{8})/.exec(JSON.stringify(role))?.[1] ?? JSON.stringify(role);
}

describe('with the most CAs that the settings permit', () => {
  const all = [...sizes()].toSorted(([, a], [, b]) => b - a);

  test('the inline policies of every role fit into what IAM takes', () => {
    expect(all.filter(([, size]) => size > LIMIT)).toEqual([]);
  });

  test('the statement that names all keys is among them', () => {
    const [[, size] = ['', 0]] = all;
    expect(size).toBeGreaterThan(5000);
  });
});
