/** Where everything is: one account, one Region. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** The values of `Ref` and `Fn::GetAtt` of a resource. */
export interface Physical {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}
