import { withoutUndefined } from '../../domain/without-undefined.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { secretPlace } from '../files/access.ts';
import { certificateFile, HOST_KEY, rootsFile } from '../files/certificate.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import type { FilePlace, KitFile } from '../kit/kit-file.ts';
import type { OutputServers } from '../kit/output-servers.ts';
import type { Section } from '../kit/section.ts';
import { outputServerNotes } from './notes.ts';
import { PRODUCTS, type Product, productOf } from './products.ts';
import { elasticsearchYml, kafkaProperties, logstashInput } from './render.ts';
import { outputServerRules } from './rules.ts';
import { type ServerFiles, serverFiles } from './server-files.ts';

/*
 * The servers that agents write to: profile output-server, for Elasticsearch, Logstash and Kafka.
 *
 * - Renders the listener's settings of each product that the outputs name, and the files with the permissions under
 *   which the product's own packages read them.
 * - Of each output only the type and the port of the first host are read: the rest is for its clients (outputs/).
 * - Clients must present a certificate, and only those of fleetseal are accepted: each setting requires it.
 * - Logstash reads the key as PKCS#8, and Kafka key and certificates from one file: how to make it is in a note.
 * - products.ts says which products there are; RELOADS in notes.ts says how each one takes a renewed certificate.
 */

/** The servers that agents write to. Of each output only the type and the port of the first host are used. */
export const outputServersSection: Section = {
  profiles: ['output-server'],
  fields: ['outputs'],
  rules: [outputServerRules],
  render: renderOutputServers,
};

function renderOutputServers({ deployment, certificate }: KitRequest): KitPart {
  const ports = portsOf(deployment);
  const products = new Set(ports.keys());
  const paths = serverFiles(deployment);
  const key = servicePlace(deployment, paths.key, products);
  const files: (KitFile | false)[] = [
    certificateFile(deployment, certificate),
    {
      ...key,
      ...HOST_KEY,
      purpose: 'the private key as PKCS#8, created on this host',
    },
    rootsFile(deployment, certificate, "fleetseal's roots, which verify clients"),
    products.has('kafka') && {
      ...servicePlace(deployment, paths.keystore, products),
      role: 'certificate-and-key',
      source: 'host',
      contents: null,
      purpose: 'the private key followed by the certificates, created on this host from both files',
    },
  ];
  return {
    files: files.filter((file) => file !== false),
    outputServers: settings(ports, paths),
    notes: outputServerNotes(deployment, products, paths, key),
  };
}

function settings(ports: ReadonlyMap<Product, number>, files: ServerFiles): OutputServers {
  const logstash = ports.get('logstash');
  const kafka = ports.get('kafka');
  return withoutUndefined({
    logstash: logstash === undefined ? undefined : logstashInput(files, logstash),
    elasticsearchYml: ports.has('elasticsearch') ? elasticsearchYml(files) : undefined,
    kafkaProperties: kafka === undefined ? undefined : kafkaProperties(files, kafka),
  });
}

/** The products that the certificate is for, each with its port, which the first output of a product decides. */
function portsOf(deployment: ResolvedDeployment): ReadonlyMap<Product, number> {
  const ports = new Map<Product, number>();
  for (const { type, hosts } of deployment.outputs) {
    const product = productOf(type);
    const port = /:(\d+)$/.exec(hosts[0] ?? '')?.[1];
    if (!ports.has(product)) ports.set(product, port === undefined ? PRODUCTS[product].port : Number(port));
  }
  return ports;
}

/** Readable by the service if Elastic's packages run it in its own group (Linux). */
function servicePlace(
  deployment: ResolvedDeployment,
  path: string,
  products: ReadonlySet<Product>,
): FilePlace {
  const place = secretPlace(deployment, path);
  const [product, another] = [...products];
  const group = product === undefined || another !== undefined ? undefined : PRODUCTS[product].group;
  return deployment.os === 'linux' && group !== undefined ? { ...place, mode: '0640', group } : place;
}
