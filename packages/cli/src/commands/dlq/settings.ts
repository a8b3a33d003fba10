import { defineConfig, string } from '@boomerang/runtime';

/** The settings of `client dlq`. */
export const dlqSettings = defineConfig({
  gateway: string({
    variable: 'BOOMERANG_GATEWAY',
    pattern: /^(tcp|tls):\/\/[^/:]+(:\d{1,5})?$|^(tcp|tls):\/\/\[[0-9a-f:]+\](:\d{1,5})?$/i,
    allowed: 'tcp://host:port or tls://host:port',
    meaning: "The gateway's door for envelopes over TCP.",
  }),
  token: string({ variable: 'BOOMERANG_TOKEN', secret: true, meaning: "A key of the client's." }),
});
