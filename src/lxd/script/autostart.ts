/**
 * Probe, which instances LXD will start when it becomes ready: `boot.autostart` of the instance or of its last profile, else those
 * whose last recorded state is running. A statement of its own, asked last: a release whose tables differ must not cost the rest.
 */

/** Read at most so many, and one more to know that there are more. */
export const MOST_AUTOSTART = 300;

/** One line without double quotes: it goes into JSON and into a shell word. The first row is empty and always there. */
export const AUTOSTART_SQL = [
  `SELECT '' AS member, '' AS project, '' AS name UNION ALL SELECT member, project, name FROM (`,
  `SELECT nodes.name AS member, projects.name AS project, instances.name AS name,`,
  `COALESCE((SELECT value FROM instances_config WHERE instance_id = instances.id AND key = 'boot.autostart'),`,
  `(SELECT profiles_config.value FROM instances_profiles JOIN profiles_config`,
  `ON profiles_config.profile_id = instances_profiles.profile_id`,
  `WHERE instances_profiles.instance_id = instances.id AND profiles_config.key = 'boot.autostart'`,
  `ORDER BY instances_profiles.apply_order DESC LIMIT 1), '') AS autostart,`,
  `(SELECT value FROM instances_config WHERE instance_id = instances.id AND key = 'volatile.last_state.power') AS power`,
  `FROM instances JOIN nodes ON nodes.id = instances.node_id JOIN projects ON projects.id = instances.project_id`,
  `ORDER BY nodes.id, instances.name)`,
  `WHERE LOWER(autostart) IN ('true', '1', 'yes', 'on') OR (autostart = '' AND power = 'RUNNING')`,
  `LIMIT ${String(MOST_AUTOSTART + 2)}`,
].join(' ');
