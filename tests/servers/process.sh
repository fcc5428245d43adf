# Folders, free ports and own processes for the server scripts beside it; meant to be sourced, not run.
# shellcheck shell=bash
set -euo pipefail

fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Sets $home to this server's folder. Only `up` may create a test folder of its own; every other command needs its name.
open_home() { # NAME COMMAND
  if [ -z "${SENTINEL_TEST_DIR:-}" ]; then
    [ "$2" = up ] || fail "SENTINEL_TEST_DIR is not set; name the folder that \"up\" printed"
    SENTINEL_TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/sentinel-test.XXXXXX")
    echo "export SENTINEL_TEST_DIR=$SENTINEL_TEST_DIR" >&2
  fi
  mkdir -p "$SENTINEL_TEST_DIR"
  SENTINEL_TEST_DIR=$(cd "$SENTINEL_TEST_DIR" && pwd -P)
  export SENTINEL_TEST_DIR
  home=$SENTINEL_TEST_DIR/$1
  mkdir -p "$home"
}

# True if the process lives and its command line names this server's folder: a reused pid is not ours.
ours() { # PID
  kill -0 "$1" 2>/dev/null && tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$home/"
}

alive() { # PIDFILE
  local pid
  [ -s "$1" ] && read -r pid <"$1" && ours "$pid"
}

# A port below the range from which outgoing connections draw theirs: a client that retries while the server is down
# could otherwise connect to itself, and another program could take the port before the server comes back.
free_port() {
  perl -MIO::Socket::INET -e 'for (1 .. 500) {
      my $port = 15000 + int rand 17000;
      my $socket = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 1) or next;
      print $port;
      exit 0;
    }
    exit 1' || fail "no free loopback port between 15000 and 32000"
}

port_is_free() { # PORT
  perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(
    LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 1, ReuseAddr => 1)' "$1"
}

# Keeps the port of an earlier start, so that URLs handed out before a restart stay true.
choose_port() { # PORTFILE
  if ! { [ -s "$1" ] && port_is_free "$(cat "$1")"; }; then free_port >"$1"; fi
  cat "$1"
}

# Waits until a server just started as process PID answers the command; on a time-out or an early death prints its log.
wait_for_answer() { # PID LOGFILE COMMAND...
  local pid=$1 log=$2 deadline=$((SECONDS + 90))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$pid" 2>/dev/null; then
      echo "--- end of $log" >&2
      tail -n 30 "$log" >&2 || true
      fail "the server does not answer"
    fi
    sleep 0.05
  done
}

# Ends only a process that is ours: by the given signal, and after 60 s by force. Watches the process, not its pid file,
# which servers remove some time before they end.
stop_process() { # SIGNAL PIDFILE
  local pid deadline=$((SECONDS + 60))
  alive "$2" || return 0
  read -r pid <"$2"
  kill "-$1" "$pid"
  while ours "$pid"; do
    if [ "$SECONDS" -ge "$deadline" ]; then kill -KILL "$pid" 2>/dev/null || true; fi
    sleep 0.05
  done
}
