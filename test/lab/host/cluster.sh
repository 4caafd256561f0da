# Make one LXD cluster out of booted members, and keep a copy of it to come back to.
# shellcheck shell=bash

form_cluster() {
  local member token
  for member in $(members); do wait_for 30 "the daemon of $member" on "$member" lxd waitready --timeout 30; done
  seed m1 <<S
config:
  core.https_address: $(ip_of m1):8443
  images.auto_update_interval: "0"
cluster:
  server_name: m1
  enabled: true
S
  for member in $(members | tail -n +2); do
    token=$(on m1 lxc cluster add "$member" 2> /dev/null | tail -1)
    seed "$member" <<S
cluster:
  enabled: true
  server_name: $member
  server_address: $(ip_of "$member"):8443
  cluster_token: $token
S
  done
}

seed() { on "$1" lxd init --preseed; }
