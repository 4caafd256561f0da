import { openStore } from '../../../src/adapters/sqlite/open-store.ts';
import { storeContract } from '../../contract/store.ts';
import { T0 } from '../../contract/store-fixtures.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';

storeContract('SQLite', async () => {
  const directory = makeTemporaryDirectory();
  const opened = openStore({ dataDir: directory.path, command: 'test', clock: { nowMs: () => T0 } });
  if (!opened.ok) throw new Error(opened.error.text);
  const store = opened.value;
  return {
    store,
    async dispose() {
      await store.close();
      directory.remove();
    },
  };
});
