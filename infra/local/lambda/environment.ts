import type { Credentials } from '../service/credentials.ts';

/** The variables that SDK clients and loggers read (Lambda developer guide, "Defined runtime environment variables"). */
export function runtimeEnvironment(
  { name, memoryMb }: { readonly name: string; readonly memoryMb: number },
  { region, endpoints }: { readonly region: string; readonly endpoints: Readonly<Record<string, string>> },
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken ?? '',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...endpoints,
  };
}

/** Splits what is written into lines. */
export function lineByLine(log: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) log(line);
  };
}
