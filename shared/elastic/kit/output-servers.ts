/** The settings of servers that require a certificate from agents; only of products that the certificate is for. */
export interface OutputServers {
  /** An input for a pipeline's configuration. */
  readonly logstash?: string;
  /** Lines for `elasticsearch.yml`. */
  readonly elasticsearchYml?: string;
  /** Lines for the properties of a broker. */
  readonly kafkaProperties?: string;
}
