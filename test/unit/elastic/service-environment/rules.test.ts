import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { OUTPUTS, refused, type Subject } from '../outputs/kits.ts';
import { PEM } from '../rendering.ts';

const VARIABLE: Deployment = { directoryVariable: 'FLEETSEAL_DIR' };

describe('directoryVariable', () => {
  test.each(['FLEETSEAL_DIR', 'FLEETSEAL_2', `FLEETSEAL_${'A'.repeat(64)}`])('takes %s', (name) => {
    expect(refused({ directoryVariable: name })).toEqual([]);
  });

  test.each([
    '',
    'PATH',
    'SSL_CERT_DIR',
    'fleetseal_dir',
    'FLEETSEAL_',
    'FLEETSEAL_A-B',
    'XFLEETSEAL_A',
    `FLEETSEAL_${'A'.repeat(65)}`,
  ])('refuses %j, with the reason', (name) => {
    expect(refused({ directoryVariable: name })).toEqual([
      '/directoryVariable: directoryVariable must be FLEETSEAL_ and 1 to 64 capital letters, digits and "_", for example FLEETSEAL_DIR: other variables, such as PATH and SSL_CERT_DIR, may mean something to the agent',
    ]);
  });

  test.each([
    ['8.18.9', true],
    ['8.19.0', false],
    ['9.0.0', false],
    ['9.5.2', false],
    [undefined, false],
  ])('with version %s is refused: %s', (stackVersion, isRefused) => {
    expect(refused({ ...VARIABLE, stackVersion })).toEqual(
      isRefused
        ? [
            `/directoryVariable: directoryVariable needs Elastic Agent 8.19.0 or later, and stackVersion is ${stackVersion}: before, agents replace no variables in outputs. Upgrade, or leave directoryVariable out and give each system an output and a policy of its own`,
          ]
        : [],
    );
  });

  test.each<[string, Deployment]>([
    ['Docker', {}],
    ['pods', { container: { runtime: 'kubernetes', image: 'registry.example.com/a:1' } }],
    ['ECK', { container: { runtime: 'eck' } }],
  ])('is not for %s', (_, deployment) => {
    const errors = refused({ ...VARIABLE, os: 'container', ...deployment });
    expect(errors.filter((error) => error.startsWith('/directoryVariable'))).toEqual([
      '/directoryVariable: directoryVariable does not apply to a container: leave it out, and mount the files at one path in all containers of the policy',
    ]);
  });

  test('is not for servers, whose outputs are not here', () => {
    const subject: Subject = { profile: 'output-server' };
    expect(refused({ ...VARIABLE, outputs: [OUTPUTS.logstash] }, subject)).toContain(
      '/directoryVariable: directoryVariable does not apply to a certificate of profile output-server: leave it out',
    );
  });

  test('is for outputs that name files', () => {
    const subject: Subject = { profile: 'output-client' };
    expect(refused({ ...VARIABLE, outputs: [OUTPUTS.logstash] }, subject)).toEqual([
      '/directoryVariable: directoryVariable is for outputs that name files: set form to "path", or leave directoryVariable out',
    ]);
    expect(refused({ ...VARIABLE, outputs: [{ ...OUTPUTS.logstash, form: 'path' }] }, subject)).toEqual([]);
  });
});

describe('with directoryVariable', () => {
  test.each([
    ['linux', '/etc/fleetseal', true],
    ['linux', '/etc/fléet', false],
    ['linux', "/etc/it's", false],
    ['linux', '/etc/a%b', false],
    ['linux', '/etc/a\\b', false],
    ['windows', 'D:\\certs', true],
    ['windows', '\\\\server\\share\\certs', true],
    ['windows', 'D:\\a%b', false],
  ])('on %s, the directory %s is plain: %s', (os, directory, isPlain) => {
    expect(refused({ ...VARIABLE, os, directory })).toEqual(
      isPlain
        ? []
        : [
            '/directory: directory must be a plain path with directoryVariable: use only letters, digits, "/", ".", "_" and "-"',
          ],
    );
  });

  test.each<[string, Deployment]>([
    ['/keyPassphraseFile', { keyPassphraseFile: '/etc/fleetseal2/pass' }],
    ['/trust/elasticsearch/path', { trust: { elasticsearch: { path: '/etc/ssl/ca.pem' } } }],
    [
      '/trust/logstash/path',
      { trust: { logstash: { path: '/etc/fleetseal' } }, outputs: [OUTPUTS.logstash] },
    ],
  ])('the file of %s is below the directory', (field, deployment) => {
    const name = field.slice(1).replaceAll('/', '.');
    expect(refused(deployment)).toEqual([]);
    expect(refused({ ...VARIABLE, ...deployment })).toEqual([
      `${field}: ${name} must be below /etc/fleetseal with directoryVariable, since it may be elsewhere on other hosts: move the file, or leave directoryVariable out`,
    ]);
  });

  test('the CA of Fleet Server, which only flags name, may be anywhere', () => {
    const trust = { fleetServer: { path: '/etc/ssl/ca.pem' }, elasticsearch: { pem: PEM.root } };
    expect(refused({ ...VARIABLE, trust })).toEqual([]);
  });
});
