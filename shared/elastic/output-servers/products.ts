import type { OutputType } from '../outputs/settings.ts';

/** The products that take data from agents. */
export const PRODUCTS = {
  elasticsearch: { title: 'Elasticsearch', group: 'elasticsearch', port: 9200 },
  logstash: { title: 'Logstash', group: 'logstash', port: 5044 },
  kafka: { title: 'Kafka', group: undefined, port: 9093 },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly title: string;
      /** That Elastic's packages create and run the service with; Kafka has no package that all use. */
      readonly group: string | undefined;
      /** Unless a host of the output names another. */
      readonly port: number;
    }
  >
>;

/** A name of {@link PRODUCTS}. */
export type Product = keyof typeof PRODUCTS;

/** In the order in which texts name them. */
export const PRODUCT_NAMES = Object.keys(PRODUCTS) as readonly Product[];

/** The product behind an output of this type. */
export function productOf(type: OutputType): Product {
  return type === 'remote_elasticsearch' ? 'elasticsearch' : type;
}
