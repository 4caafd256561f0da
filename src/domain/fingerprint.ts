/**
 * The facts that a plan rests on, as one hash: compared between the moment of planning and the start of the run. What changes by
 * itself (heartbeats, restart counters, pids, log times, clocks, which member gave the table) stays out, or no approval would
 * ever hold; instances and settings are asked again by planning anew.
 */
import { canonicalJson, sha256 } from './canonical.ts';
import type { Diagnosis, MemberAssessment } from './diagnose/types.ts';
import type { ClusterObservation, MemberFacts, MemberObservation } from './observation.ts';

/** SHA-256 (hex). */
export function fingerprint(observation: ClusterObservation, diagnosis: Diagnosis): string {
  return sha256(
    canonicalJson({
      cluster: observation.cluster,
      members: diagnosis.members.map((assessment) => memberPart(assessment, observation.members)),
      rows: rowsPart(diagnosis),
      // A plan says what it puts back: another value is another plan.
      healing: Math.max(0, ...observation.members.map(({ facts }) => facts?.settings?.healingThresholdS ?? 0)),
    }),
  );
}

function memberPart(assessment: MemberAssessment, seen: readonly MemberObservation[]): unknown {
  const { member, reachable, phase, installed, version, revision, architecture } = assessment;
  const observation = seen.find((one) => one.member === member);
  return {
    member,
    host: observation?.host ?? null,
    port: observation?.port ?? null,
    reachable,
    phase,
    version,
    revision,
    architecture,
    extensions: installed?.extensions ?? null,
    schema: installed?.schema ?? null,
    names: installed?.names === null || installed === null ? null : sha256(canonicalJson(installed.names)),
    facts: observation?.facts === null || observation === undefined ? null : factsPart(observation.facts),
  };
}

/** Only what is read from files, units and snapd: what a daemon says comes and goes with a crash loop. */
function factsPart(facts: MemberFacts): unknown {
  const { snap, leftovers } = facts;
  return {
    install: facts.install,
    tracking: snap?.tracking ?? null,
    held: snap?.held ?? null,
    patch: leftovers?.patchGlobal ?? null,
    patchLocal: leftovers?.patchLocal ?? null,
    tarball: leftovers?.recoveryTarball ?? null,
    debug: leftovers?.lxdDebug ?? null,
    stopKnowsCrashed: facts.stopKnowsCrashed,
  };
}

function rowsPart({ rows }: Diagnosis): unknown {
  if (rows === null) return null;
  return {
    databaseSchema: rows.databaseSchema,
    nodes: rows.rows
      .map(({ id, name, address, schema, apiExtensions, state }) => ({
        id,
        name,
        address,
        schema,
        apiExtensions,
        state,
      }))
      .sort((a, b) => a.id - b.id),
  };
}
