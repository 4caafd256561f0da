import { storeContract } from '../contract/store.ts';
import { createMemoryStore } from './memory-store.ts';

storeContract('The store in memory', async () => {
  const store = createMemoryStore();
  return { store, dispose: () => store.close() };
});
