import { readFromRoot } from './markdown.js';

/** The rules for `ACL SETUSER` that docs/operations.md gives for the user `boomerang`, each as its words. */
export function documentedRules(): string[][] {
  const blocks = readFromRoot('docs/operations.md').matchAll(/^```\nACL SETUSER boomerang (.*?)```$/gms);
  return [...blocks].map(([, rule = '']) => rule.trim().split(/\s+/));
}
