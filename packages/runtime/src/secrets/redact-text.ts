/** Returns the text with its secrets hidden. */
export type Redact = (text: string) => string;

/** Replaces a secret. */
export const HIDDEN = '***';

/**
 * Secrets that are recognized by their form. No pattern matches a quote, so that a line of JSON stays valid.
 *
 * - user and password of a URL, up to the last "@", because people forget to encode an "@" in a password
 * - query and fragment of a URL, because webhooks carry tokens there
 * - a client's key or a token, without the key's public id, and a signing secret
 * - a signed token (JWT)
 * - a private key as PEM
 */
const FORMS: readonly [form: RegExp, instead: string][] = [
  [
    /(?<![a-z\d+.-])(?!file:)([a-z][a-z\d+.-]{1,20}:\/\/)(?:(?!,[a-z][a-z\d+.-]{1,20}:\/\/)[^\s"])*@/gi,
    `$1${HIDDEN}@`,
  ],
  [/(?<![a-z\d+.-])([a-z][a-z\d+.-]{1,20}:\/\/[^\s"?#]*[?#])[^\s"]+/gi, `$1${HIDDEN}`],
  [/\b(bm[rt]_[A-Za-z0-9.-]{1,64}_)[^\s"]{32,512}/g, `$1${HIDDEN}`],
  [/\b(eyJ)[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]+/g, `$1${HIDDEN}`],
  [/\b(whsec_)[A-Za-z0-9+/=_-]+/g, `$1${HIDDEN}`],
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-"]*/g, `$1${HIDDEN}`],
];

/** Hides secrets that are recognized by their form. */
export const redactText: Redact = (text) =>
  FORMS.reduce((rest, [form, instead]) => rest.replace(form, instead), text);
