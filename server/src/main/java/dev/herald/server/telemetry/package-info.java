/**
 * Floor 1: what an operator sees from outside: metrics, traces, probes and the form of the log. {@link
 * dev.herald.server.telemetry.Telemetry} is where it begins. Other rooms know only the libraries' own types, which they are
 * given: MeterRegistry, OpenTelemetry.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.telemetry;
