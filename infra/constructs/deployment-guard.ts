import { CustomResource, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { declarationOf } from '../settings/declaration.ts';
import type { Placement } from '../settings/regions.ts';
import type { Settings } from '../settings/settings.ts';
import { deploymentStep, SERVICE_TIMEOUT } from './deployment-step.ts';
import { ServiceFunction, type ServiceFunctionContext } from './service-function.ts';
import { readsStateOf } from './stack-state.ts';

export interface DeploymentGuardProps extends ServiceFunctionContext {
  readonly settings: Settings;
  /** @default - one Region */
  readonly placement?: Placement | undefined;
}

const TYPE = 'Custom::DeploymentCheck';

/**
 * Refuses a deployment whose settings differ from what the ledger records, before anything else is changed: CloudFormation
 * changes what {@link protects} only after the check has passed. The table alone comes before it, because the check reads it.
 */
export class DeploymentGuard extends Construct {
  private readonly check: CustomResource;
  private readonly others = new Map<Stack, CustomResource>();
  private readonly checker: ServiceFunction;
  private readonly tableName: string;
  private readonly settings: Settings;
  private readonly placement: Placement | undefined;

  constructor(scope: Construct, id: string, { settings, placement, ...context }: DeploymentGuardProps) {
    super(scope, id);
    this.settings = settings;
    this.placement = placement;
    this.tableName = context.table.tableName;
    this.checker = new ServiceFunction(this, 'Function', { ...context, name: 'check-deployment' });
    // It has no resource (service authorization reference, "Actions for AWS CloudFormation").
    this.checker.policy.addStatements(
      new PolicyStatement({ actions: ['cloudformation:ListStacks'], resources: ['*'] }),
    );
    Validations.of(this.checker.policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ListStacks has no resource.',
    });
    readsStateOf(Stack.of(this), this.checker);
    if (placement?.here === 'standby') this.checker.policy.addStatements(context.table.describeStatement());
    this.check = deploymentStep(this, 'Check', this.checker, {
      resourceType: TYPE,
      properties: { ...this.declaration(), otherAuthorities: settings.otherAuthorities },
    });
  }

  /**
   * The stream of this Region's replica, in the standby Region. Each stack learns it from its own check: a replica that was
   * made again has another one, and CloudFormation changes no export that another stack imports.
   */
  streamArnIn(stack: Stack): string {
    return this.checkOf(stack).getAttString('StreamArn');
  }

  /** The ARN of a key of the primary Region, in the standby one, which reads its id in its own replica. */
  primaryKeyArn(id: string): string {
    return Stack.of(this).formatArn({
      service: 'kms',
      region: this.placement?.primary ?? '',
      resource: 'key',
      resourceName: `mrk-${this.check.getAttString(id.replaceAll('-', ''))}`,
    });
  }

  /** Lets CloudFormation create and change what is in `constructs` only after the check. */
  protects(constructs: readonly IConstruct[]): void {
    for (const construct of constructs) if (construct !== this) construct.node.addDependency(this.check);
  }

  /**
   * The same check at the beginning of another stack, which may be deployed alone. Call it when all constructs of the stack
   * are there. Other authorities are no matter then: the stack of the keys is there.
   */
  protectsStack(stack: Stack): void {
    const check = this.checkOf(stack);
    for (const construct of stack.node.children) if (construct !== check) construct.node.addDependency(check);
  }

  private checkOf(stack: Stack): CustomResource {
    if (stack === Stack.of(this)) return this.check;
    const made = this.others.get(stack) ?? this.makeCheck(stack);
    this.others.set(stack, made);
    return made;
  }

  private makeCheck(stack: Stack): CustomResource {
    readsStateOf(stack, this.checker);
    return new CustomResource(stack, 'DeploymentCheck', {
      serviceToken: this.checker.fn.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      resourceType: TYPE,
      properties: { ...this.declaration(), otherAuthorities: 'accept' },
    });
  }

  /** With the table, in two Regions: CloudFormation asks for the stream again only where what it sends has changed. */
  private declaration() {
    const { primary, standby, active } = this.placement ?? {};
    const regions = this.placement && { primary, standby, active };
    const table = this.placement && this.tableName;
    return {
      ...declarationOf(this.settings),
      nameConstraints: this.settings.nameConstraints,
      regions,
      table,
    };
  }
}
