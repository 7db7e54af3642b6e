import { Construct } from 'constructs';
import { FORMER_TABLE_PERMISSIONS } from '../permissions.ts';
import { ServiceFunction, type ServiceFunctionContext } from './service-function.ts';

export interface LedgerMergeProps extends ServiceFunctionContext {
  readonly functionName: string;
}

/**
 * The function that merges a restored table and opens it: an operator invokes it, by name. It exists only while the settings
 * name a restored table. Its role writes most of the table's items; it signs nothing.
 */
export class LedgerMerge extends Construct {
  constructor(scope: Construct, id: string, props: LedgerMergeProps) {
    super(scope, id);
    const { former } = props.table;
    const { policy } = new ServiceFunction(this, 'Function', { ...props, name: 'merge-ledger' });
    if (former !== undefined)
      policy.addStatements(
        ...FORMER_TABLE_PERMISSIONS.map((grant) => props.table.statement(grant, former.tableArn)),
      );
  }
}
