import { makeAuthority, NOW } from '../support/ca.ts';
import { entryPages, makeList } from '../support/revocation-lists.ts';
import { peakMemory } from './peak-memory.ts';

/*
 * Builds, lints, signs and verifies one list of as many entries as the argument says, which are made as they are read, and
 * prints what it took: the bench runs it in a process of its own, so that the memory is its own.
 */

const entries = Number(process.argv[2]);
const { issuer } = await makeAuthority('ECC_NIST_P256', 'ECC_NIST_P256');
await makeList(issuer, entryPages(1000, NOW));
const before = process.cpuUsage();
const began = performance.now();
const { length } = await makeList(issuer, entryPages(entries, NOW));
const milliseconds = performance.now() - began;
const { user, system } = process.cpuUsage(before);
const cpu = (user + system) / 1000;
console.log(JSON.stringify({ cpu, milliseconds, megabytes: peakMemory(), length }));
