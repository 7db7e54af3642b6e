import type { KibanaApi } from './kibana-api.ts';

/** Objects of Fleet's settings other than outputs. */
export interface FleetSettings {
  /** Only for agents with `agent.proxy.url`; create it first, since the host refers to it. */
  readonly proxy?: KibanaApi;
  /** The address at which agents reach Fleet Server, and the certificates for which Fleet has fields that work. */
  readonly fleetServerHost: KibanaApi;
}
