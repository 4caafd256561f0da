import { clusterContract } from '../contract/cluster.ts';
import { rehearsalOf } from './rehearsal-cluster.ts';

// Repairs, on the series that a newcomer meets. They wait for heartbeats most of the time, so they run side by side.
clusterContract('rehearsal 5.21', rehearsalOf('5.21'), { only: 'ends', concurrent: true });
