/** Where Redis is, and how its certificate is checked; `parseAddress` has the rules. */
export interface RedisAddress {
  /** One `redis://` or `rediss://` URL; several, separated by commas, are nodes of a Cluster, or Sentinels. */
  readonly url: string;
  /** The name that Sentinels know the primary by. Present: the URLs are those of Sentinels. */
  readonly sentinelMaster?: string | undefined;
  /** Path of a PEM file with the authorities that sign Redis's certificates. Absent: the well-known ones. */
  readonly tlsCa?: string | undefined;
}

/** What services read from their environment. */
interface AddressSettings {
  readonly redisUrl: readonly string[];
  readonly redisSentinelMaster: string | undefined;
  readonly redisTlsCa: string | undefined;
}

export function redisAddress(settings: AddressSettings): RedisAddress {
  return {
    url: settings.redisUrl.join(','),
    sentinelMaster: settings.redisSentinelMaster,
    tlsCa: settings.redisTlsCa,
  };
}
