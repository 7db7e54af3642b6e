/** An Elastic Agent, as Fleet knows it. */
export interface FleetAgent {
  /** As a rule a UUID. */
  readonly id: string;
  /** As the host calls itself: a short or a fully qualified name, in any case. */
  readonly hostname?: string;
  /** Whether it is enrolled. */
  readonly active: boolean;
}

/** Id of an agent, as a host reports it: 1 to 64 letters, digits, `-` and `_`. As a rule a UUID. */
export const FLEET_AGENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The same in words. */
export const FLEET_AGENT_ID_RULE = '1 to 64 letters, digits, "-" and "_"';
