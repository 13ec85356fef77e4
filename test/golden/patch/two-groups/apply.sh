#!/usr/bin/env bash
# Written by flowfit 0.1.0 for account 111122223333, Region eu-west-1.
#
# Groups that change: 2
#   sg-0aa0000000000000a (web'; echo injected #): 3 kept, 3 added, 3 removed
#   sg-0bb0000000000000b (data echo injected "${x}"): 1 kept, 1 added, 1 removed
#
# First all new rules are authorized, then the old ones are revoked: at no time is anything cut that both allow.
# It may be run again, and it stops at the first error. rollback.sh undoes it.
#
# Prints the calls without making them: FLOWFIT_DRY_RUN=1 bash apply.sh
# Needs the AWS CLI, version 1 or 2, and permission for ec2:DescribeSecurityGroupRules and for
# ec2:AuthorizeSecurityGroupIngress, RevokeSecurityGroupIngress and the same with Egress.
set -euo pipefail

export AWS_PAGER=''
done_so_far=''
failure=''
output=''

# Says what was done before a failure, whatever the failure was.
on_exit() {
  local status=$?
  [ "$status" -eq 0 ] && return
  {
    [ -z "$failure" ] || printf 'STOPPED: %s\n' "$failure"
    if [ -z "$done_so_far" ]; then
      printf 'Nothing was changed.\n'
    else
      printf 'Done before that:\n%s%s\n' "$done_so_far" 'rollback.sh undoes it; apply.sh goes on where it stopped.'
    fi
  } >&2
  exit "$status"
}
trap on_exit EXIT

stop() {
  failure=$1
  exit 1
}

# Makes a call, or prints it. Fails with the answer in $output.
call() {
  set -- aws --region 'eu-west-1' ec2 "$@"
  if [ "${FLOWFIT_DRY_RUN:-}" = 1 ]; then
    printf '%q ' "$@"
    printf '\n'
    return
  fi
  if output=$("$@" --output json 2>&1); then
    return 0
  fi
  output=${output#$'\n'}
  return 1
}

note() {
  [ "${FLOWFIT_DRY_RUN:-}" = 1 ] && return
  printf '%s\n' "$1"
  done_so_far="$done_so_far  $1
"
}

finish() {
  [ "${FLOWFIT_DRY_RUN:-}" = 1 ] || printf 'Done.\n'
}

as_list() {
  local IFS=,
  printf '[%s]' "$*"
}

# authorize DIRECTION GROUP PERMISSION...
# All in one call. AWS refuses the call as a whole if it has one of them already: then one by one.
authorize() {
  local direction=$1 group=$2 permission
  shift 2
  if call "authorize-security-group-$direction" --group-id "$group" --ip-permissions "$(as_list "$@")"; then
    note "$group: authorized, $direction rules: $#"
    return
  fi
  case $output in
    *'(InvalidPermission.Duplicate)'*) ;;
    *) stop "$group: authorize $direction: $output" ;;
  esac
  [ "$#" -gt 1 ] || return 0
  for permission in "$@"; do
    authorize "$direction" "$group" "$permission"
  done
}

# revoke DIRECTION GROUP PERMISSION...
revoke() {
  local direction=$1 group=$2 permission
  shift 2
  if call "revoke-security-group-$direction" --group-id "$group" --ip-permissions "$(as_list "$@")"; then
    note "$group: revoked, $direction rules: $#"
    return
  fi
  case $output in
    *'(InvalidPermission.NotFound)'*) ;;
    *) stop "$group: revoke $direction: $output" ;;
  esac
  [ "$#" -gt 1 ] || return 0
  for permission in "$@"; do
    revoke "$direction" "$group" "$permission"
  done
}


# revoke_by_id DIRECTION GROUP [ID PERMISSION]...
# The permission says the same as the id: after a rollback the rule is there again, under another id.
revoke_by_id() {
  local direction=$1 group=$2 ids=() permissions=()
  shift 2
  while [ "$#" -gt 0 ]; do
    ids+=("$1")
    permissions+=("$2")
    shift 2
  done
  if call "revoke-security-group-$direction" --group-id "$group" --security-group-rule-ids "${ids[@]}"; then
    note "$group: revoked, $direction rules: ${#ids[@]}"
    return
  fi
  case $output in
    *'(InvalidSecurityGroupRuleId.NotFound)'* | *'(InvalidPermission.NotFound)'*)
      revoke "$direction" "$group" "${permissions[@]}"
      ;;
    *) stop "$group: revoke $direction: $output" ;;
  esac
}

# expect GROUP LISTING...
# A rule keeps its id when somebody changes what it says. Then this patch is out of date, and nothing is done.
expect() {
  local group=$1 found line known
  shift
  [ "${FLOWFIT_DRY_RUN:-}" = 1 ] && return
  found=$(aws --region 'eu-west-1' ec2 describe-security-group-rules --filters "Name=group-id,Values=$group" \
    --output text --query 'SecurityGroupRules[].[SecurityGroupRuleId, IsEgress, IpProtocol, FromPort || `-1`,
      ToPort || `-1`, CidrIpv4 || CidrIpv6 || PrefixListId || ReferencedGroupInfo.GroupId]' | tr '\t' ' ') ||
    stop "$group: its rules cannot be listed"
  for known in "$@"; do
    while IFS= read -r line; do
      if [ "${line%% *}" = "${known%% *}" ] && [ "$line" != "$known" ]; then
        stop "$group: ${line%% *} has been changed since the capture: capture the inventory and recommend again"
      fi
    done <<<"$found"
  done
}

# Do the rules that are to go still say what they said?
expect 'sg-0aa0000000000000a' \
  'sgr-0a1 False tcp 22 22 0.0.0.0/0' \
  'sgr-0a2 False tcp 1 65535 ::/0' \
  'sgr-0a4 False tcp 443 443 pl-0123456789abcdef0'
expect 'sg-0bb0000000000000b' \
  'sgr-0b1 False -1 -1 -1 10.0.0.0/8'

# Adds to sg-0aa0000000000000a (web'; echo injected #):
#   inbound tcp 22 from 198.51.100.0/28
#   inbound tcp 443-444 from 2001:db8::/32
#   inbound udp 53 from sg-0bb0000000000000b
authorize ingress 'sg-0aa0000000000000a' \
  '{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"198.51.100.0/28","Description":"SSH for all (from sgr-0a1)"}]}' \
  '{"IpProtocol":"tcp","FromPort":443,"ToPort":444,"Ipv6Ranges":[{"CidrIpv6":"2001:db8::/32","Description":"All of it; S3 $(echo injected); * {x} (from sgr-0a2, sgr-0a4)"}]}' \
  '{"IpProtocol":"udp","FromPort":53,"ToPort":53,"UserIdGroupPairs":[{"GroupId":"sg-0bb0000000000000b","Description":"It_s _new_ _ber ${HOME}"}]}'

# Adds to sg-0bb0000000000000b (data echo injected "${x}"):
#   inbound tcp 5432 from sg-0aa0000000000000a
authorize ingress 'sg-0bb0000000000000b' \
  '{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"UserIdGroupPairs":[{"GroupId":"sg-0aa0000000000000a","UserId":"444455556666","Description":"Everything (from sgr-0b1)"}]}'

# Removes from sg-0aa0000000000000a (web'; echo injected #):
#   inbound tcp 22 from 0.0.0.0/0
#   inbound tcp 1-65535 from ::/0
#   inbound tcp 443 from pl-0123456789abcdef0
revoke_by_id ingress 'sg-0aa0000000000000a' \
  'sgr-0a1' '{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"SSH for all"}]}' \
  'sgr-0a2' '{"IpProtocol":"tcp","FromPort":1,"ToPort":65535,"Ipv6Ranges":[{"CidrIpv6":"::/0","Description":"All of it"}]}' \
  'sgr-0a4' '{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"PrefixListIds":[{"PrefixListId":"pl-0123456789abcdef0","Description":"S3 $(echo injected); * {x}"}]}'

# Removes from sg-0bb0000000000000b (data echo injected "${x}"):
#   inbound all from 10.0.0.0/8
revoke_by_id ingress 'sg-0bb0000000000000b' \
  'sgr-0b1' '{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.0.0/8","Description":"Everything"}]}'

finish
