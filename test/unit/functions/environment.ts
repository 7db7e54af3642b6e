// The functions read their environment when their modules load; imported before them. Nothing is ever called with it.
process.env['TABLE_NAME'] ??= 'unit-test';
process.env['REVOCATION_URL'] ??= 'http://pki.example.com';
process.env['AWS_REGION'] ??= 'eu-west-1';
process.env['REVOCATION_URL'] ??= 'http://pki.example.com';
process.env['LIST_CACHE_SECONDS'] ??= '60';
process.env['LIST_LIFETIME_SECONDS'] ??= '259200';
process.env['OCSP_LIFETIME_SECONDS'] ??= '86400';
process.env['KIBANA_URL'] ??= '';
process.env['RESPONDER_KEY_ARN'] ??= 'arn:aws:kms:eu-west-1:111122223333:key/responder-1';
process.env['KMS_SIGNATURES_PER_SECOND'] ??= '500';
process.env['ARCHIVE_BUCKET_NAME'] ??= 'unit-test-archive';
