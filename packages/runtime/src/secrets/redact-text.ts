/** Text without what must not be shown. */
export type Redact = (text: string) => string;

/** What stands in the place of something secret. */
export const HIDDEN = '***';

/**
 * What is secret by its form alone. No pattern goes beyond a quote, so that a line of JSON stays one.
 *
 * - user and password of a URL, up to the last "@": people forget to encode what is in a password
 * - query and fragment of a URL, where webhooks carry tokens
 * - a client's key, but for its public id, and a signing secret
 * - a private key as PEM
 */
const FORMS: readonly [form: RegExp, instead: string][] = [
  [
    /(?<![a-z\d+.-])(?!file:)([a-z][a-z\d+.-]{1,20}:\/\/)(?:(?!,[a-z][a-z\d+.-]{1,20}:\/\/)[^\s"])*@/gi,
    `$1${HIDDEN}@`,
  ],
  [/(?<![a-z\d+.-])([a-z][a-z\d+.-]{1,20}:\/\/[^\s"?#]*[?#])[^\s"]+/gi, `$1${HIDDEN}`],
  [/\b(bmr_[A-Za-z0-9-]{1,64}_)[^\s"]{32,512}/g, `$1${HIDDEN}`],
  [/\b(whsec_)[A-Za-z0-9+/=_-]+/g, `$1${HIDDEN}`],
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-"]*/g, `$1${HIDDEN}`],
];

/** Hides what is secret by its form. */
export const redactText: Redact = (text) =>
  FORMS.reduce((rest, [form, instead]) => rest.replace(form, instead), text);
