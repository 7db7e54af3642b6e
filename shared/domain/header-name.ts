/** Name of an HTTP header: a token (RFC 9110 sections 5.1 and 5.6.2). */
export const HEADER_NAME_FORM = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
