#!/bin/sh
# jdos-collector 1
#
# Reads facts of the host it runs on and prints them; judges nothing and changes nothing. It needs a POSIX shell with
# POSIX utilities (busybox will do) and reads /proc, /sys and /etc; what else it asks (systemctl, chronyc, curl …) is
# asked only where it is there.
#
#   jdos-facts 1 EPOCH UPTIME
#   @ FACT UPTIME        a fact begins; when it was read
#   |TEXT                a line of it, as found
#   ! TEXT               why it, or the rest of it, could not be read
#   =                    the end; without it something was cut off
#
# A name that a process, a disk or a file was given cannot pass for another fact: what was found stands behind a bar.
# Facts are read by a worker that a second process watches. A read that hangs costs its fact: the worker is left
# behind, in whatever state the kernel holds it, and a new one goes on with the next fact.

ROOT=${JDOS_ROOT-}
PROC=$ROOT/proc SYS=$ROOT/sys ETC=$ROOT/etc
EXPORT=${JDOS_EXPORT:-/export}
KUBELET=${JDOS_KUBELET:-kubelet} CADVISOR=${JDOS_CADVISOR:-cadvisor} AGENT=${JDOS_AGENT:-thor}
KUBELET_URL=${JDOS_KUBELET_URL:-http://127.0.0.1:10248/healthz}
CADVISOR_URL=${JDOS_CADVISOR_URL:-http://127.0.0.1:8080/healthz}
PLUGINS=${JDOS_PLUGINS:-/etc/jdos/checks.d}
GAP=${JDOS_GAP:-1}
PATH=${PATH:-/usr/sbin:/usr/bin:/sbin:/bin}:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

FACTS='load memory files conntrack disk tasks
system clock limits pressure log kmsg journal kernel mounts fstab nics time
kubelet_unit kubelet_process kubelet_health cadvisor_unit cadvisor_process cadvisor_health cadvisor_cgroup
agent_unit agent_process'
# These move by the second: they are read again at the end, so that a spike is told from a state.
AGAIN='load memory files conntrack disk tasks'

limit_of() { # seconds that a fact may take
  case $1 in
    plugin:* | *_health) echo 5 ;;
    *) echo 3 ;;
  esac
}

# --- how facts are told ----------------------------------------------------------------------------------------------

say() { printf '|%s\n' "$*"; }

fail() {
  printf '! %s\n' "$*"
  return 1
}

value() { # value NAME FILE: the first line of the file; the shell's own read would get one byte of a sysctl
  [ -r "$2" ] && text=$(head -n 1 "$2") && printf '|%s %s\n' "$1" "$text"
}

lines() { # lines PREFIX FILE: every line, up to a thousand
  count=0
  while { IFS= read -r text || [ -n "$text" ]; } && [ $count -lt 1000 ]; do
    printf '|%s%s\n' "$1" "$text"
    count=$((count + 1))
  done <"$2"
}

has() { command -v "$1" >/dev/null 2>&1; }

# --- the facts -------------------------------------------------------------------------------------------------------

fact_load() { lines '' "$PROC/loadavg" || fail "cannot read $PROC/loadavg"; }

fact_memory() { lines '' "$PROC/meminfo" || fail "cannot read $PROC/meminfo"; }

fact_files() {
  value file-nr "$PROC/sys/fs/file-nr" || fail "cannot read $PROC/sys/fs/file-nr"
  for name in "$KUBELET" "$CADVISOR" "$AGENT" containerd dockerd; do
    for pid in $(pids_of "$name"); do
      soft=$(sed -n 's/^Max open files *\([0-9a-z]*\).*/\1/p' "$PROC/$pid/limits") || continue
      set -- "$PROC/$pid/fd"/*
      say "open $name $pid $# ${soft:-unlimited}"
    done
  done
}

fact_conntrack() {
  base=$PROC/sys/net/netfilter name=nf_conntrack
  [ -r "$base/nf_conntrack_max" ] || base=$PROC/sys/net/ipv4/netfilter name=ip_conntrack
  if [ ! -r "$base/${name}_max" ]; then
    say absent
    return
  fi
  value count "$base/${name}_count" || fail "cannot read $base/${name}_count"
  value max "$base/${name}_max" || fail "cannot read $base/${name}_max"
  [ -r "$PROC/net/stat/$name" ] && lines 'stat ' "$PROC/net/stat/$name"
  return 0
}

fact_disk() {
  path=$ROOT$EXPORT
  [ -d "$path" ] || { say absent; return; }
  numbers=$(stat -f -c '%S %b %f %a %c %d' "$path") || fail "cannot stat the filesystem of $EXPORT" || return
  say "statfs $numbers"
  say "device $(stat -c %d "$path") $(stat -c %d "$ROOT/")"
}

fact_tasks() {
  # Names in status files are escaped, those in stat files are not.
  cat "$PROC"/[0-9]*/status 2>/dev/null | awk '
    $1 == "State:" { states[$2]++; all++ }
    END { print "|processes " all + 0; for (state in states) print "|state " state " " states[state] }'
}

fact_system() {
  value boot_id "$PROC/sys/kernel/random/boot_id"
  value hostname "$PROC/sys/kernel/hostname"
  value cpus "$SYS/devices/system/cpu/online" || say "cpus $(grep -c '^processor' "$PROC/cpuinfo")"
}

fact_clock() {
  now=$(date +%s.%N)
  case $now in
    *N*) now=$(date +%s) ;;
  esac
  say "$now"
}

fact_limits() {
  value pid_max "$PROC/sys/kernel/pid_max" || fail "cannot read $PROC/sys/kernel/pid_max"
  value threads_max "$PROC/sys/kernel/threads-max"
  value file_max "$PROC/sys/fs/file-max"
  value inotify_instances "$PROC/sys/fs/inotify/max_user_instances"
  for dir in "$SYS"/fs/cgroup/pids/kubepods* "$SYS"/fs/cgroup/kubepods*; do
    value kubepods_pids "$dir/pids.current" && value kubepods_pids_max "$dir/pids.max" && break
  done
  return 0
}

fact_pressure() {
  [ -d "$PROC/pressure" ] || { say absent; return; }
  for kind in cpu memory io; do lines "$kind " "$PROC/pressure/$kind"; done
}

fact_log() {
  value printk "$PROC/sys/kernel/printk" || fail "cannot read $PROC/sys/kernel/printk"
  for file in "$ETC"/systemd/journald.conf "$ETC"/systemd/journald.conf.d/*.conf; do
    [ -r "$file" ] && sed -n 's/^ *MaxLevel\(Store\|KMsg\|Console\) *=/|journald \1 /p' "$file"
  done
  return 0
}

fact_kmsg() {
  has dmesg || fail 'no dmesg' || return
  dmesg 2>/dev/null | awk '
    /XFS.*(Shutting down|shutdown)|Remounting filesystem read-only|fatal.*[Hh]ardware [Ee]rror|Hardware Error.*[Ff]atal|Oops:|BUG: |kernel panic/ { keep("fatal") ; next }
    /blocked for more than [0-9]+ seconds|I\/O error|EXT4-fs error|XFS .*(error|corruption)|hung_task/ { keep("serious") ; next }
    /Out of memory|oom-kill:|Memory cgroup out of memory/ { keep("oom") ; next }
    /nf_conntrack: .*table full|nf_conntrack: nf_conntrack: table full|ip_conntrack: table full/ { keep("conntrack") }
    function keep(kind) { at[kind, n[kind]++ % 20] = substr($0, 1, 300) }
    END {
      print "|read"
      for (kind in n) {
        print "|count " kind " " n[kind]
        first = n[kind] > 20 ? n[kind] - 20 : 0
        for (i = first; i < n[kind]; i++) print "|" kind " " at[kind, i % 20]
      }
    }'
}

fact_journal() {
  has journalctl || { say absent; return; }
  say "errors $(journalctl -q -o cat -p err --since=-1h 2>/dev/null | head -n 10000 | grep -c '')"
  journalctl -q -o cat -p alert --since=-1h -n 5 2>/dev/null | cut -c 1-300 | sed 's/^/|alert /'
  return 0
}

fact_kernel() {
  value running "$PROC/sys/kernel/osrelease" || fail "cannot read $PROC/sys/kernel/osrelease"
  value cmdline "$PROC/cmdline"
  for dir in "$ROOT"/lib/modules/*/; do
    dir=${dir%/}
    [ -e "$dir/modules.dep" ] && say "installed ${dir##*/}"
  done
  [ -e "$ROOT/run/reboot-required" ] || [ -e "$ROOT/var/run/reboot-required" ] && say 'reboot required'
  return 0
}

fact_mounts() {
  # Those of containers are many and belong to nobody's fstab.
  awk '$5 !~ /\/(kubelet|docker|containerd|containers)\// {
    type = $0; sub(/^.* - /, "", type); split(type, rest, " ")
    print "|" $3 " " $5 " " $6 " " rest[1] " " rest[2]
  }' "$PROC/self/mountinfo" || fail "cannot read $PROC/self/mountinfo"
}

fact_fstab() {
  [ -e "$ETC/fstab" ] || { say absent; return; }
  [ -r "$ETC/fstab" ] || fail "cannot read $ETC/fstab" || return
  say 'read'
  while read -r source point type options rest || [ -n "$source" ]; do
    case $source in
      '' | '#'*) continue ;;
    esac
    name=${source#*=} name=${name#\"} name=${name%\"}
    case $source in
      UUID=*) device=$ROOT/dev/disk/by-uuid/$name ;;
      LABEL=*) device=$ROOT/dev/disk/by-label/$name ;;
      PARTUUID=*) device=$ROOT/dev/disk/by-partuuid/$name ;;
      PARTLABEL=*) device=$ROOT/dev/disk/by-partlabel/$name ;;
      /dev/*) device=$ROOT$source ;;
      *) device= ;;
    esac
    state=none
    if [ -n "$device" ]; then
      if [ -e "$device" ]; then state=present; else state=missing; fi
    fi
    say "$state $source $point $type $options"
  done <"$ETC/fstab"
}

fact_nics() {
  nics=${JDOS_NICS-}
  if [ -z "$nics" ]; then
    for file in "$SYS"/class/net/*/bonding/slaves; do [ -r "$file" ] && read -r slaves <"$file" && nics="$nics $slaves"; done
  fi
  if [ -z "$nics" ]; then
    for dir in "$SYS"/class/net/*; do [ -e "$dir/device" ] && nics="$nics ${dir##*/}"; done
  fi
  say 'read'
  for nic in $nics; do
    dir=$SYS/class/net/$nic
    [ -d "$dir" ] || { say "nic $nic missing 1"; continue; }
    for name in rx_crc_errors rx_packets; do value "nic $nic $name" "$dir/statistics/$name"; done
    for name in carrier_changes speed duplex operstate; do value "nic $nic $name" "$dir/$name"; done
  done
  return 0
}

fact_time() {
  found=
  if has chronyc && text=$(chronyc -n -c tracking 2>/dev/null) && [ -n "$text" ]; then
    found=1
    say "chrony $text"
    say "sources $(chronyc -n -c sources 2>/dev/null | grep -c '^[\^=],[*+]')"
  elif has ntpq && text=$(ntpq -c 'rv 0 leap,stratum,offset,rootdisp' 2>/dev/null) && [ -n "$text" ]; then
    found=1
    printf '%s\n' "$text" | sed 's/^/|ntpq /'
    say "sources $(ntpq -pn 2>/dev/null | grep -c '^[*+]')"
  elif has timedatectl && text=$(timedatectl timesync-status 2>/dev/null) && [ -n "$text" ]; then
    found=1
    printf '%s\n' "$text" | sed 's/^ */|timesync /'
  fi
  has timedatectl && timedatectl show -p NTPSynchronized 2>/dev/null | sed 's/^/|timedate /'
  [ -n "$found" ] || say none
}

unit() { # unit NAME: what systemd makes of it
  has systemctl || { say absent; return; }
  systemctl show "$1" -p LoadState -p ActiveState -p SubState -p MainPID -p NRestarts -p UnitFileState -p ActiveEnterTimestampMonotonic \
    -p CPUQuotaPerSecUSec -p MemoryMax -p MemoryLimit -p MemorySwapMax 2>/dev/null | sed 's/^/|/'
}

fact_kubelet_unit() { unit "$KUBELET"; }

fact_cadvisor_unit() {
  unit "$CADVISOR"
  has docker || return 0
  form='NanoCpus={{.HostConfig.NanoCpus}} CpuQuota={{.HostConfig.CpuQuota}} CpuPeriod={{.HostConfig.CpuPeriod}} Memory={{.HostConfig.Memory}} MemorySwap={{.HostConfig.MemorySwap}}'
  text=$(docker inspect -f "$form" "$CADVISOR" 2>/dev/null) && say "docker $text"
  return 0
}

fact_agent_unit() { unit "$AGENT"; }

pids_of() { # pids_of NAME: the kernel keeps fifteen characters of a name
  want=$(printf '%.15s' "$1")
  for dir in "$PROC"/[0-9]*; do
    { IFS= read -r comm <"$dir/comm"; } 2>/dev/null || continue
    [ "$comm" = "$want" ] && echo "${dir##*/}"
  done
}

process() { # process NAME: every process of the name, oldest first
  say 'read'
  read -r uptime rest <"$PROC/uptime"
  say "uptime $uptime"
  for pid in $(pids_of "$1"); do
    [ -r "$PROC/$pid/stat" ] || continue
    IFS= read -r text <"$PROC/$pid/stat"
    say "stat $pid ${text##*)}"
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/|rss '"$pid"' \1/p' "$PROC/$pid/status"
    say "cmdline $pid $(tr '\000\n' '  ' <"$PROC/$pid/cmdline" | cut -c 1-2000)"
  done
}

fact_kubelet_process() { process "$KUBELET"; }
fact_cadvisor_process() { process "$CADVISOR"; }
fact_agent_process() { process "$AGENT"; }

get() { # get URL: its code, how long it took, the first line of what it said
  read -r before rest <"$PROC/uptime"
  if has curl; then
    text=$(curl -s -m 4 -w '\n%{http_code}' "$1" | cut -c 1-200)
    code=$(printf '%s\n' "$text" | tail -n 1)
    text=$(printf '%s\n' "$text" | head -n 1)
  elif has wget; then
    if text=$(wget -q -T 4 -O - "$1" | head -n 1 | cut -c 1-200) && [ -n "$text" ]; then code=200; else code=000; fi
  else
    fail 'neither curl nor wget is there' || return
  fi
  read -r after rest <"$PROC/uptime"
  say "code $code"
  say "from $before to $after"
  say "body $text"
}

fact_kubelet_health() { get "$KUBELET_URL"; }
fact_cadvisor_health() { get "$CADVISOR_URL"; }

cgroup_of() { # cgroup_of PID CONTROLLER: the form (v1 or v2) and the directory
  old= new=
  while IFS=: read -r id controllers path; do
    case ,$controllers, in
      *,"$2",*) old=$path ;;
    esac
    [ "$id" = 0 ] && [ -z "$controllers" ] && new=$path
  done <"$PROC/$1/cgroup"
  while read -r id parent device root point options rest; do
    kind=${rest#*- }
    case $kind in
      'cgroup '*) [ -n "$old" ] && case ,${kind##* }, in *,"$2",*) inside v1 "$root" "$point" "$old" && return ;; esac ;;
      'cgroup2 '*) [ -z "$old" ] && [ -n "$new" ] && inside v2 "$root" "$point" "$new" && return ;;
    esac
  done <"$PROC/self/mountinfo"
  return 1
}

inside() { # inside FORM ROOT POINT PATH: a path is told from where the reader stands
  path=$4
  while :; do
    case $path in
      /..*) path=${path#/..} ;;
      *) break ;;
    esac
  done
  [ "$2" = / ] || path=${path#"$2"}
  echo "$1 $ROOT$3${path%/}"
}

fact_cadvisor_cgroup() {
  set -- $(pids_of "$CADVISOR")
  [ $# -gt 0 ] || { say absent; return; }
  pid=$1
  say "pid $pid"
  if found=$(cgroup_of "$pid" cpu); then
    form=${found%% *} dir=${found#* }
    say "cpu $form $dir"
    for name in cpu.cfs_quota_us cpu.cfs_period_us cpu.max; do value "$name" "$dir/$name"; done
    [ -r "$dir/cpu.stat" ] && lines 'cpu.stat ' "$dir/cpu.stat"
  else
    fail "no cgroup of the controller cpu for process $pid"
  fi
  if found=$(cgroup_of "$pid" memory); then
    form=${found%% *} dir=${found#* }
    say "memory $form $dir"
    for name in memory.limit_in_bytes memory.usage_in_bytes memory.failcnt memory.memsw.limit_in_bytes \
      memory.memsw.usage_in_bytes memory.max memory.current memory.swap.max memory.swap.current; do
      value "$name" "$dir/$name"
    done
    [ -r "$dir/memory.stat" ] && sed -n 's/^\(total_inactive_file\|inactive_file\|total_swap\|swap\) /|memory.stat \1 /p' "$dir/memory.stat"
    [ -r "$dir/memory.events" ] && lines 'memory.events ' "$dir/memory.events"
    [ -r "$dir/memory.oom_control" ] && lines 'memory.oom_control ' "$dir/memory.oom_control"
  else
    fail "no cgroup of the controller memory for process $pid"
  fi
  return 0
}

plugin() { # plugin NAME: an executable that ends with 0 (well), 1 (not well) or 2 (unknown) and says a line
  text=$("$PLUGINS/$1" 2>/dev/null </dev/null)
  say "exit $?"
  say "output $(printf '%s\n' "$text" | head -n 1 | cut -c 1-80)"
}

# --- the worker, and who watches it ----------------------------------------------------------------------------------

run_fact() {
  read -r uptime rest <"$PROC/uptime" || uptime=0
  printf '@ %s %s\n' "$1" "$uptime"
  case $1 in
    plugin:*) plugin "${1#plugin:}" ;;
    again:*) "fact_${1#again:}" ;;
    pause) sleep "$GAP" ;;
    *) "fact_$1" ;;
  esac
}

worker() { # worker SKIP: facts behind the first SKIP
  skip=$1
  for fact in $ALL; do
    if [ "$skip" -gt 0 ]; then skip=$((skip - 1)); else run_fact "$fact"; fi
  done
  echo =
}

ticker() { while sleep 1 && echo T; do :; done; }

watch() { # watch SKIP: passes on what the worker says to 3; answers how many facts are through, or that all are
  through=$1 ticks=0 allowed=3 pid=
  while IFS= read -r line; do
    case $line in
      'W '*) pid=${line#W } ;;
      T)
        ticks=$((ticks + 1))
        [ $ticks -lt "$allowed" ] && continue
        printf '! timeout: not read within %s s\n' "$allowed" >&3
        [ -n "$pid" ] && kill -9 "$pid"
        echo "$through"
        return
        ;;
      '@ '*)
        through=$((through + 1)) ticks=0
        name=${line#@ } name=${name%% *}
        allowed=$(limit_of "$name")
        printf '%s\n' "$line" >&3
        ;;
      =)
        echo end
        return
        ;;
      *) printf '%s\n' "$line" >&3 ;;
    esac
  done
}

ALL=$FACTS
for file in "$PLUGINS"/*; do
  case ${file##*/} in
    *[!A-Za-z0-9._-]*) continue ;;
  esac
  [ -f "$file" ] && [ -x "$file" ] && ALL="$ALL plugin:${file##*/}"
done
ALL="$ALL pause"
for fact in $AGAIN; do ALL="$ALL again:$fact"; done

read -r uptime rest <"$PROC/uptime" || uptime=0
printf 'jdos-facts 1 %s %s\n' "$(date +%s)" "$uptime"
exec 3>&1
through=0
while [ "$through" != end ]; do
  # What hangs must not hold the answer open: it is closed for good, not for the time of a command.
  through=$({
    (
      exec 3>&- 2>/dev/null
      worker "$through"
    ) &
    echo "W $!"
    (
      exec 3>&- 2>/dev/null
      ticker
    ) &
  } | watch "$through" 2>/dev/null)
done
echo =
