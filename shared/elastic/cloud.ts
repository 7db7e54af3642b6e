/** A model of Elastic's guide in which mutual TLS is not possible. */
export const CLOUD_MODEL = 'cloud';

/**
 * Why the model `cloud` is refused for every profile, with the two ways out (elastic.co, "Elastic Agent deployment models
 * with mutual TLS", Fleet Server on Elastic Cloud: "a client-specific certificate can NOT be used at this point").
 */
export const CLOUD_REFUSAL =
  'mutual TLS is not possible in the model cloud: Elastic Cloud ends every TLS connection at its boundary, for all its customers alike, and asks for no client certificate. Use the model cloud-proxy (a terminating proxy of your own in front of Elastic Cloud) or on-premises-hosted-elasticsearch (a Fleet Server of your own)';
