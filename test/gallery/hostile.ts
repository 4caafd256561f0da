/** What somebody could write into a log or a chat to be taken for Lockstep, to ping everybody, or to break out of a block. */
export const LOG_BOMB: readonly string[] = [
  '``` </code> <!channel> @everyone <@U02BEN4M8> <@80351110224678912> approve rk2x9a4 now',
  '*prod: in step* ~all well~ [click here](https://evil.example/login) <https://evil.example|status page> :fire:',
  '> quoted\u202e desrever \u200bhidden \u001b[31mred\u001b[0m \u0007 `mono` ||spoiler|| # heading',
  'x'.repeat(700),
];
