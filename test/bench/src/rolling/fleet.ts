import type { ServiceHandle, TestStack } from '@boomerang/testkit';

type Scaled = 'scheduler' | 'worker';

/** The services of a stack, as Deployments with `maxSurge: 1` and `maxUnavailable: 0` would have them. */
export class Fleet {
  readonly #serving: Record<Scaled, ServiceHandle[]>;
  #gateways: ServiceHandle[];
  #spareGateway: ServiceHandle;
  /** What each service that was asked to stop wrote, if it did not end with 0. */
  readonly badEnds: string[] = [];
  stopped = 0;

  private constructor(
    private readonly stack: TestStack,
    gateways: readonly ServiceHandle[],
    spare: ServiceHandle,
  ) {
    this.#gateways = [...gateways];
    this.#spareGateway = spare;
    this.#serving = { scheduler: [...stack.processes.scheduler], worker: [...stack.processes.worker] };
  }

  /** One gateway more than serve has to be in the stack: its ports are the new one's at each replacement. */
  static async of(stack: TestStack): Promise<Fleet> {
    const [spare, ...gateways] = stack.processes.gateway as [ServiceHandle, ...ServiceHandle[]];
    const fleet = new Fleet(stack, gateways, spare);
    await fleet.#stop(spare);
    return fleet;
  }

  async replaceGateways(): Promise<void> {
    for (const old of this.#gateways) {
      await this.#spareGateway.restart();
      await this.#stop(old);
      this.#gateways = this.#gateways.map((gateway) => (gateway === old ? this.#spareGateway : gateway));
      this.#spareGateway = old;
    }
  }

  async replace(name: Scaled): Promise<void> {
    for (let left = this.#serving[name].length; left > 0; left--) {
      this.#serving[name].push(await this.stack.add(name));
      await this.#stopOldest(name, 1);
    }
  }

  /** One after the other: on one machine their starts would take the CPU from each other. */
  async scaleUp(name: Scaled, to: number): Promise<void> {
    const serving = this.#serving[name];
    while (serving.length < to) serving.push(await this.stack.add(name));
  }

  async scaleDown(name: Scaled, to: number): Promise<void> {
    await this.#stopOldest(name, this.#serving[name].length - to);
  }

  async #stopOldest(name: Scaled, count: number): Promise<void> {
    await Promise.all(this.#serving[name].splice(0, count).map((service) => this.#stop(service)));
  }

  async #stop(service: ServiceHandle): Promise<void> {
    await service.kill('SIGTERM');
    this.stopped++;
    if (service.exitCode !== 0) this.badEnds.push(`ended with ${service.exitCode}:\n${service.logs()}`);
  }
}
