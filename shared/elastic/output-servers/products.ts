import type { OutputType } from '../deployment/fields/outputs.ts';

/** The products that receive data from agents. */
export const PRODUCTS = {
  elasticsearch: { title: 'Elasticsearch', group: 'elasticsearch', port: 9200 },
  logstash: { title: 'Logstash', group: 'logstash', port: 5044 },
  kafka: { title: 'Kafka', group: undefined, port: 9093 },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly title: string;
      /** The group that Elastic's packages create for the service; Kafka has no common package. */
      readonly group: string | undefined;
      /** The port, unless a host of the output names another. */
      readonly port: number;
    }
  >
>;

/** A name of {@link PRODUCTS}. */
export type Product = keyof typeof PRODUCTS;

/** In the order in which texts list them. */
export const PRODUCT_NAMES = Object.keys(PRODUCTS) as readonly Product[];

/** The product behind an output of this type. */
export function productOf(type: OutputType): Product {
  return type === 'remote_elasticsearch' ? 'elasticsearch' : type;
}
