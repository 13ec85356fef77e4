#!/usr/bin/env bash
# Written by flowfit 0.1.0 for account 111122223333, Region eu-west-1.
#
# Groups that change: 2
#   sg-0aa0000000000000a (web'; echo injected #): 3 kept, 3 added, 3 removed
#   sg-0bb0000000000000b (data echo injected "${x}"): 1 kept, 1 added, 1 removed
#
# Undoes apply.sh, whole or half done: first the old rules are authorized again, with new rule ids, then the new
# ones are revoked. It may be run again, and it stops at the first error.
#
# Prints the calls without making them: FLOWFIT_DRY_RUN=1 bash rollback.sh
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
      printf 'Done before that:\n%s%s\n' "$done_so_far" 'Run rollback.sh again once the reason is gone.'
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

# Adds to sg-0aa0000000000000a (web'; echo injected #):
#   inbound tcp 22 from 0.0.0.0/0
#   inbound tcp 1-65535 from ::/0
#   inbound tcp 443 from pl-0123456789abcdef0
authorize ingress 'sg-0aa0000000000000a' \
  '{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0","Description":"SSH for all"}]}' \
  '{"IpProtocol":"tcp","FromPort":1,"ToPort":65535,"Ipv6Ranges":[{"CidrIpv6":"::/0","Description":"All of it"}]}' \
  '{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"PrefixListIds":[{"PrefixListId":"pl-0123456789abcdef0","Description":"S3 $(echo injected); * {x}"}]}'

# Adds to sg-0bb0000000000000b (data echo injected "${x}"):
#   inbound all from 10.0.0.0/8
authorize ingress 'sg-0bb0000000000000b' \
  '{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.0.0/8","Description":"Everything"}]}'

# Removes from sg-0aa0000000000000a (web'; echo injected #):
#   inbound tcp 22 from 198.51.100.0/28
#   inbound tcp 443-444 from 2001:db8::/32
#   inbound udp 53 from sg-0bb0000000000000b
revoke ingress 'sg-0aa0000000000000a' \
  '{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"198.51.100.0/28","Description":"SSH for all (from sgr-0a1)"}]}' \
  '{"IpProtocol":"tcp","FromPort":443,"ToPort":444,"Ipv6Ranges":[{"CidrIpv6":"2001:db8::/32","Description":"All of it; S3 $(echo injected); * {x} (from sgr-0a2, sgr-0a4)"}]}' \
  '{"IpProtocol":"udp","FromPort":53,"ToPort":53,"UserIdGroupPairs":[{"GroupId":"sg-0bb0000000000000b","Description":"It_s _new_ _ber ${HOME}"}]}'

# Removes from sg-0bb0000000000000b (data echo injected "${x}"):
#   inbound tcp 5432 from sg-0aa0000000000000a
revoke ingress 'sg-0bb0000000000000b' \
  '{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"UserIdGroupPairs":[{"GroupId":"sg-0aa0000000000000a","UserId":"444455556666","Description":"Everything (from sgr-0b1)"}]}'

finish
