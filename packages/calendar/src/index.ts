export { firstTimes, nextTimes } from './next-times.js';
