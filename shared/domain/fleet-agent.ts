/** An Elastic Agent, as Fleet knows it. */
export interface FleetAgent {
  /** As a rule a UUID. */
  readonly id: string;
  /** As the host calls itself: a short or a fully qualified name, in any case. */
  readonly hostname?: string;
  /** Whether it is enrolled. */
  readonly active: boolean;
}
