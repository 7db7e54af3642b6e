// The functions read their environment when their modules load; imported before them. Nothing is ever called with it.
process.env['TABLE_NAME'] ??= 'unit-test';
process.env['ADDITIONAL_ROOTS'] ??= '';
process.env['REVOCATION_URL'] ??= 'http://pki.example.com';
process.env['AWS_REGION'] ??= 'eu-west-1';
