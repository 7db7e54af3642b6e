/** The name of every server here. */
export const HOST = 'fleet.example.com';
