import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { scriptNames, scriptText } from '../../../docs/generate/hosts/scripts.ts';
import { PowershellGrammar } from '../../support/powershell-grammar.ts';

/*
 * PowerShell cannot be installed from the package registries, so these scripts were not run. Here stands what their syntax
 * tells: that each name in them is one of theirs or of Windows PowerShell 5.1.
 */

/** The commands of Windows PowerShell 5.1 and PowerShell 7 that the scripts call, with the parameters that both know. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'Add-Member': ['NotePropertyName', 'NotePropertyValue', 'PassThru', 'Force'],
  'Add-Type': ['AssemblyName'],
  'ConvertFrom-Json': [],
  'ConvertTo-Json': ['Compress'],
  'ForEach-Object': [],
  'Get-Acl': ['LiteralPath'],
  'Get-Command': ['CommandType', 'ErrorAction'],
  'Get-Item': ['LiteralPath'],
  'Get-Location': [],
  'Get-ScheduledTask': ['TaskName', 'ErrorAction'],
  'Get-ScheduledTaskInfo': ['TaskName'],
  'New-ItemProperty': ['LiteralPath', 'Name', 'PropertyType', 'Value', 'Force'],
  'New-Object': ['Property'],
  'New-ScheduledTaskAction': ['Execute', 'Argument'],
  'New-ScheduledTaskPrincipal': ['UserId', 'LogonType', 'RunLevel'],
  'New-ScheduledTaskSettingsSet': [
    'StartWhenAvailable',
    'MultipleInstances',
    'ExecutionTimeLimit',
    'AllowStartIfOnBatteries',
    'DontStopIfGoingOnBatteries',
  ],
  'New-ScheduledTaskTrigger': ['AtStartup', 'Once', 'At', 'RepetitionInterval', 'RandomDelay'],
  'New-TimeSpan': ['Minutes', 'Hours'],
  'Out-Null': [],
  'Register-ScheduledTask': ['TaskName', 'Action', 'Trigger', 'Settings', 'Principal', 'Force'],
  'Select-Object': ['First'],
  'Set-Acl': ['LiteralPath', 'AclObject'],
  'Set-StrictMode': ['Version'],
  'Start-Service': ['Name'],
  'Start-Sleep': ['Seconds', 'Milliseconds'],
  'Stop-Service': ['Name'],
  'Test-Path': ['LiteralPath'],
  'Unregister-ScheduledTask': ['Confirm'],
  'Where-Object': [],
  'Write-Output': [],
  icacls: [],
};

/** Of a verb that PowerShell approves and that PSScriptAnalyzer does not take for a change of the system. */
const VERB =
  /^(?:Clear|Complete|ConvertTo|Exit|Find|Get|Initialize|Install|Invoke|Open|Protect|Read|Register|Save|Split|Switch|Sync|Test|Unregister|Wait|Write)-[A-Z]/;

/** Variables that PowerShell sets (about_Automatic_Variables, about_Preference_Variables). */
const AUTOMATIC = [
  ...['_', 'erroractionpreference', 'false', 'lastexitcode', 'matches', 'null', 'pscmdlet', 'pshome'],
  ...['psscriptroot', 'psversiontable', 'true'],
];

test.each(['bootstrap.ps1', 'rotate.ps1'])('%s locks a file that users cannot open', (name) => {
  const text = scriptText(name);
  expect(text).toContain("[IO.File]::Open([IO.Path]::Combine($script:state, '.lock')");
  const isPrivate = text.indexOf('  Initialize-Directory $script:state $false');
  expect(isPrivate).toBeGreaterThan(0);
  expect(text.indexOf('(Get-Lock)')).toBeGreaterThan(isPrivate);
});

test('bootstrap.ps1 puts no roots in place but those with the fingerprint', () => {
  const text = scriptText('bootstrap.ps1');
  const compared = text.indexOf('(Get-Sha256Hex (ConvertTo-Utf8 $answer.caBundle)) -notin $script:expected');
  expect(compared).toBeGreaterThan(0);
  expect(text.indexOf('  Install-Kit $answer')).toBeGreaterThan(compared);
});

test('rotate.ps1 takes what never reached the service for no refusal', () => {
  const text = scriptText('rotate.ps1');
  const unreached = text.indexOf('if ($response.Status -eq 0) { Exit-Run "cannot renew');
  expect(unreached).toBeGreaterThan(0);
  expect(text.indexOf('{ Invoke-Refusal "cannot renew')).toBeGreaterThan(unreached);
});

test('rotate.ps1 looks at the roots whenever it is given their fingerprint', () => {
  expect(scriptText('rotate.ps1')).toContain(
    'if (-not $Now -and -not $script:expected -and (Test-Early)) { return }',
  );
});

test('bootstrap.ps1 prints no command into a log that has headers or the login of a proxy', () => {
  const text = scriptText('bootstrap.ps1');
  const checked = text.indexOf("if ($logged -and $line -match '--(proxy-)?header=|--proxy-url=[^ ]*@') {");
  expect(checked).toBeGreaterThan(0);
  expect(text.indexOf('Write-Output $line')).toBeGreaterThan(checked);
});

test.each(['bootstrap.ps1', 'rotate.ps1'])('%s goes on where its log cannot be written or moved', (name) => {
  const text = scriptText(name);
  expect(text).toMatch(/ try \{\n +\[IO\.File\]::AppendAllText\(\$script:log,.*\n +\} catch \{/);
  expect(text).toMatch(/ try \{\n.*\n +\[IO\.File\]::Delete\(\$old\)\n.*\n +\}\n +\} catch \{/);
});

test('rotate.ps1 confirms nothing after a restart whose program has failed', () => {
  const text = scriptText('rotate.ps1');
  expect(text).toMatch(
    /\$global:LASTEXITCODE = 0\n.*\[scriptblock\]::Create\(\$Command\)\)\n +if \(\$LASTEXITCODE -ne 0\) \{ Exit-Run "cannot restart: /,
  );
});

test("rotate.ps1 dates the next question by the host's clock, which the next run starts with", () => {
  const text = scriptText('rotate.ps1');
  expect(text).toContain('$wait = $plan.Asks - (Get-HostTime)');
  expect(text).toContain('(Get-HostTime) -lt $plan.Asks');
  expect(text).toContain('$plan.Asks = (Get-HostTime) + $pause');
  expect(text).toContain('Write-Fact \'plan\' "$old $((Get-Now) + 86400) 0 0 $((Get-HostTime) + 86400)"');
});

test.each(['bootstrap.ps1', 'kit.ps1'])('%s sets the variable of the service after the agent', (name) => {
  const text = scriptText(name);
  const enrolled = text.indexOf('  if ($commands) { Invoke-Agent $commands ');
  expect(enrolled).toBeGreaterThan(0);
  expect(text.indexOf('  Install-Variable (Find-VariableScript $answer)')).toBeGreaterThan(enrolled);
});

test('service-variable.ps1 keeps the other variables of the service', () => {
  const text = scriptText('service-variable.ps1');
  expect(text).toContain('$new = @($old | Where-Object { $_ -notlike "$name=*" }) + "$name=$value"');
  expect(text).toContain('-PropertyType MultiString -Value ([string[]] $new)');
});

test('kit.ps1 puts no certificate beside a key that is not its own', () => {
  const text = scriptText('kit.ps1');
  const [checked, saved] = [text.indexOf('-not (Test-KeyFile $file)'), text.indexOf('  Save-Pair $answer')];
  expect(checked).toBeGreaterThan(0);
  expect(saved).toBeGreaterThan(checked);
  const [beside, installed] = [
    text.indexOf('-not (Test-KeyFile $beside)'),
    text.indexOf('  Install-File $Certificate $path'),
  ];
  expect(beside).toBeGreaterThan(0);
  expect(installed).toBeGreaterThan(beside);
});

let grammar: PowershellGrammar;
beforeAll(async () => {
  grammar = await PowershellGrammar.load();
});
afterAll(() => grammar.close());

describe.each(scriptNames().filter((name) => name.endsWith('.ps1')))('%s', (script) => {
  test('has no syntax that Windows PowerShell 5.1 does not know', () => {
    const text = scriptText(script);
    expect(() => grammar.namesOf(text)).not.toThrow();
    expect(text).not.toMatch(/\?\?|\?\.[A-Za-z]| && | \|\| |\bclean \{/);
  });

  test('calls only its own functions, by their names, and commands with parameters that they have', () => {
    const { functions, commands } = grammar.namesOf(scriptText(script));
    expect(new Set(functions).size).toBe(functions.length);
    const unknown = commands.flatMap(({ name, parameters }) => {
      const known = COMMANDS[name];
      if (known === undefined) return functions.includes(name) ? [] : [name];
      return parameters
        .map((parameter) => parameter.replace(/^-|:.*$/g, ''))
        .filter((parameter) => !known.includes(parameter))
        .map((parameter) => `${name} -${parameter}`);
    });
    expect(unknown).toEqual([]);
  });

  test('reads only variables that it sets', () => {
    const { assigned, mentioned } = grammar.namesOf(scriptText(script));
    const unset = [...mentioned].filter(
      ([name]) => !assigned.has(name) && !AUTOMATIC.includes(name) && !name.startsWith('env:'),
    );
    expect(unset).toEqual([]);
  });

  test('sets no variable of PowerShell', () => {
    const { assigned } = grammar.namesOf(scriptText(script));
    const reserved = ['args', 'error', 'event', 'home', 'host', 'input', 'pid', 'profile', 'sender', 'this'];
    const settable = ['erroractionpreference', 'null'];
    const set = [...assigned].filter((name) => reserved.includes(name) || AUTOMATIC.includes(name));
    expect(set.filter((name) => !settable.includes(name))).toEqual([]);
  });
});

test('the scripts name their functions as PowerShell does, and call them all', () => {
  const names = ['bootstrap.ps1', 'kit.ps1', 'rotate.ps1'].map((script) =>
    grammar.namesOf(scriptText(script)),
  );
  const functions = names.flatMap((script) => script.functions);
  const called = new Set(names.flatMap(({ commands }) => commands.map(({ name }) => name)));
  expect(functions.filter((name) => !VERB.test(name))).toEqual([]);
  expect(functions.filter((name) => !called.has(name))).toEqual([]);
});
