import type { Issuer, IssuerChange } from '../domain/authority.ts';
import { AppError } from '../errors/app-error.ts';
import type { ExternalIssuerStore, InstalledCertificate } from '../rotation/ports.ts';
import { issuer } from './authority-item.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { names, values } from './expression.ts';
import { issuerKey } from './keys.ts';
import { updateItem } from './update-item.ts';

/** Issuers below an external root in DynamoDB, on their items. */
export function dynamoExternalIssuerStore(options: StoreOptions): ExternalIssuerStore {
  const context = storeContext(options);
  return {
    commitRequest: (id, csr) => commitRequest(context, id, csr),
    installCertificate: (issuer, installed, change) => installCertificate(context, issuer, installed, change),
  };
}

/** The first CSR stays. Returns the issuer that is there then. */
async function commitRequest(context: StoreContext, id: string, csr: Uint8Array): Promise<Issuer> {
  const { item } = await updateItem(context, {
    Key: issuerKey(id),
    UpdateExpression: 'SET #request.#csr = :csr',
    ConditionExpression:
      '#state = :pending AND attribute_exists(#request) AND attribute_not_exists(#request.#csr)',
    ExpressionAttributeNames: names('state', 'request', 'csr'),
    ExpressionAttributeValues: values({ csr, pending: 'PENDING' }),
  });
  if (item === undefined) throw new AppError('internal', `${id} is not recorded; reserve it first`);
  return issuer(item);
}

/** Conditional on the state, and on the certificate that is there. */
async function installCertificate(
  context: StoreContext,
  { id, state, tbsSha256 }: Pick<Issuer, 'id' | 'state' | 'tbsSha256'>,
  installed: InstalledCertificate,
  change: IssuerChange,
): ReturnType<ExternalIssuerStore['installCertificate']> {
  const { validity, ...rest } = installed;
  const set = { ...rest, ...validity };
  const assignments = Object.keys(set).map((attribute) => `#${attribute} = :${attribute}`);
  const same = tbsSha256 === undefined ? 'attribute_not_exists(#tbsSha256)' : '#tbsSha256 = :before';
  const { applied } = await updateItem(context, {
    Key: issuerKey(id),
    UpdateExpression: `SET #state = :to, #changes = list_append(if_not_exists(#changes, :none), :change), ${assignments.join(', ')}`,
    ConditionExpression: `#state = :from AND attribute_exists(#request) AND ${same}`,
    ExpressionAttributeNames: names('state', 'changes', 'request', ...Object.keys(set)),
    ExpressionAttributeValues: values({
      ...set,
      ...(tbsSha256 === undefined ? {} : { before: tbsSha256 }),
      from: state,
      to: change.to,
      none: [],
      change: [change],
    }),
  });
  return applied ? 'installed' : 'refused';
}
