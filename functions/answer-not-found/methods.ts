/**
 * The methods of each path below `/v1`. The gateway sends here what matches a path and none of its methods; a test
 * compares this table with what is deployed.
 */
export const METHODS: Readonly<Record<string, readonly string[]>> = {
  '/enroll': ['POST'],
  '/tokens': ['GET', 'POST'],
  '/tokens/{id}': ['DELETE', 'GET'],
  '/certificates': ['GET'],
  '/certificates/{serial}': ['GET'],
  '/certificates/{serial}/kit': ['GET'],
  '/kits': ['POST'],
  '/trust': ['GET'],
  '/trust.pem': ['GET'],
  '/openapi.json': ['GET'],
};
