import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { shellCommand } from '../syntax/shell.ts';
import { PRODUCT_NAMES, type Product, productOf } from './products.ts';
import { type ServerFiles, serverFiles } from './server-files.ts';

/**
 * What the server of each product needs after its files are replaced, on hosts where that is one known command: Elastic's
 * packages run Logstash by systemd; brokers of Kafka have no service that is called the same everywhere.
 */
export function serverCommands(deployment: ResolvedDeployment): readonly string[] {
  const { os, outputs } = deployment;
  const products = new Set<Product>(outputs.map(({ type }) => productOf(type)));
  const commands = {
    elasticsearch: undefined,
    logstash: os === 'linux' ? 'sudo systemctl restart logstash' : undefined,
    kafka: os === 'linux' || os === 'macos' ? joinKeystore(serverFiles(deployment)) : undefined,
  };
  return PRODUCT_NAMES.flatMap((product) => (products.has(product) ? (commands[product] ?? []) : []));
}

/** Into the same file, which keeps its owner; without one, only root could read it. */
function joinKeystore({ key, certificate, keystore }: ServerFiles): string {
  const join = `umask 077; ${shellCommand(['cat', key, certificate])} > ${shellCommand([keystore])}`;
  return shellCommand(['sudo', 'sh', '-c', join]);
}
