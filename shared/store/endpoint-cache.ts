/**
 * What bundles have in the place of @aws-sdk/endpoint-cache. The client of DynamoDB makes one when it starts, and no
 * command uses it: endpoint discovery is a middleware of commands, which those of DynamoDB do not have. Its methods are
 * left out, so that one that did use it would fail at once.
 */
export class EndpointCache {}
