import { clusterContract } from '../contract/cluster.ts';
import { rehearsalOf } from './rehearsal-cluster.ts';

// The series of the lab, to be held against it one to one.
clusterContract('rehearsal 5.0', rehearsalOf('5.0'), { only: 'looks', concurrent: true });
