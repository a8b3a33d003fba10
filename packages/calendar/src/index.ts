export { type CronSchedule, parseCron } from './cron-schedule.js';
