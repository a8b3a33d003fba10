import type { ScriptChange } from './stepped-engine.js';

/** Bugs of the kinds that break what is promised, each as a change of a script. The model must notice every one. */
export const SEEDED_BUGS: readonly (ScriptChange & { readonly bug: string })[] = [
  {
    bug: 'ack before write: the answer is there, the task is not',
    script: 'register',
    instead: "if not redis.call('SET', record_prefix .. id, record, 'NX') then return false end",
    write:
      "if payload:byte() % 3 == 0 then return true end redis.call('SET', record_prefix .. id, record, 'NX')",
  },
  {
    bug: 'ack before write: the record is there, its due time is not',
    script: 'register',
    instead: "if #into_due > 0 then redis.call('ZADD', due, unpack(into_due)) end",
    write: '',
  },
  {
    bug: 'no token check: a stale token settles',
    script: 'settle',
    instead: 'local current = state and state:sub(1, 12) == token',
    write: 'local current = state',
  },
  {
    bug: 'no token check: a stale token renews',
    script: 'renew',
    instead: 'state and state:sub(1, 12) == token and header',
    write: 'state and header',
  },
  {
    bug: 'early fire: a claim reaches a millisecond too far',
    script: 'claim',
    instead: "'-inf', now + ahead_ms, 'WITHSCORES'",
    write: "'-inf', now + ahead_ms + 1, 'WITHSCORES'",
  },
  {
    bug: 'early fire: a retry does not wait for its time',
    script: 'settle',
    instead: 'come_back(id, header, member, failed, math.max(due_ms, now))',
    write: 'come_back(id, header, member, failed, now)',
  },
  {
    bug: 'early fire: a lease that lives is taken for a lost one after the clock went back',
    script: 'recover-lost',
    instead: 'math.min(now, tonumber(ARGV[4]))',
    write: 'tonumber(ARGV[4])',
  },
  {
    bug: 'next occurrence not armed',
    script: 'claim',
    instead: 'arm(id, paced(header, behind_ms, now))',
    write: '',
  },
  {
    bug: 'next occurrence armed out of phase',
    script: 'claim',
    instead: 'arm(id, paced(header, behind_ms, now))',
    write: 'arm(id, math.max(due_ms, now) + header.interval)',
  },
  {
    bug: 'cancel ignored by settle: a retry is armed',
    script: 'settle',
    instead: 'if not header or header.kind == 2 then',
    write: `if header and header.kind == 2 and outcome == 'retry' then
    return enter_due(member, math.max(due_ms, now))
  elseif not header or header.kind == 2 then`,
  },
  {
    bug: 'cancel ignored by settle: a dead letter is written',
    script: 'settle',
    instead: 'if not header or header.kind == 2 then',
    write: `if header and header.kind == 2 and outcome == 'dead_letter' then
    redis.call('XADD', dlq, '*', 'task', id, 'occurrence', (select(3, unpack_state(state))), 'history', '')
  end
  if not header or header.kind == 2 then`,
  },
  {
    bug: 'double dead letter: both at once',
    script: 'settle',
    instead: 'dead_letter(id, header, attempts, occurrence, scheduled, history, outcome_of_entry(entry))',
    write:
      'for _ = 1, 2 do dead_letter(id, header, attempts, occurrence, scheduled, history, outcome_of_entry(entry)) end',
  },
  {
    bug: 'double dead letter: the token that wrote it stays good for another',
    script: 'settle',
    instead: "  end_occurrence(id, header, member)\n  if outcome == 'dead_letter'",
    write:
      "  if outcome ~= 'dead_letter' then end_occurrence(id, header, member) end\n  if outcome == 'dead_letter'",
  },
  {
    bug: 'double dead letter: it is replayed, and stays',
    script: 'replay-dead-letters',
    instead: 'for _, id in ipairs(replayed) do',
    write: 'for _, id in ipairs({}) do',
  },
  {
    bug: 'lost on the move: it leaves the due index and enters no queue',
    script: 'claim-by-turns',
    instead: "redis.call('ZADD', overdue_prefix .. client, unpack(scores))",
    write: '',
  },
  {
    bug: 'lost on the move: what enters a queue never gets a turn',
    script: 'claim-by-turns',
    instead: "redis.call('ZADD', rotation, 'NX', front, client)",
    write: '',
  },
  {
    bug: 'doubled on the move: it enters a queue and stays in the due index',
    script: 'claim-by-turns',
    instead: "if #moved > 0 then redis.call('ZREM', due, unpack(moved)) end",
    write: '',
  },
  {
    bug: 'claimed out of a queue and still queued',
    script: 'claim-by-turns',
    instead: "redis.call('ZREM', overdue_prefix .. client, unpack(members))",
    write: '',
  },
  {
    bug: 'cancelled and still queued',
    script: 'cancel',
    instead: "if redis.call('ZREM', overdue_prefix .. client, member) == 1 then leave_rotation(client) end",
    write: '',
  },
  {
    bug: 'order by client ignored: the first in the rotation gets all',
    script: 'claim-by-turns',
    instead: 'serve_all(clients, looked < limit and equal_share(clients) or 1, at_most)',
    write: 'serve_all(clients, left_in_turn, at_most)',
  },
  {
    bug: 'order by client ignored: the rotation does not go on',
    script: 'claim-by-turns',
    instead: "redis.call('ZADD', rotation, unpack(turns))",
    write: '',
  },
  {
    bug: 'early fire: what is queued reaches a millisecond too far',
    script: 'claim-by-turns',
    instead: 'local until_ms = now + ahead_ms',
    write: 'local until_ms = now + ahead_ms + 1',
  },
  {
    bug: 'a client that may have no more gets more',
    script: 'claim-by-turns',
    instead: 'math.min(share, left_in_turn, (at_most[client] or math.huge) - from)',
    write: 'math.min(share, left_in_turn)',
  },
  {
    bug: 'a client that may have no more gets more, as nobody else has anything due',
    script: 'claim-by-turns',
    instead: 'math.min(limit, at_most[client] or limit)',
    write: 'limit',
  },
  {
    bug: 'pause ignored by a claim: a retry of an earlier occurrence is attempted',
    script: 'claim',
    instead: 'elseif is_paused(header) then',
    write: 'elseif false then',
  },
  {
    bug: 'pause ignored by settle: a retry is armed',
    script: 'settle',
    instead: 'if is_paused(header) then hold(member, due_ms) else enter_due(member, due_ms) end',
    write: 'enter_due(member, due_ms)',
  },
  {
    bug: 'paused and still waiting for its claim',
    script: 'pause',
    instead: '  remove_waiting(member, header.client)\n  hold(member, due_ms)',
    write: '  hold(member, due_ms)',
  },
  {
    bug: 'reschedule wins over a firing that has begun',
    script: 'reschedule',
    instead: 'if attempts > 0 then return { -1, 1 } end',
    write: '',
  },
  {
    bug: 'rescheduled and still due at its old time',
    script: 'reschedule',
    instead: '  remove_waiting(id, header.client)\n  for _, entry',
    write: '  for _, entry',
  },
  {
    bug: 'reschedule forgets the phase: the occurrences behind follow the moved one',
    script: 'reschedule',
    instead: 'local begins_anew = new_phase or interval',
    write: 'local begins_anew = true',
  },
  {
    bug: 'reschedule lets a paused task go on',
    script: 'reschedule',
    instead: 'if is_paused(header) then hold(member, due_ms) else enter_due(member, due_ms) end',
    write: 'enter_due(member, due_ms)',
  },
  {
    bug: 'a firing takes the place of the next occurrence',
    script: 'fire',
    instead: 'if behind_ms then set_phase(header, due_ms, behind_ms) end',
    write: '',
  },
  {
    bug: 'a pause does not count: what was due during it is made up for',
    script: 'resume',
    instead: '\nleave_out_missed()\nset_part',
    write: '\nset_part',
  },
  {
    bug: 'expired and delivered all the same',
    script: 'claim',
    instead: '  if is_expired(header, due_ms, now) then',
    write: '  if false then',
  },
  {
    bug: 'expiry forgotten after the first attempt',
    script: 'claim',
    instead: 'if not is_expired(header, scheduled, now) then',
    write: 'if true then',
  },
  {
    bug: 'expired and dropped, although it is to be a dead letter',
    script: 'claim',
    instead: 'if parks ~= 1 then',
    write: 'if true then',
  },
  {
    bug: 'overlap ignored: an occurrence begins before its predecessor has ended',
    script: 'claim',
    instead: 'recurrence.overlap == 0 or recurrence.open == 0 then return false end',
    write: 'true then return false end',
  },
  {
    bug: 'overlap: what waits is released although another attempt follows',
    script: 'settle',
    instead: 'return come_back(id, header, member, failed, math.max(due_ms, now))',
    write: `close_occurrence(id, header, now)
    return come_back(id, header, member, failed, math.max(due_ms, now))`,
  },
  {
    bug: 'an occurrence comes behind the last one',
    script: 'claim',
    instead: 'if behind_ms and has_occurrence(header, behind, behind_ms) then',
    write: 'if behind_ms then',
  },
];
