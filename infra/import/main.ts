import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ImportableTemplate, importPlan, type StackResources } from './import-plan.ts';

/* `npm run import -- cdk.out resources.json [FleetsealStandbyAuthority]`: writes import-template.json and resources-to-import.json. */
const [assembly, list, stackId = 'FleetsealAuthority'] = process.argv.slice(2);
if (assembly === undefined || list === undefined) {
  process.stderr.write(
    'usage: npm run import -- <directory of cdk synth> <output of list-stack-resources> [<id of the stack in CDK, FleetsealAuthority by default>]\n',
  );
  process.exitCode = 2;
} else {
  const template: ImportableTemplate = JSON.parse(
    readFileSync(join(assembly, `${stackId}.template.json`), 'utf8'),
  );
  const stack: StackResources = JSON.parse(readFileSync(list, 'utf8'));
  try {
    const plan = importPlan(template, stack);
    writeFileSync('import-template.json', JSON.stringify(plan.template));
    writeFileSync('resources-to-import.json', JSON.stringify(plan.resources, undefined, 2));
    process.stdout.write(
      `${plan.resources.length} resources: import-template.json, resources-to-import.json\n`,
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
