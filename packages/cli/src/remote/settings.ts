import { defineConfig, string } from '@boomerang/runtime';

/** The settings of the commands that ask a gateway. */
export const remoteSettings = defineConfig({
  url: string({
    variable: 'BOOMERANG_URL',
    meaning: "The gateway's HTTP API, such as https://boomerang.example.",
  }),
  token: string({ variable: 'BOOMERANG_TOKEN', secret: true, meaning: "A key of the client's." }),
  profile: string({ variable: 'BOOMERANG_PROFILE', meaning: 'A profile of the config file.' }),
  config: string({
    variable: 'BOOMERANG_CONFIG',
    meaning: 'The config file, in which profiles are kept.',
  }),
});
