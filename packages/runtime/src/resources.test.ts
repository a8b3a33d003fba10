import { describe, expect, test } from 'vitest';
import { createResources } from './resources.js';

describe('createResources', () => {
  test('closes last in, first out, one after the other', async () => {
    const order: string[] = [];
    const resources = createResources();
    for (const name of ['redis', 'server', 'timer']) {
      resources.defer(name, async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
      });
    }
    await resources.closeAll();
    expect(order).toEqual([
      'timer begins',
      'timer ends',
      'server begins',
      'server ends',
      'redis begins',
      'redis ends',
    ]);
  });

  test('goes on where one fails, and names those that did', async () => {
    const closed: string[] = [];
    const resources = createResources();
    resources.defer('redis', () => closed.push('redis'));
    resources.defer('server', () => {
      throw new Error('stuck');
    });
    resources.defer('timer', () => Promise.reject(new Error('late')));
    await expect(resources.closeAll()).rejects.toThrow('not closed: timer: late; server: stuck');
    expect(closed).toEqual(['redis']);
  });

  test('closes each once, however often it is called', async () => {
    let times = 0;
    const resources = createResources();
    resources.defer('redis', async () => {
      times += 1;
    });
    await Promise.all([resources.closeAll(), resources.closeAll()]);
    await resources.closeAll();
    expect(times).toBe(1);
  });

  test('closes what was acquired while closing', async () => {
    const closed: string[] = [];
    const resources = createResources();
    resources.defer('first', () => resources.defer('late', () => closed.push('late')));
    await resources.closeAll();
    expect(closed).toEqual(['late']);
  });
});
