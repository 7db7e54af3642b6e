import { runtimeEnvironment } from '../../../infra/local/lambda/environment.ts';
import { endpointVariables } from '../../../infra/local/services.ts';
import { readAssembly } from '../../../infra/local/template/assembly.ts';
import { createTemplate } from '../../../infra/local/template/template.ts';
import { ASSEMBLY } from '../../support/assembly.ts';
import type { TestCloud } from '../../support/cloud.ts';
import type { EmulatedCode } from './emulated-function.ts';

/** A function of the template, with the credentials and endpoints of a local cloud. */
export interface DeployedCode extends EmulatedCode {
  /** Logical id without `Function` and what follows, for example `Enroll`. */
  readonly id: string;
}

/** Every function of the assembly of the tests. Names, addresses and ARNs are those that the cloud has. */
export function deployedCode({ local }: TestCloud): readonly DeployedCode[] {
  const template = createTemplate(readAssembly(ASSEMBLY), local);
  return template.all('AWS::Lambda::Function').map(({ ref, logicalId, properties }) => {
    const {
      Code,
      Environment,
      MemorySize = 128,
    } = properties as {
      Code: { S3Key: string };
      Environment?: { Variables: Record<string, string> };
      MemorySize?: number;
    };
    const { credentials, endpoints } = local.sessionOf(ref);
    return {
      id: logicalId.replace(/Function[0-9A-F]{8}$/, ''),
      directory: template.asset(Code.S3Key),
      variables: {
        ...runtimeEnvironment(
          { name: ref, memoryMb: MemorySize },
          { region: local.region, endpoints: endpointVariables(endpoints) },
          credentials,
        ),
        ...Environment?.Variables,
      },
    };
  });
}
