/** The part of the scripts that is the same in all of them. Runs in bash 3.2, which macOS has, and in newer ones. */
import { quote } from './shell-text.ts';

/** `region` null = whatever the user's configuration says. `advice` = what to do after a failure. */
export const shellFunctions = (region: string | null, advice: string): string => `\
export AWS_PAGER=''
done_so_far=''
failure=''
output=''

# Says what was done before a failure, whatever the failure was.
on_exit() {
  local status=$?
  [ "$status" -eq 0 ] && return
  {
    [ -z "$failure" ] || printf 'STOPPED: %s\\n' "$failure"
    if [ -z "$done_so_far" ]; then
      printf 'Nothing was changed.\\n'
    else
      printf 'Done before that:\\n%s%s\\n' "$done_so_far" ${quote(advice)}
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
  set -- ${awsCommand(region)} ec2 "$@"
  if [ "\${FLOWFIT_DRY_RUN:-}" = 1 ]; then
    printf '%q ' "$@"
    printf '\\n'
    return
  fi
  if output=$("$@" --output json 2>&1); then
    return 0
  fi
  output=\${output#$'\\n'}
  return 1
}

note() {
  [ "\${FLOWFIT_DRY_RUN:-}" = 1 ] && return
  printf '%s\\n' "$1"
  done_so_far="$done_so_far  $1
"
}

finish() {
  [ "\${FLOWFIT_DRY_RUN:-}" = 1 ] || printf 'Done.\\n'
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
`;

const awsCommand = (region: string | null): string => (region === null ? 'aws' : `aws --region ${quote(region)}`);

/** Only where rules are revoked by id. */
export const revokeByIdFunctions = (region: string | null): string => `
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
  if call "revoke-security-group-$direction" --group-id "$group" --security-group-rule-ids "\${ids[@]}"; then
    note "$group: revoked, $direction rules: \${#ids[@]}"
    return
  fi
  case $output in
    *'(InvalidSecurityGroupRuleId.NotFound)'* | *'(InvalidPermission.NotFound)'*)
      revoke "$direction" "$group" "\${permissions[@]}"
      ;;
    *) stop "$group: revoke $direction: $output" ;;
  esac
}

# expect GROUP LISTING...
# A rule keeps its id when somebody changes what it says. Then this patch is out of date, and nothing is done.
expect() {
  local group=$1 found line known
  shift
  [ "\${FLOWFIT_DRY_RUN:-}" = 1 ] && return
  found=$(${awsCommand(region)} ec2 describe-security-group-rules --filters "Name=group-id,Values=$group" \\
    --output text --query 'SecurityGroupRules[].[SecurityGroupRuleId, IsEgress, IpProtocol, FromPort || \`-1\`,
      ToPort || \`-1\`, CidrIpv4 || CidrIpv6 || PrefixListId || ReferencedGroupInfo.GroupId]' | tr '\\t' ' ') ||
    stop "$group: its rules cannot be listed"
  for known in "$@"; do
    while IFS= read -r line; do
      if [ "\${line%% *}" = "\${known%% *}" ] && [ "$line" != "$known" ]; then
        stop "$group: \${line%% *} has been changed since the capture: capture the inventory and recommend again"
      fi
    done <<<"$found"
  done
}
`;
