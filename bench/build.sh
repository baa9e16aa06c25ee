# Read by bench/run and bench/jmh, after ../herald: builds the benchmarks, and sets java and classes.
# shellcheck shell=bash

built=$root/bench/target/built

bench_current() {
  current && [ -f "$built" ] && [ -z "$(find "$root/bench/src/main" "$root/bench/pom.xml" "$jar" -newer "$built" -print -quit)" ]
}

build_bench() {
  local home
  home=$(choose javac)
  echo "building herald and its benchmarks…" >&2
  mkdir -p "$lock"
  touch "$lock/bench-began"
  (cd "$root" && JAVA_HOME=$home ./mvnw -B -ntp -q -Dquick=true -Dmaven.test.skip=true -pl bench -am package </dev/null >&2) \
    || fail "the build failed; nothing was measured"
  touch -r "$lock/bench-began" "$jar" "$built"
}

bench_current || build_bench
java=$(choose java)/bin/java
classes=$root/bench/target/classes:$jar:$root/bench/target/lib/*
